/* The log as changes to files and names: which a power failure can no longer take back, and which it can. */
#ifndef DISK_H
#define DISK_H

#include "plan.h"

/*
 * The strictest reading of POSIX: fsync(2) of a file makes the changes to its bytes, size, time and mode safe, fsync of a
 * folder those to its names. Nothing else does, and without it changes reach the disk in any order or not at all.
 */
struct object { /* a file or a folder */
	uint64_t inode;
	const char *before; /* the file that holds its first content; NULL: made during the run */
	bool folder;
};

struct change {
	const struct record *record;
	struct object *object; /* what was written or got a name; NULL where a name went */
	const char *name;      /* the name that came to lead to it; NULL for changes to bytes, sizes, times, modes */
	const char *gone;      /* the name that went in the same moment; NULL: none */
	bool safe;
};

struct name {
	const char *path; /* absolute */
	struct object *object;
};

struct disk {
	const char *before;
	const char *work;
	struct name *names; /* as the run found them */
	size_t name_count;
	struct object **objects;
	size_t object_count;
	struct change *changes; /* in their order */
	size_t change_count;
};

/*
 * Reads the log of PLAN, which must stay, as must both strings. BEFORE holds what the folder WORK held when the run
 * began. Changes outside WORK are left out.
 */
void disk_read(struct disk *disk, const struct plan *plan, const char *before, const char *work);
void disk_release(struct disk *disk);

#endif
