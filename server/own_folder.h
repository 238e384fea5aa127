/* Folders of ferryd's own, such as the cache: how a share avoids showing them. */
#ifndef OWN_FOLDER_H
#define OWN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "status.h"

/*
 * Folders that no share may show, known by device and inode, whatever path leads there. What lies in them is for its owner
 * alone, without permissions for group and others: thus files with some need no closer look.
 */
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

/* Could a file that looks like STAT lie in one of them? */
bool own_folders_may_hold(const struct own_folders *own, const struct stat *stat);

/* Does the open file FD, O_PATH will do, lie in one of them? Also true where that can't be found out. */
bool own_folders_hold(const struct own_folders *own, int fd);

#endif
