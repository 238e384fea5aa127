/* How many descriptors the process may hold, and how they are shared out. */
#ifndef LIMITS_H
#define LIMITS_H

#include <stddef.h>

#include "settings.h"

/* Raises RLIMIT_NOFILE to its hard limit; returns what is in force. */
size_t limits_raise(void);

/*
 * Lowers the caps on connections to what DESCRIPTORS allow, with a log line for each: an eighth and a few are kept for what
 * replies open and for ourselves, a quarter for contents.
 */
void limits_fit(struct settings *settings, size_t descriptors);

/* How many contents there may be at once. */
size_t limits_contents(size_t descriptors);

#endif
