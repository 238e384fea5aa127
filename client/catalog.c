/* Keeps entries in an arena and an array of pointers to them. */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (512u << 20)

static bool make_room(struct catalog *catalog)
{
	if (catalog->count < catalog->room)
		return true;
	size_t room = catalog->room ? 2 * catalog->room : 256;
	struct catalog_entry **entries = realloc(catalog->entries, room * sizeof entries[0]);
	if (!entries)
		return false;
	catalog->entries = entries;
	catalog->room = room;
	return true;
}

enum status catalog_add(struct catalog *catalog, enum entry_kind kind, struct span path, uint64_t size)
{
	const size_t length = path.length + 1 + (kind == ENTRY_FILE ? sizeof size : 0);

	if (catalog->arena.bytes > BYTES_MAX)
		return STATUS_LIMIT;
	struct catalog_entry *entry = make_room(catalog) ? arena_take(&catalog->arena, sizeof *entry + length) : NULL;
	if (!entry)
		return STATUS_NO_MEMORY;
	entry->kind = (unsigned char)kind;
	if (path.length > 0)
		memcpy(entry->path, path.bytes, path.length);
	if (kind == ENTRY_FILE)
		memcpy(entry->path + path.length + 1, &size, sizeof size);
	catalog->entries[catalog->count++] = entry;
	return STATUS_OK;
}

uint64_t catalog_size(const struct catalog_entry *entry)
{
	uint64_t size;

	/* It is not aligned. */
	memcpy(&size, entry->path + strlen(entry->path) + 1, sizeof size);
	return size;
}

void catalog_release(struct catalog *catalog)
{
	arena_release(&catalog->arena);
	free(catalog->entries);
	*catalog = (struct catalog){0};
}

static int compare(const void *a, const void *b)
{
	return strcmp((*(struct catalog_entry *const *)a)->path, (*(struct catalog_entry *const *)b)->path);
}

void catalog_sort(struct catalog *catalog)
{
	if (catalog->count > 0)
		qsort(catalog->entries, catalog->count, sizeof catalog->entries[0], compare);
}

static int compare_path(const void *path, const void *entry)
{
	return strcmp(path, (*(struct catalog_entry *const *)entry)->path);
}

const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *path)
{
	if (catalog->count == 0)
		return NULL;
	struct catalog_entry **found = bsearch(path, catalog->entries, catalog->count, sizeof catalog->entries[0], compare_path);
	return found ? *found : NULL;
}
