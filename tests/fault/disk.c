/* The log as changes to files and names: which a power failure can no longer take back, and which it can. */
#include "disk.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sockets.h"
#include "tree.h"

/* The disk that is being read, and its names as they are at this point of the log. */
struct reader {
	struct disk *disk;
	struct name *names;
	size_t name_count;
};

/* LIST with room for one more, freed by the caller; grows by doubling. */
static void *grown(void *list, size_t count, size_t size)
{
	if (count != 0 && (count & (count - 1)) != 0)
		return list;
	list = reallocarray(list, count ? count * 2 : 1, size);
	if (!list)
		give_up("reallocarray");
	return list;
}

static char *copied(const char *text)
{
	char *copy = strdup(text);
	if (!copy)
		give_up("strdup");
	return copy;
}

/* --- Objects and names ------------------------------------------------------------------------------------------------ */

static struct object *add_object(struct disk *disk, struct object value)
{
	struct object *object = malloc(sizeof *object);
	if (!object)
		give_up("malloc");
	*object = value;
	disk->objects = grown(disk->objects, disk->object_count, sizeof *disk->objects);
	disk->objects[disk->object_count++] = object;
	return object;
}

static struct object *object_of_inode(const struct disk *disk, uint64_t inode)
{
	for (size_t i = disk->object_count; i > 0; i--)
		if (disk->objects[i - 1]->inode == inode)
			return disk->objects[i - 1];
	return NULL;
}

static struct object *object_of_name(const struct reader *reader, const char *path)
{
	for (size_t i = reader->name_count; i > 0; i--)
		if (strcmp(reader->names[i - 1].path, path) == 0)
			return reader->names[i - 1].object;
	return NULL;
}

/* Later names hide earlier ones; one without an object has gone. */
static void set_name(struct reader *reader, const char *path, struct object *object)
{
	reader->names = grown(reader->names, reader->name_count, sizeof *reader->names);
	reader->names[reader->name_count++] = (struct name){path, object};
}

static void find_name(void *context, const char *below)
{
	struct reader *reader = context;
	struct disk *disk = reader->disk;
	char path[TREE_PATH_MAX], before[TREE_PATH_MAX];

	tree_path(path, reader->disk->work, below);
	tree_path(before, reader->disk->before, below);
	struct object *object = add_object(disk, (struct object){.before = copied(before)});
	disk->names = grown(disk->names, disk->name_count, sizeof *disk->names);
	disk->names[disk->name_count++] = (struct name){copied(path), object};
	set_name(reader, disk->names[disk->name_count - 1].path, object);
}

/* --- Changes ---------------------------------------------------------------------------------------------------------- */

static void add_change(struct disk *disk, struct change change)
{
	disk->changes = grown(disk->changes, disk->change_count, sizeof *disk->changes);
	disk->changes[disk->change_count++] = change;
}

static void add_name(struct reader *reader, const struct record *record, const char *name, struct object *object, const char *gone)
{
	add_change(reader->disk, (struct change){.record = record, .object = object, .name = name, .gone = gone});
	if (gone)
		set_name(reader, gone, NULL);
	if (name)
		set_name(reader, name, object);
}

static void read_open(struct reader *reader, const struct record *record)
{
	struct object *object = object_of_name(reader, record_path(record));
	if (record->made) {
		object = add_object(reader->disk, (struct object){.inode = record->file});
		add_name(reader, record, record_path(record), object, NULL);
	}
	if (!object)
		return;
	object->inode = record->file;
	if (record->flags & O_TRUNC && !record->made)
		add_change(reader->disk, (struct change){.record = record, .object = object});
}

static void read_change_of_file(struct reader *reader, const struct record *record)
{
	struct object *object = object_of_inode(reader->disk, record->file);
	if (object)
		add_change(reader->disk, (struct change){.record = record, .object = object});
}

/* Is PATH a name in FOLDER itself? */
static bool is_in(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return path && strncmp(path, folder, length) == 0 && path[length] == '/' && !strchr(path + length + 1, '/');
}

static void read_sync(struct reader *reader, const struct record *record)
{
	struct disk *disk = reader->disk;
	const struct object *object = object_of_inode(disk, record->file);
	for (size_t i = 0; i < disk->change_count; i++) {
		struct change *change = &disk->changes[i];
		bool names = change->name || change->gone;
		if (names ? is_in(change->name ? change->name : change->gone, record_path(record)) : change->object == object)
			change->safe = true;
	}
}

static void read_sync_of_all(struct reader *reader)
{
	for (size_t i = 0; i < reader->disk->change_count; i++)
		reader->disk->changes[i].safe = true;
}

static void read_record(struct reader *reader, const struct record *record)
{
	const char *path = record_path(record);
	size_t length = strlen(reader->disk->work);

	if (record->result < 0 || strncmp(path, reader->disk->work, length) != 0 || (path[length] && path[length] != '/'))
		return;
	switch ((enum call)record->call) {
	case CALL_OPEN: read_open(reader, record); break;
	case CALL_WRITE_BACK: break;
	case CALL_SYNC: read_sync(reader, record); break;
	case CALL_SYNC_ALL: read_sync_of_all(reader); break;
	case CALL_RENAME: add_name(reader, record, record_other(record), object_of_name(reader, path), path); break;
	case CALL_LINK: add_name(reader, record, record_other(record), object_of_name(reader, path), NULL); break;
	case CALL_UNLINK: add_name(reader, record, NULL, NULL, path); break;
	case CALL_MAKE_FOLDER: add_name(reader, record, path, add_object(reader->disk, (struct object){.folder = true}), NULL); break;
	default: read_change_of_file(reader, record); break;
	}
}

void disk_read(struct disk *disk, const struct plan *plan, const char *before, const char *work)
{
	struct reader reader = {.disk = disk};

	*disk = (struct disk){.before = before, .work = work};
	tree_walk(before, find_name, &reader);
	for (const struct record *record = plan_next(plan, NULL); record; record = plan_next(plan, record))
		read_record(&reader, record);
	free(reader.names);
}

void disk_release(struct disk *disk)
{
	for (size_t i = 0; i < disk->name_count; i++)
		free((void *)(uintptr_t)disk->names[i].path);
	for (size_t i = 0; i < disk->object_count; i++) {
		free((void *)(uintptr_t)disk->objects[i]->before);
		free(disk->objects[i]);
	}
	free(disk->names);
	free(disk->objects);
	free(disk->changes);
	*disk = (struct disk){0};
}
