/* The walk that beneath.c takes where openat2(2) is missing or forbidden; private to it and its tests. */
#ifndef BENEATH_WALK_H
#define BENEATH_WALK_H

#include <sys/types.h>

#include "status.h"

/* As beneath_open(), component by component. */
MUST_CHECK enum status beneath_open_walk(int root, const char *path, int flags, mode_t mode, int *fd);

#endif
