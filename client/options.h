/* The command line: which command, its operands, and every option's value. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "progress.h"

struct options {
	char **operands; /* into argv */
	size_t operand_count;
	const char *output;    /* -o, NULL: none */
	const char *directory; /* -d, NULL: none */
	bool recursive;
	unsigned jobs;         /* -j, 0: default */
	unsigned retry;        /* attempts without progress */
	int64_t timeout;       /* nanoseconds */
	bool no_sync;
	bool json;
	bool null_separated;   /* ls -0 */
	bool tree;             /* sum --tree */
	unsigned count;        /* ping -c */
	enum progress_style progress;
	int verbosity;         /* -1 quiet, 0, 1 verbose */
};

/* One row per subcommand; run returns the exit code. */
struct command {
	const char *name;
	const char *synopsis;
	int (*run)(const struct options *options);
};

#endif
