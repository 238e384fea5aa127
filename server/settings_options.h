/* The command line of ferryd: one row per option. */
#ifndef SETTINGS_OPTIONS_H
#define SETTINGS_OPTIONS_H

#include "complaint.h"
#include "settings.h"

/*
 * Adds the command line to SETTINGS: addresses to listen on, a directory as the unnamed share, the rest to its fields. Prints
 * the answers to --help and --version.
 */
enum settings_outcome settings_options_read(int argc, char **argv, struct settings *settings, struct complaint *complaint);

#endif
