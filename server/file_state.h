/* The state of a file, as stat(2) shows it: how clients see it, and the version that names it. */
#ifndef FILE_STATE_H
#define FILE_STATE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "lanes.h"
#include "message.h"

/* The FILE message about STAT, without the version and the root. */
struct file file_of_stat(const struct stat *stat);

/* The name of the state that STAT shows: SHA-256 over (dev, ino, size, mtime, ctime), cut to 16 bytes. */
void version_of_stat(struct lanes *lanes, const struct stat *stat, struct version *version);

/* Do A and B show one state, which has one version? */
bool file_state_is_same(const struct stat *a, const struct stat *b);

#endif
