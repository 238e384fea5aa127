/* How many descriptors the process may hold. */
#ifndef DESCRIPTOR_LIMIT_H
#define DESCRIPTOR_LIMIT_H

#include <stddef.h>

/* Raises RLIMIT_NOFILE to its hard limit; returns what is in force. */
size_t descriptor_limit_raise(void);

#endif
