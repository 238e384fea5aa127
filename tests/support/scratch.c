/* A folder of its own for a test, removed with all that is in it. */
#include "scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 16

int scratch_make(struct scratch *scratch)
{
	const char *parent = getenv("TMPDIR");

	snprintf(scratch->path, sizeof(scratch->path), "%s/ferry-test-XXXXXX", parent && *parent ? parent : "/tmp");
	if (!mkdtemp(scratch->path))
		return -1;
	scratch->folder = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return scratch->folder < 0 ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
	(void)stat;
	(void)kind;
	(void)place;
	return remove(path);
}

int scratch_remove(struct scratch *scratch)
{
	close(scratch->folder);
	return nftw(scratch->path, remove_one, DESCRIPTORS_MAX, FTW_DEPTH | FTW_PHYS);
}

int scratch_setup(void **state)
{
	struct scratch *scratch = malloc(sizeof(*scratch));

	*state = scratch;
	return scratch ? scratch_make(scratch) : -1;
}

int scratch_teardown(void **state)
{
	int result = scratch_remove(*state);

	free(*state);
	return result;
}

int scratch_write(int folder, const char *path, const char *text)
{
	int fd = openat(folder, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	ssize_t written = write(fd, text, strlen(text));
	if (close(fd) < 0 || written != (ssize_t)strlen(text))
		return -1;
	return 0;
}

int scratch_next_descriptor(void)
{
	int fd = open("/", O_PATH | O_CLOEXEC);

	close(fd);
	return fd;
}
