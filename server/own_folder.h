/* Folders of ferryd's own, such as the cache: how a share avoids showing them. */
#ifndef OWN_FOLDER_H
#define OWN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "status.h"
#include "wire.h"

/* Folders that no share may show, known by device and inode, whatever path leads there; nor does one show what lies in them. */
#define OWN_FOLDERS_MAX 4u
struct own_folders {
	struct {
		dev_t device;
		ino_t inode;
	} list[OWN_FOLDERS_MAX];
	size_t count;
};

MUST_CHECK enum status own_folders_add(struct own_folders *own, int fd);

/* Is what STAT shows one of them? */
bool own_folders_are(const struct own_folders *own, const struct stat *stat);

/* STATUS_EXISTS where FOLDER is one of them or lies in one, STATUS_OK where it does not. */
MUST_CHECK enum status own_folders_are_above(const struct own_folders *own, int folder);

/*
 * Holds the folder PATH below FOLDER, O_PATH, and follows no symlink. STATUS_NOT_FOUND also where it is one of them, or lies in one,
 * however deep. FOLDER itself must be none.
 */
MUST_CHECK enum status own_folders_hold_other(const struct own_folders *own, int folder, struct span path, int *fd);

#endif
