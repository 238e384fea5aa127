/* The one way to open, look at, make or rename anything below a held directory. */
#ifndef BENEATH_H
#define BENEATH_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "path.h"
#include "status.h"

/*
 * Every path here is relative to a directory descriptor that the caller holds and has passed path_check(). The
 * kernel refuses to leave that directory (openat2(2): RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, and RESOLVE_NO_SYMLINKS
 * unless asked otherwise). Where openat2 is missing or forbidden (ENOSYS, EPERM), each component is opened in turn with
 * O_NOFOLLOW instead; there symlinks are never followed. Other path calls take a single component inside a directory
 * opened this way. Paths that the user gave are trusted.h's business. Descriptors are close-on-exec.
 */
enum beneath_symlinks {
	BENEATH_NO_SYMLINKS,     /* a symlink anywhere in the path: STATUS_SYMLINK */
	BENEATH_SYMLINKS_INSIDE, /* symlinks are followed as long as they stay below the root */
};

/* Opens a regular file for reading; STATUS_NOT_REGULAR for anything else, which is looked at and not opened. */
MUST_CHECK enum status beneath_open_file(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat);

/* Opens a directory for reading; "" opens ROOT anew. */
MUST_CHECK enum status beneath_open_folder(int root, const char *path, enum beneath_symlinks symlinks, int *fd);

/* Holds a directory, O_PATH, for calls that take one component inside it; "" holds ROOT anew. */
MUST_CHECK enum status beneath_hold_folder(int root, const char *path, enum beneath_symlinks symlinks, int *fd);

/* Looks at PATH itself (a symlink at the end is not followed); "" looks at ROOT. */
MUST_CHECK enum status beneath_stat(int root, const char *path, enum beneath_symlinks symlinks, struct stat *stat);

/*
 * Holds what PATH leads to, O_PATH, and looks at it. With BENEATH_SYMLINKS_INSIDE a symlink at the end is followed too, unless it
 * leads nowhere below ROOT: then it is held itself.
 */
MUST_CHECK enum status beneath_hold(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat);

/* The general form: openat with FLAGS and MODE; O_CLOEXEC and O_NOFOLLOW are added. */
MUST_CHECK enum status beneath_open(int root, const char *path, int flags, mode_t mode, int *fd);

/*
 * Makes the folder NAME (one component, MODE & ~umask, and u+rwx) inside PARENT unless it is there, and opens it without
 * following a symlink. *MADE tells whether it was new: then PARENT gained a name and wants an fsync.
 */
MUST_CHECK enum status beneath_make_folder(int parent, const char *name, mode_t mode, int *fd, bool *made);

/* One component each, inside the directory FOLDER. */
MUST_CHECK enum status beneath_stat_name(int folder, const char *name, struct stat *stat);
/* As beneath_open_file. */
MUST_CHECK enum status beneath_open_name(int folder, const char *name, int *fd, struct stat *stat);
MUST_CHECK enum status beneath_rename_name(int folder, const char *from, const char *to);
/* STATUS_EXISTS instead of replacing (renameat2 RENAME_NOREPLACE, else linkat and unlinkat). */
MUST_CHECK enum status beneath_rename_new(int folder, const char *from, const char *to);
MUST_CHECK enum status beneath_remove_name(int folder, const char *name);

/* Can files without a name get one later? */
bool beneath_names_later(void);
/*
 * A file that has no name yet and goes with its descriptor (O_TMPFILE): STATUS_UNSUPPORTED where FOLDER's file system has no
 * such files. The umask takes its part of MODE.
 */
MUST_CHECK enum status beneath_open_unnamed(int folder, mode_t mode, int *fd);
/* Gives it a name; STATUS_EXISTS where that is taken. */
MUST_CHECK enum status beneath_give_name(int fd, int folder, const char *name);

#endif
