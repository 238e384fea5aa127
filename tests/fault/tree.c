/* Folders with all that is in them: copied, emptied, compared. */
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"

void tree_path(char out[TREE_PATH_MAX], const char *folder, const char *below)
{
	if ((size_t)snprintf(out, TREE_PATH_MAX, "%s/%s", folder, below) >= TREE_PATH_MAX)
		give_up(below);
}

/* EACH gets every entry below FOLDER, folders before and after what they hold. */
static void for_each(const char *folder, void (*each)(void *context, const FTSENT *entry, const char *below), void *context)
{
	char path[TREE_PATH_MAX];
	tree_path(path, folder, "");
	path[strlen(path) - 1] = 0;
	size_t length = strlen(path) + 1;
	FTS *tree = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	const FTSENT *entry;

	if (!tree)
		give_up(folder);
	while ((entry = fts_read(tree)))
		if (entry->fts_level > 0)
			each(context, entry, entry->fts_path + length);
	fts_close(tree);
}

/* --- Copies ----------------------------------------------------------------------------------------------------------- */

/* Only what is no hole. */
static void copy_bytes(int from, int to, off_t size)
{
	off_t next = 0;
	while (next < size && (next = lseek(from, next, SEEK_DATA)) >= 0) {
		off_t end = lseek(from, next, SEEK_HOLE);
		if (lseek(to, next, SEEK_SET) < 0)
			give_up("lseek");
		while (next < end)
			if (sendfile(to, from, &next, (size_t)(end - next)) <= 0)
				give_up("sendfile");
	}
	if (ftruncate(to, size) < 0)
		give_up("ftruncate");
}

void tree_copy_file(const char *path, const char *copy)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct stat stat;
	if (from < 0 || to < 0 || fstat(from, &stat) < 0)
		give_up(copy);
	copy_bytes(from, to, stat.st_size);
	if (fchmod(to, stat.st_mode & 07777) < 0 || futimens(to, (struct timespec[]){stat.st_atim, stat.st_mtim}) < 0)
		give_up(copy);
	close(from);
	close(to);
}

static void copy_folder(void *context, const FTSENT *entry, const char *below)
{
	char copy[TREE_PATH_MAX];
	tree_path(copy, context, below);
	if (entry->fts_info == FTS_D && mkdir(copy, entry->fts_statp->st_mode & 07777) < 0)
		give_up(copy);
}

static void copy_entry(void *context, const FTSENT *entry, const char *below)
{
	char copy[TREE_PATH_MAX];
	tree_path(copy, context, below);
	copy_folder(context, entry, below);
	if (entry->fts_info == FTS_F)
		tree_copy_file(entry->fts_path, copy);
}

void tree_copy(const char *from, const char *to)
{
	char folder[TREE_PATH_MAX];
	tree_path(folder, to, "");
	for_each(from, copy_entry, folder);
}

void tree_copy_folders(const char *from, const char *to)
{
	char folder[TREE_PATH_MAX];
	tree_path(folder, to, "");
	for_each(from, copy_folder, folder);
}

static void remove_entry(void *context, const FTSENT *entry, const char *below)
{
	(void)context;
	(void)below;
	if (entry->fts_info != FTS_D && remove(entry->fts_path) < 0)
		give_up(entry->fts_path);
}

void tree_clear(const char *folder)
{
	for_each(folder, remove_entry, NULL);
}

/* --- Comparisons ------------------------------------------------------------------------------------------------------ */

struct walk {
	void (*visit)(void *context, const char *below);
	void *context;
};

static void walk_entry(void *context, const FTSENT *entry, const char *below)
{
	const struct walk *walk = context;
	if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP)
		walk->visit(walk->context, below);
}

void tree_walk(const char *folder, void (*visit)(void *context, const char *below), void *context)
{
	for_each(folder, walk_entry, &(struct walk){visit, context});
}

bool mapped_open(const char *path, struct mapped *mapped)
{
	struct stat stat;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*mapped = (struct mapped){0};
	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0 || fstat(fd, &stat) < 0)
		give_up(path);
	mapped->size = (size_t)stat.st_size;
	if (S_ISREG(stat.st_mode) && mapped->size > 0)
		mapped->bytes = mmap(NULL, mapped->size, PROT_READ, MAP_SHARED, fd, 0);
	if (mapped->bytes == MAP_FAILED)
		give_up(path);
	close(fd);
	return S_ISREG(stat.st_mode);
}

void mapped_close(struct mapped *mapped)
{
	if (mapped->size > 0)
		munmap((void *)(uintptr_t)mapped->bytes, mapped->size);
	*mapped = (struct mapped){0};
}

bool same_file(const char *one, const char *other)
{
	struct mapped a, b;
	bool both = mapped_open(one, &a) & mapped_open(other, &b);
	bool same = both && a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
	mapped_close(&a);
	mapped_close(&b);
	return same;
}

struct comparison {
	const char *one;
	const char *other;
	bool bytes; /* compare them too, not only the names */
	char *what; /* the first difference; "" so far */
};

static bool same_time(const char *one, const char *other)
{
	struct stat a, b;
	return lstat(one, &a) == 0 && lstat(other, &b) == 0 && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
	       a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

static void compare(void *context, const char *below)
{
	const struct comparison *comparison = context;
	char one[TREE_PATH_MAX], other[TREE_PATH_MAX];
	tree_path(one, comparison->one, below);
	tree_path(other, comparison->other, below);
	bool same = comparison->bytes ? same_file(one, other) && same_time(one, other) : access(other, F_OK) == 0;
	if (!same && !comparison->what[0])
		tree_path(comparison->what, comparison->one, below);
}

bool same_tree(const char *one, const char *other, char what[TREE_PATH_MAX])
{
	what[0] = 0;
	tree_walk(one, compare, &(struct comparison){one, other, true, what});
	tree_walk(other, compare, &(struct comparison){other, one, false, what});
	return !what[0];
}
