/* Keeps shares from showing folders of ferryd's own. */
#include "own_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"
#include "trusted.h"

void own_folders_release(struct own_folders *own)
{
	for (size_t i = 0; i < own->count; i++)
		free(own->list[i].path);
	own->count = 0;
}

enum status own_folders_add(struct own_folders *own, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return status_from_errno(errno);
	if (own_folders_are(own, &stat))
		return STATUS_OK;
	if (own->count == OWN_FOLDERS_MAX)
		return STATUS_LIMIT;
	own->list[own->count++] = (struct own_folder){.device = stat.st_dev, .inode = stat.st_ino};
	return STATUS_OK;
}

enum status own_folders_expect(struct own_folders *own, const char *path)
{
	if (own->count == OWN_FOLDERS_MAX)
		return STATUS_LIMIT;
	char *copy = strdup(path);
	if (!copy)
		return STATUS_NO_MEMORY;
	own->list[own->count++] = (struct own_folder){.path = copy};
	return STATUS_OK;
}

static bool leads_to(const char *path, const struct stat *stat)
{
	struct stat now;
	int fd;
	enum status status = trusted_open(path, O_PATH | O_DIRECTORY, 0, &fd);

	/* It may lead there as long as we cannot look. */
	if (status != STATUS_OK)
		return status == STATUS_NO_FD;
	bool same = fstat(fd, &now) == 0 && now.st_ino == stat->st_ino && now.st_dev == stat->st_dev;
	close(fd);
	return same;
}

static bool is_same(const struct own_folder *folder, const struct stat *stat)
{
	if (folder->path)
		return S_ISDIR(stat->st_mode) && leads_to(folder->path, stat);
	return folder->inode == stat->st_ino && folder->device == stat->st_dev;
}

bool own_folders_are(const struct own_folders *own, const struct stat *stat)
{
	for (size_t i = 0; i < own->count; i++) {
		if (is_same(&own->list[i], stat))
			return true;
	}
	return false;
}

/* STATUS_EXISTS where FOLDER is one of them. */
static enum status look(const struct own_folders *own, int folder, struct stat *stat)
{
	if (fstat(folder, stat) < 0)
		return status_from_errno(errno);
	return own_folders_are(own, stat) ? STATUS_EXISTS : STATUS_OK;
}

/* Replaces *FOLDER by the folder above, and closes it. */
static enum status climb(int *folder)
{
	int above;
	enum status status = trusted_open_folder_of(*folder, &above);

	if (status != STATUS_OK)
		return status;
	close(*folder);
	*folder = above;
	return STATUS_OK;
}

/* The root directory is its own parent. */
enum status own_folders_are_above(const struct own_folders *own, int folder)
{
	struct stat here, above = {.st_ino = 0};
	int held;
	enum status status = beneath_hold_folder(folder, "", BENEATH_NO_SYMLINKS, &held);

	if (status != STATUS_OK)
		return status;
	status = look(own, held, &above);
	do {
		here = above;
		if (status == STATUS_OK)
			status = climb(&held);
		if (status == STATUS_OK)
			status = look(own, held, &above);
	} while (status == STATUS_OK && (above.st_ino != here.st_ino || above.st_dev != here.st_dev));
	close(held);
	/* Without /proc the folders above are unknown; nothing below one that we may not search could be opened by its path. */
	return status == STATUS_NOT_FOUND || status == STATUS_REFUSED ? STATUS_OK : status;
}

/* Holds the folder PATH below FOLDER, unless it is one of them. */
static enum status hold_other(const struct own_folders *own, int folder, struct span path, int *fd)
{
	char text[PATH_LENGTH_MAX + 1];
	struct stat stat;
	int held;

	path_copy(text, path);
	enum status status = beneath_hold_folder(folder, text, BENEATH_NO_SYMLINKS, &held);
	if (status != STATUS_OK)
		return status;
	status = look(own, held, &stat);
	if (status == STATUS_EXISTS)
		status = STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		*fd = held;
	else
		close(held);
	return status;
}

enum status own_folders_hold_other(const struct own_folders *own, int folder, struct span path, int *fd)
{
	int held;
	enum status status = hold_other(own, folder, own->count > 0 ? path_first(&path) : path, &held);

	/* If there are no own folders the whole way is one step. */
	while (status == STATUS_OK && own->count > 0 && path.length > 0) {
		int above = held;
		status = hold_other(own, above, path_first(&path), &held);
		close(above);
	}
	if (status == STATUS_OK)
		*fd = held;
	return status;
}
