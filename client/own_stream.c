/* Follows a link to the one that names a descriptor of ours, or else compares what it leads to with our descriptors. */
#include "own_stream.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trusted.h"

#define DESCRIPTORS_MAX 256 /* those that a shell passes on have far smaller numbers */
#define LINKS_MAX 40        /* links in one path, as for the kernel */

static bool look(const char *path, int flags, struct stat *stat)
{
	int fd;

	if (trusted_open(path, O_PATH | flags, 0, &fd) != STATUS_OK)
		return false;
	bool seen = fstat(fd, stat) == 0;
	close(fd);
	return seen;
}

bool own_stream_is_writable(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

/* A standard stream counts even if it was closed: the user then hears that it cannot be written. */
static bool is_stream(int fd)
{
	return fd <= STDERR_FILENO || own_stream_is_writable(fd);
}

static bool is_same(int fd, const struct stat *wanted)
{
	struct stat stat;

	return fstat(fd, &stat) == 0 && stat.st_dev == wanted->st_dev && stat.st_ino == wanted->st_ino;
}

/* --- By its number ------------------------------------------------------------------------------------------------- */

/* Puts the folder of PATH, with a slash at its end, into FOLDER and returns the name in it; NULL where that is too long. */
static const char *split(const char *path, char folder[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int length = slash ? snprintf(folder, PATH_MAX, "%.*s", (int)(name - path), path) : snprintf(folder, PATH_MAX, "./");

	return length < PATH_MAX ? name : NULL;
}

/* Is that the folder in which the kernel shows what we have open, whatever it is called? Its inode is sure to stay while it is held. */
static bool is_folder_of_streams(const char *folder)
{
	struct stat stat;
	int held;

	if (trusted_open("/proc/self/fd", O_PATH, 0, &held) != STATUS_OK)
		return false;
	bool is = look(folder, 0, &stat) && is_same(held, &stat);
	close(held);
	return is;
}

static int number_of(const char *name)
{
	char *end;
	long number = strtol(name, &end, 10);

	return *end == '\0' && number > 0 && number <= INT_MAX ? (int)number : OWN_STREAM_NONE;
}

/* Where the link at PATH leads to takes its place; false where that is no link, or too long. */
static bool step(char path[PATH_MAX])
{
	char folder[PATH_MAX], target[PATH_MAX];

	if (!split(path, folder) || !trusted_read_link(path, target))
		return false;
	return snprintf(path, PATH_MAX, "%s%s", *target == '/' ? "" : folder, target) < PATH_MAX;
}

/* Two links to one file are two streams: what the last link on the way is called tells which one is meant. */
static int find_named(const char *path)
{
	char at[PATH_MAX], folder[PATH_MAX];
	bool there = snprintf(at, sizeof(at), "%s", path) < PATH_MAX;

	for (int i = 0; there && i < LINKS_MAX; i++) {
		const char *name = split(at, folder);
		if (name && is_folder_of_streams(folder))
			return number_of(name);
		there = step(at);
	}
	return OWN_STREAM_NONE;
}

/* --- By what it is ------------------------------------------------------------------------------------------------- */

/* A terminal, a pipe: it makes no difference which of those that can be written is taken. */
static int find_same(const struct stat *target)
{
	for (int fd = STDOUT_FILENO; fd < DESCRIPTORS_MAX; fd++) {
		if (own_stream_is_writable(fd) && is_same(fd, target))
			return fd;
	}
	return OWN_STREAM_NONE;
}

int own_stream(const char *path)
{
	struct stat link, target;

	if (!look(path, O_NOFOLLOW, &link) || !S_ISLNK(link.st_mode) || !look(path, 0, &target))
		return OWN_STREAM_NONE;
	int named = find_named(path);
	if (named != OWN_STREAM_NONE && is_stream(named))
		return named;
	/* A file that a descriptor happens to lead to, too, is none of ours to write over. */
	return S_ISREG(target.st_mode) ? OWN_STREAM_NONE : find_same(&target);
}
