/* Folders of ferryd's own, such as the cache: how a share avoids showing them. */
#ifndef OWN_FOLDER_H
#define OWN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "status.h"
#include "wire.h"

/* The cache and the state: where this server has them, and where servers have them by default. */
#define OWN_FOLDERS_MAX 4u

/*
 * Folders that no share may show, nor anything in them; known by device and inode, whatever path leads there. One that does
 * not exist yet is looked for at its path each time.
 */
struct own_folders {
	struct own_folder {
		char *path; /* heap; NULL: it is known */
		dev_t device;
		ino_t inode;
	} list[OWN_FOLDERS_MAX];
	size_t count;
};

void own_folders_release(struct own_folders *own);

/* A folder that is among them already is not added again. */
MUST_CHECK enum status own_folders_add(struct own_folders *own, int fd);

/* From now on a folder that PATH leads to is one of them. */
MUST_CHECK enum status own_folders_expect(struct own_folders *own, const char *path);

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
