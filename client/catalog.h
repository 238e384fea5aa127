/* A catalog: everything that a listing named, kept compactly, sorted, and found by its path. */
#ifndef CATALOG_H
#define CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "message.h"
#include "status.h"
#include "wire.h"

struct catalog_entry {
	unsigned char kind; /* enum entry_kind */
	char path[]; /* followed by the size of a file */
};

/* A zeroed catalog is empty. */
struct catalog {
	struct arena arena;
	struct catalog_entry **entries;
	size_t count, room;
};

/* SIZE counts for an ENTRY_FILE. STATUS_LIMIT above any sensible number: a server cannot fill the memory of its clients. */
MUST_CHECK enum status catalog_add(struct catalog *catalog, enum entry_kind kind, struct span path, uint64_t size);
void catalog_release(struct catalog *catalog);

/* Once all entries are added. A folder then comes before its contents. */
void catalog_sort(struct catalog *catalog);
/* NULL when the listing did not name PATH. */
const struct catalog_entry *catalog_find(const struct catalog *catalog, const char *path);
/* Of an ENTRY_FILE. */
uint64_t catalog_size(const struct catalog_entry *entry);

#endif
