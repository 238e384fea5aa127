/* Reads folders with readdir and keeps the path that leads to each name. */
#include "walk.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The limit to a path's depth bounds the recursion. */
static void visit(struct walk *walk, int folder, const char *name)
{
	size_t length = strlen(walk->below);
	char path[PATH_LENGTH_MAX + 1];
	enum status status = path_join(path, span_of(walk->below), span_of(name));

	if (status == STATUS_OK)
		status = path_check(span_of(path));
	if (status != STATUS_OK) {
		walk->fail(walk, status);
		return;
	}
	memcpy(walk->below, path, strlen(path) + 1);
	walk->visit(walk, folder, name);
	walk->below[length] = '\0';
}

void walk_folder(struct walk *walk, int fd)
{
	DIR *folder = fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		walk->fail(walk, status_from_errno(errno));
		close(fd);
		return;
	}
	while (!*walk->over && (errno = 0, entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			visit(walk, fd, entry->d_name);
	}
	if (!*walk->over && errno)
		walk->fail(walk, status_from_errno(errno));
	closedir(folder);
}
