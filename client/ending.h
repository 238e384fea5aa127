/* The end of a download that a thread has for itself: finished, unchanged, failed, or begun again under another version. */
#ifndef ENDING_H
#define ENDING_H

#include "download.h"
#include "failure.h"
#include "queue.h"
#include "worker.h"

/*
 * The first four take DOWNLOAD away from the caller: it is committed or reported, and freed then, or its file goes back to the queue.
 */

/* All pieces are proven (of a file of one piece download->root is its digest): compares the root, then the user's sum, and commits. */
void ending_finish(struct worker *worker, struct download *download);
/* The file here is the same as the source. */
void ending_unchanged(struct worker *worker, struct download *download);
/* The source has changed: the file is begun again, but not for ever. */
void ending_changed(struct worker *worker, struct download *download);
/* The file has failed. In a run that is being stopped it goes back instead, to be reported with all other files that are left. */
void ending_fail(struct worker *worker, struct download *download, const struct failure *failure);

/* Does the DUTY that queue_run_over() returned. */
void ending_do(struct worker *worker, struct download *download, enum run_duty duty);

/* The failure of a piece that arrived wrong twice. */
void ending_explain_mismatch(const struct download *download, uint64_t piece, struct failure *failure);

#endif
