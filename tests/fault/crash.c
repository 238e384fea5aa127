/* Every state of interest that a disk may be in when the power fails at the end of a log. */
#include "crash.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"
#include "tree.h"

#define BLOCK 4096

/* --- Which -------------------------------------------------------------------------------------------------------------- */

static void add(struct crashes *crashes, enum crash_kind kind, size_t change)
{
	crashes->list[crashes->count++] = (struct crash){kind, change};
}

static bool has_bytes(const struct change *change)
{
	return change->record->call == CALL_WRITE || change->record->call == CALL_CLONE;
}

void crashes_find(struct crashes *crashes, const struct disk *disk)
{
	crashes->count = 0;
	crashes->list = calloc(5 + 4 * disk->change_count, sizeof *crashes->list);
	if (!crashes->list)
		give_up("calloc");
	for (enum crash_kind kind = CRASH_ALL_LOST; kind <= CRASH_FILES_ONLY; kind++)
		add(crashes, kind, 0);
	for (size_t i = 0; i < disk->change_count; i++) {
		if (disk->changes[i].safe)
			continue;
		add(crashes, CRASH_ONE_LOST, i);
		add(crashes, CRASH_ONE_KEPT, i);
		if (has_bytes(&disk->changes[i])) {
			add(crashes, CRASH_TORN_FIRST, i);
			add(crashes, CRASH_TORN_ODD, i);
		}
	}
}

void crashes_release(struct crashes *crashes)
{
	free(crashes->list);
	*crashes = (struct crashes){0};
}

/* Did the change, as a whole, reach the disk? */
static bool is_kept(const struct disk *disk, const struct crash *crash, size_t change)
{
	bool names = disk->changes[change].name || disk->changes[change].gone;
	if (disk->changes[change].safe)
		return true;
	switch (crash->kind) {
	case CRASH_ALL_LOST: return false;
	case CRASH_NAMES_ONLY: return names;
	case CRASH_FILES_ONLY: return !names;
	case CRASH_ONE_LOST: return change != crash->change;
	case CRASH_ONE_KEPT: return change == crash->change;
	case CRASH_ALL_KEPT:
	case CRASH_SIZES_ONLY:
	case CRASH_TORN_FIRST:
	case CRASH_TORN_ODD: break;
	}
	return true;
}

/* And this block of the bytes that it wrote? */
static bool is_block_kept(const struct disk *disk, const struct crash *crash, size_t change, uint64_t block, uint64_t blocks)
{
	if (disk->changes[change].safe)
		return true;
	if (crash->kind == CRASH_SIZES_ONLY)
		return false;
	if (crash->change != change)
		return true;
	if (crash->kind == CRASH_TORN_FIRST)
		return block < blocks / 2;
	return crash->kind != CRASH_TORN_ODD || block % 2 == 1;
}

/* --- Files -------------------------------------------------------------------------------------------------------------- */

struct building {
	const struct disk *disk;
	const struct crash *crash;
	const char *to;
};

static void grow_to(int fd, uint64_t size)
{
	struct stat stat;
	if (fstat(fd, &stat) < 0 || ((uint64_t)stat.st_size < size && ftruncate(fd, (off_t)size) < 0))
		give_up("ftruncate");
}

/* Blocks are those of the file, not of the write. */
static void build_bytes(const struct building *building, int fd, size_t change)
{
	const struct record *record = building->disk->changes[change].record;
	uint64_t first = record->offset / BLOCK, end = record->offset + record->data_length;
	uint64_t blocks = (end + BLOCK - 1) / BLOCK - first;

	grow_to(fd, end);
	for (uint64_t block = 0; block < blocks; block++) {
		uint64_t from = (first + block) * BLOCK, until = from + BLOCK;
		if (!is_block_kept(building->disk, building->crash, change, block, blocks))
			continue;
		from = from < record->offset ? record->offset : from;
		until = until > end ? end : until;
		const unsigned char *bytes = record_data(record) + (from - record->offset);
		if (pwrite(fd, bytes, until - from, (off_t)from) != (ssize_t)(until - from))
			give_up("pwrite");
	}
}

