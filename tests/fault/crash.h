/* Every state of interest that a disk may be in when the power fails at the end of a log. */
#ifndef CRASH_H
#define CRASH_H

#include "disk.h"

enum crash_kind {
	CRASH_ALL_LOST,    /* of what was not safe */
	CRASH_ALL_KEPT,
	CRASH_NAMES_ONLY,  /* names without bytes, sizes, times */
	CRASH_SIZES_ONLY,  /* names, sizes, times, but zeros where bytes were */
	CRASH_FILES_ONLY,  /* bytes without names */
	CRASH_ONE_LOST,    /* one change, all others are kept */
	CRASH_ONE_KEPT,
	CRASH_TORN_FIRST,  /* all kept, of one write only the blocks of 4 KiB in its first half */
	CRASH_TORN_ODD,    /* only every other block */
};

struct crash {
	enum crash_kind kind;
	size_t change; /* the one that the kind is about */
};

struct crashes {
	struct crash *list;
	size_t count;
};

/* All of them; DISK must stay. */
void crashes_find(struct crashes *crashes, const struct disk *disk);
void crashes_release(struct crashes *crashes);

/* Makes the state in the empty folder TO. */
void crash_build(const struct disk *disk, const struct crash *crash, const char *to);

/* For people: what was lost. */
void crash_describe(const struct disk *disk, const struct crash *crash, char *text, size_t capacity);

#endif
