/* Keeps shares from showing folders of ferryd's own. */
#include "own_folder.h"

#include <errno.h>

#include "beneath.h"

enum status own_folders_add(struct own_folders *own, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return status_from_errno(errno);
	if (own->count == OWN_FOLDERS_MAX)
		return STATUS_LIMIT;
	own->list[own->count].device = stat.st_dev;
	own->list[own->count++].inode = stat.st_ino;
	return STATUS_OK;
}

bool own_folders_are(const struct own_folders *own, const struct stat *stat)
{
	for (size_t i = 0; i < own->count; i++) {
		if (own->list[i].inode == stat->st_ino && own->list[i].device == stat->st_dev)
			return true;
	}
	return false;
}

bool own_folders_may_hold(const struct own_folders *own, const struct stat *stat)
{
	if (S_ISDIR(stat->st_mode) || (stat->st_mode & 077) != 0)
		return false;
	for (size_t i = 0; i < own->count; i++) {
		if (own->list[i].device == stat->st_dev)
			return true;
	}
	return false;
}

bool own_folders_hold(const struct own_folders *own, int fd)
{
	struct stat folder;

	return trusted_stat_folder_of(fd, &folder) != STATUS_OK || own_folders_are(own, &folder);
}