static void build_time(int fd, const struct record *record)
{
	const struct timespec *times = (const struct timespec *)(const void *)record_data(record);
	if (record->data_length == 2 * sizeof *times && futimens(fd, times) < 0)
		give_up("futimens");
}

static void build_change(const struct building *building, int fd, size_t change)
{
	const struct record *record = building->disk->changes[change].record;
	switch ((enum call)record->call) {
	case CALL_CLONE:
	case CALL_OPEN:
		if (ftruncate(fd, 0) < 0)
			give_up("ftruncate");
		build_bytes(building, fd, change);
		break;
	case CALL_WRITE: build_bytes(building, fd, change); break;
	case CALL_TRUNCATE:
		if (ftruncate(fd, (off_t)record->offset) < 0)
			give_up("ftruncate");
		break;
	case CALL_ALLOCATE:
		if (!(record->flags & FALLOC_FL_KEEP_SIZE))
			grow_to(fd, record->offset + record->length);
		break;
	case CALL_TIMES: build_time(fd, record); break;
	default: break;
	}
}

/* Time stamps last: whatever comes before would change them. */
static void build_object(const struct building *building, const struct object *object, int fd)
{
	const struct disk *disk = building->disk;
	for (int times = 0; times < 2; times++)
		for (size_t i = 0; i < disk->change_count; i++) {
			const struct change *change = &disk->changes[i];
			if (change->object == object && !change->name && (change->record->call == CALL_TIMES) == times &&
			    is_kept(disk, building->crash, i))
				build_change(building, fd, i);
		}
}

/* --- Names -------------------------------------------------------------------------------------------------------------- */

static void build_file(const struct building *building, const struct object *object, const char *path)
{
	if (object->before)
		tree_copy_file(object->before, path);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		give_up(path);
	build_object(building, object, fd);
	close(fd);
}

static bool has_folder(const char *path)
{
	char folder[TREE_PATH_MAX];
	snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(path, '/') - path), path);
	return access(folder, F_OK) == 0;
}

/* A name whose folder did not get its own is lost with it. */
static void build_name(const struct building *building, const struct name *name)
{
	char path[TREE_PATH_MAX];
	tree_path(path, building->to, name->path + strlen(building->disk->work) + 1);
	if (!name->object || !has_folder(path))
		return;
	if (!name->object->folder)
		build_file(building, name->object, path);
	else if (mkdir(path, 0777) < 0)
		give_up(path);
}

static void set_name(struct name *names, size_t *count, struct name name)
{
	size_t i = 0;
	while (i < *count && strcmp(names[i].path, name.path) != 0)
		i++;
	names[i] = name;
	*count += i == *count;
}

void crash_build(const struct disk *disk, const struct crash *crash, const char *to)
{
	const struct building building = {disk, crash, to};
	struct name *names = calloc(disk->name_count + 2 * disk->change_count + 1, sizeof *names);
	size_t count = 0;

	if (!names)
		give_up("calloc");
	for (; count < disk->name_count; count++)
		names[count] = disk->names[count];
	for (size_t i = 0; i < disk->change_count; i++) {
		const struct change *change = &disk->changes[i];
		if (change->gone && is_kept(disk, crash, i))
			set_name(names, &count, (struct name){change->gone, NULL});
		if (change->name && is_kept(disk, crash, i))
			set_name(names, &count, (struct name){change->name, change->object});
	}
	tree_copy_folders(disk->before, to);
	for (size_t i = 0; i < count; i++)
		build_name(&building, &names[i]);
	free(names);
}

void crash_describe(const struct disk *disk, const struct crash *crash, char *text, size_t capacity)
{
	static const char *const kinds[] = {"all lost", "all kept", "names only", "sizes only", "files only", "lost", "kept only",
		"torn to its first half", "torn to odd blocks"};
	if (crash->kind < CRASH_ONE_LOST) {
		snprintf(text, capacity, "%s", kinds[crash->kind]);
		return;
	}
	const struct record *record = disk->changes[crash->change].record;
	snprintf(text, capacity, "call %llu (kind %u, %s) %s", (unsigned long long)record->number, record->call, record_path(record),
		kinds[crash->kind]);
}
