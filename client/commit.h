/* Gives finished files their final names, many at a time: times and modes, syncs, renames, syncs of the folders. */
#ifndef COMMIT_H
#define COMMIT_H

#include <stdbool.h>

#include "clock.h"
#include "download.h"
#include "status.h"
#include "transfer.h"

/*
 * One for all threads of a run. A file is reported only when it has its name for good: it gets its mode and time, then it is
 * synced, then renamed, then the folder that gained the name is synced. Many go through that together, and what syncs the
 * names of one group syncs the bytes of the next. The thread whose file fills a group leads it, while the others go on. A
 * file whose sync failed is removed: its pages cannot be trusted any more. Without syncs no file waits for another.
 */
struct commit;

#define COMMIT_FILES_MAX 800u
#define COMMIT_BYTES_MAX (64u << 20)
#define COMMIT_AGE_MAX (250 * CLOCK_MS)
/*
 * So many are synced as a whole, where the file system can: fewer are not worth waiting for what others may be writing to it.
 */
#define COMMIT_TOGETHER 16u

/* DESCRIPTORS is how many this process may have: a file keeps its own, and its folder's, until it is reported. */
MUST_CHECK enum status commit_new(struct transfer *transfer, size_t descriptors, struct commit **commit);
/* Nothing may wait. */
void commit_free(struct commit *commit);

/* Takes over a download whose bytes are all there and proven. Any thread; each calls commit_all before it waits or ends. */
void commit_add(struct commit *commit, struct download *download);
/* Commits what is there. */
void commit_all(struct commit *commit);
/* Goes on with what has waited for COMMIT_AGE_MAX, for a thread that has other work. False: nothing waits any more. */
bool commit_old(struct commit *commit);

#endif
