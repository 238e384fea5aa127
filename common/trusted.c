/* Opens trusted paths, and goes by way of /proc where a descriptor alone does not do. */
#include "trusted.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum status trusted_open(const char *path, int flags, mode_t mode, int *fd)
{
	int opened;

	do
		opened = openat(AT_FDCWD, path, flags | O_CLOEXEC, mode);
	while (opened < 0 && errno == EINTR);
	if (opened < 0)
		return status_from_errno(errno);
	*fd = opened;
	return STATUS_OK;
}

enum status trusted_set_mode(int fd, mode_t mode)
{
	char path[sizeof(TRUSTED_OPEN_FILES) + 10];

	snprintf(path, sizeof(path), TRUSTED_OPEN_FILES "%d", fd);
	return fchmodat(AT_FDCWD, path, mode, 0) == 0 ? STATUS_OK : status_from_errno(errno);
}

bool trusted_read_link(const char *path, char target[PATH_MAX])
{
	ssize_t length = readlink(path, target, PATH_MAX);

	if (length < 0 || length == PATH_MAX)
		return false;
	target[length] = '\0';
	return true;
}

static bool find_path(int fd, char path[PATH_MAX])
{
	char link[sizeof(TRUSTED_OPEN_FILES) + 10];

	snprintf(link, sizeof(link), TRUSTED_OPEN_FILES "%d", fd);
	return trusted_read_link(link, path);
}

enum status trusted_path_below(int root, int fd, char below[PATH_LENGTH_MAX + 1])
{
	char top[PATH_MAX], path[PATH_MAX];

	if (!find_path(root, top) || !find_path(fd, path))
		return STATUS_NOT_FOUND;
	size_t length = strcmp(top, "/") == 0 ? 0 : strlen(top);
	if (strncmp(path, top, length) != 0 || (path[length] != '/' && path[length] != '\0'))
		return STATUS_NOT_FOUND;
	path_copy(below, span_of(path + length + (path[length] == '/')));
	return STATUS_OK;
}

enum status trusted_open_folder_of(int fd, int *folder)
{
	char path[PATH_MAX];

	/* A file without a place, such as a pipe, or with one out of reach, has no path that begins at the root. */
	if (!find_path(fd, path) || path[0] != '/')
		return STATUS_NOT_FOUND;
	char *slash = strrchr(path, '/');
	slash[slash == path] = '\0';
	return trusted_open(path, O_PATH | O_DIRECTORY, 0, folder);
}
