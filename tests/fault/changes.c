/* What may happen to a file while it is fetched. */
#include "changes.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"
#include "tree.h"

#define STEP 25000 /* a change in every piece, and in more than one place of each */

static void flip_bytes(int fd)
{
	struct stat stat;
	unsigned char byte;
	if (fstat(fd, &stat) < 0)
		give_up("fstat");
	for (off_t at = 0; at < stat.st_size; at += STEP) {
		if (pread(fd, &byte, 1, at) != 1)
			give_up("pread");
		byte ^= 0x5a;
		if (pwrite(fd, &byte, 1, at) != 1)
			give_up("pwrite");
	}
}

static int open_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		give_up(path);
	return fd;
}

static void grow(const char *path)
{
	struct stat stat;
	int fd = open_file(path);
	if (fstat(fd, &stat) < 0 || pwrite(fd, "more", 4, stat.st_size + 700000) != 4)
		give_up(path);
	close(fd);
}

static void shrink(const char *path)
{
	struct stat stat;
	int fd = open_file(path);
	if (fstat(fd, &stat) < 0 || ftruncate(fd, stat.st_size / 2) < 0)
		give_up(path);
	close(fd);
}

static void replace(const char *path)
{
	char other[TREE_PATH_MAX];
	snprintf(other, sizeof other, "%s.new", path);
	tree_copy_file(path, other);
	int fd = open_file(other);
	flip_bytes(fd);
	close(fd);
	if (rename(other, path) < 0)
		give_up(path);
}

static void delete(const char *path)
{
	if (unlink(path) < 0)
		give_up(path);
}

static void rewrite(const char *path)
{
	int fd = open_file(path);
	flip_bytes(fd);
	close(fd);
}

static void rewrite_and_set_back(const char *path)
{
	struct stat stat;
	int fd = open_file(path);
	if (fstat(fd, &stat) < 0)
		give_up(path);
	flip_bytes(fd);
	if (futimens(fd, (struct timespec[]){stat.st_atim, stat.st_mtim}) < 0)
		give_up(path);
	close(fd);
}

const struct form forms[] = {
	{"grows", grow, false},
	{"shrinks", shrink, false},
	{"is replaced", replace, false},
	{"is deleted", delete, false},
	{"is rewritten", rewrite, false},
	{"is rewritten and its time set back", rewrite_and_set_back, true},
};
const size_t form_count = sizeof forms / sizeof *forms;
const struct form *const form_without_trace = &forms[sizeof forms / sizeof *forms - 1];
