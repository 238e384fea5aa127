/* Trusted paths: those that the user of this machine gave, and those of open files as /proc tells them; nothing is confined. */
#ifndef TRUSTED_H
#define TRUSTED_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "path.h"
#include "status.h"

/* Each open file of this process is here under its number, even one without a name. */
#define TRUSTED_OPEN_FILES "/proc/self/fd/"

/*
 * Opens a path that the user gave (a share, a destination, a configuration file): symlinks are followed. FLAGS as open(2);
 * O_CLOEXEC is added. Paths from a peer go through beneath.h.
 */
MUST_CHECK enum status trusted_open(const char *path, int flags, mode_t mode, int *fd);

/* As fchmod(2) where that takes no descriptor that is O_PATH, by way of /proc. */
MUST_CHECK enum status trusted_set_mode(int fd, mode_t mode);

/* Reads the target of the symlink PATH. False: there is none, or it can't be read. */
bool trusted_read_link(const char *path, char target[PATH_MAX]);

/* The path of the open file FD (O_PATH will do) below ROOT. STATUS_NOT_FOUND: it lies elsewhere, or that can't be found out. */
MUST_CHECK enum status trusted_path_below(int root, int fd, char below[PATH_LENGTH_MAX + 1]);

/* Opens the folder that FD lies in, O_PATH. STATUS_NOT_FOUND likewise. */
MUST_CHECK enum status trusted_open_folder_of(int fd, int *folder);

#endif
