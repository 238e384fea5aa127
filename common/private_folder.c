/* Finds, makes and opens private folders. */
#include "private_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "trusted.h"

char *private_folder_path(const char *variable, const char *below_home)
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
	enum status status = beneath_make_folder(parent, name, 0700, &folder, &made);

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

enum status private_folder_open(const char *path, int *fd)
{
	char *copy = strdup(path);

	if (!copy)
		return STATUS_NO_MEMORY;
	enum status status = *path ? open_or_make(copy, fd) : STATUS_INVALID;
	free(copy);
	return status;
}
