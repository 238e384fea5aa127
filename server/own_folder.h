/* Folders of ferryd's own, such as the cache: where they are, how they are made, how a share avoids them. */
#ifndef OWN_FOLDER_H
#define OWN_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "status.h"

/* $VARIABLE/ferry where that is an absolute path, else ~/BELOW_HOME/ferry; NULL without either, or without memory. */
char *own_folder_path(const char *variable, const char *below_home);

/* Opens PATH; what is missing of it is made, for its owner alone. */
MUST_CHECK enum status own_folder_open(const char *path, int *fd);

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
