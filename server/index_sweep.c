/* Reads the folder of the digest index, sorts the entries by age and removes the oldest. */
#include "index_sweep.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "clock.h"
#include "index_entry.h"

/* No server takes that long to write an entry: the one that began it has ended. */
#define ABANDONED (3600 * CLOCK_SECOND)

struct found {
	int64_t time;
	uint64_t bytes;
	char name[INDEX_NAME_LENGTH + 1];
};

struct sweep {
	int folder;
	struct found *list;
	size_t count;
	size_t capacity;
	uint64_t bytes;
	enum status failure; /* the last removal that failed */
};

enum kind {
	KIND_FOREIGN,
	KIND_ENTRY,
	KIND_UNFINISHED,
};

static enum kind kind_of(const char *name)
{
	const char *rest = name + strspn(name, "0123456789abcdef");

	if (rest - name != INDEX_NAME_LENGTH)
		return KIND_FOREIGN;
	if (*rest == '\0')
		return KIND_ENTRY;
	return strncmp(rest, INDEX_UNFINISHED, strlen(INDEX_UNFINISHED)) == 0 ? KIND_UNFINISHED : KIND_FOREIGN;
}

static bool remove_one(struct sweep *sweep, const char *name)
{
	enum status status = beneath_remove_name(sweep->folder, name);

	/* Somebody else may have been faster. */
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		return true;
	sweep->failure = status;
	return false;
}

static void add(struct sweep *sweep, const char *name, const struct stat *stat)
{
	struct found *found = &sweep->list[sweep->count++];

	found->time = clock_of_timespec(stat->st_mtim);
	found->bytes = (uint64_t)stat->st_size;
	memcpy(found->name, name, sizeof(found->name));
	sweep->bytes += found->bytes;
}

static void look_at(struct sweep *sweep, const char *name)
{
	enum kind kind = kind_of(name);
	struct stat stat;

	if (kind == KIND_FOREIGN || beneath_stat_name(sweep->folder, name, &stat) != STATUS_OK || !S_ISREG(stat.st_mode))
		return;
	if (kind == KIND_ENTRY)
		add(sweep, name, &stat);
	else if (clock_real() - clock_of_timespec(stat.st_mtim) > ABANDONED)
		remove_one(sweep, name);
}

/* Adds the entries in the folder, as many as the list can hold; STATUS_END when these are all. */
static enum status look_around(struct sweep *sweep)
{
	int fd;
	const struct dirent *entry = NULL;
	enum status status = beneath_open_folder(sweep->folder, "", BENEATH_NO_SYMLINKS, &fd);

	if (status != STATUS_OK)
		return status;
	DIR *stream = fdopendir(fd);
	if (!stream) {
		close(fd);
		return STATUS_NO_MEMORY;
	}
	errno = 0;
	while (sweep->count < sweep->capacity && (entry = readdir(stream))) {
		look_at(sweep, entry->d_name);
		errno = 0;
	}
	if (!entry && sweep->count < sweep->capacity)
		status = errno == 0 ? STATUS_END : status_from_errno(errno);
	closedir(stream);
	return status;
}

static int by_age(const void *a, const void *b)
{
	const struct found *left = a, *right = b;

	if (left->time != right->time)
		return left->time < right->time ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* Returns how many were removed. */
static size_t remove_oldest(struct sweep *sweep, uint64_t files, uint64_t bytes)
{
	size_t gone = 0, left = sweep->count;

	qsort(sweep->list, sweep->count, sizeof(sweep->list[0]), by_age);
	for (size_t i = 0; i < sweep->count && (left > files || sweep->bytes > bytes); i++) {
		if (!remove_one(sweep, sweep->list[i].name))
			continue;
		sweep->bytes -= sweep->list[i].bytes;
		gone++;
		left--;
	}
	return gone;
}

/* A folder that holds more than the list does, since the limit was lowered, takes several rounds. */
static enum status sweep_rounds(struct sweep *sweep, uint64_t files, uint64_t bytes)
{
	enum status status;
	size_t gone;

	do {
		sweep->count = 0;
		sweep->bytes = 0;
		status = look_around(sweep);
		gone = status == STATUS_OK || status == STATUS_END ? remove_oldest(sweep, files, bytes) : 0;
	} while (status == STATUS_OK && gone > 0);
	return status == STATUS_OK || status == STATUS_END ? sweep->failure : status;
}

enum status index_sweep(int folder, uint64_t files, uint64_t bytes)
{
	struct sweep sweep = {.folder = folder, .capacity = 2 * (size_t)files + 1024, .failure = STATUS_OK};

	assert(files <= INDEX_FILES_MAX);
	sweep.list = malloc(sweep.capacity * sizeof(sweep.list[0]));
	if (!sweep.list)
		return STATUS_NO_MEMORY;
	enum status status = sweep_rounds(&sweep, files, bytes);
	free(sweep.list);
	return status;
}
