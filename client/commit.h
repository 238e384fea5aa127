/* Gives finished files their final names, many at a time: times and modes, syncs, renames, syncs of the folders. */
#ifndef COMMIT_H
#define COMMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "download.h"
#include "transfer.h"

/*
 * One per thread. A file is reported only when it has its name for good. The order in a group: every file gets its mode
 * and time, then every file is synced, then every file is renamed, then every folder that gained a name is synced. A file
 * whose sync failed is removed: its pages cannot be trusted any more. Without syncs a group is one file.
 */
#define COMMIT_FILES_MAX 256u
#define COMMIT_BYTES_MAX (64u << 20)
/*
 * So many are synced as a whole, where the file system can: fewer are not worth waiting for what others may be writing to it.
 */
#define COMMIT_TOGETHER 16u

struct commit {
	struct transfer *transfer;
	struct download *group[COMMIT_FILES_MAX];
	size_t count;
	uint64_t bytes;
	bool together; /* what was to be synced last is, by one call */
};

/* Takes over a download whose bytes are all there and proven; commits the group when it is full. */
void commit_add(struct commit *commit, struct download *download);
/* Commits what is there. */
void commit_all(struct commit *commit);

#endif
