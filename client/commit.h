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
 * synced, then renamed, then the folder that gained the name is synced. Files do this in groups, and one sync covers the
 * names of a group and the bytes of the next. The thread whose file fills a group leads it, while the others go on. A
 * file whose sync failed is removed: its pages cannot be trusted any more. Without syncs no file waits for another.
 */
struct commit;

#define COMMIT_FILES_MAX 800u
#define COMMIT_BYTES_MAX (64u << 20)
#define COMMIT_AGE_MAX (250 * CLOCK_MS)
/* From this many files on, one syncfs(2): for fewer it does not pay to wait for the data of other processes, which it writes too. */
#define COMMIT_TOGETHER 16u

/* DESCRIPTORS is how many this process may have: a file keeps its own, and its folder's, until it is reported. */
MUST_CHECK enum status commit_new(struct transfer *transfer, size_t descriptors, struct commit **commit);
/* No file may be waiting. */
void commit_free(struct commit *commit);

/* Takes over a download whose bytes are all there and proven. Any thread; each calls commit_all before it waits or ends. */
void commit_add(struct commit *commit, struct download *download);
/* Commits every file that was added before. */
void commit_all(struct commit *commit);
/* For a thread amid other work: commits the files that have waited for COMMIT_AGE_MAX. False: no file waits any more. */
bool commit_old(struct commit *commit);

#endif
