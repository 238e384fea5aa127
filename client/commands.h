/* The subcommands of ferry: each takes the parsed command line and returns the exit code. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "options.h"

/*
 * Each reports its own failures on stderr. SIGPIPE and SIGXFSZ are ignored and descriptors 0 to 2 are open. An interrupted command
 * need not return: a signal that ends the process is the exit code 130.
 */
int command_get(const struct options *options);
int command_ls(const struct options *options);
int command_stat(const struct options *options);
int command_sum(const struct options *options);
int command_verify(const struct options *options);
int command_ping(const struct options *options);
int command_trust(const struct options *options);
int command_untrust(const struct options *options);

#endif
