/* Makes and opens folders of ferryd's own, and keeps shares from showing them. */
#include "own_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"

char *own_folder_path(const char *variable, const char *below_home)
{
	const char *base = getenv(variable);
	const char *home = getenv("HOME");
	char *path = NULL;
	int length = -1;

	if (base && base[0] == '/')
		length = asprintf(&path, "%s/ferry", base);
	else if (home && home[0] == '/')
		length = asprintf(&path, "%s/%s/ferry", home, below_home);
	return length < 0 ? NULL : path;
}

static enum status make(int parent, const char *name, int *fd)
{
	int folder;
	bool made;
	enum status status = beneath_make_folder(parent, name, &folder, &made);

	if (status != STATUS_OK)
		return status;
	if (made && fchmod(folder, 0700) < 0) {
		status = status_from_errno(errno);
		close(folder);
		return status;
	}
	*fd = folder;
	return STATUS_OK;
}

/* Cuts the slashes off the end; all but the one of the root. */
static void cut_slashes(char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
}

/* PATH is taken apart on the way. */
static enum status open_or_make(char *path, int *fd)
{
	int parent;

	cut_slashes(path);
	enum status status = trusted_open(path, O_RDONLY | O_DIRECTORY, 0, fd);
	if (status != STATUS_NOT_FOUND)
		return status;
	char *slash = strrchr(path, '/');
	char *name = slash ? slash + 1 : path;
	if (!slash || slash == path) {
		status = trusted_open(slash ? "/" : ".", O_RDONLY | O_DIRECTORY, 0, &parent);
	} else {
		*slash = '\0';
		status = open_or_make(path, &parent);
	}
	if (status != STATUS_OK)
		return status;
	status = make(parent, name, fd);
	close(parent);
	return status;
}

enum status own_folder_open(const char *path, int *fd)
{
	char *copy = strdup(path);

	if (!copy)
		return STATUS_NO_MEMORY;
	enum status status = *path ? open_or_make(copy, fd) : STATUS_INVALID;
	free(copy);
	return status;
}

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
