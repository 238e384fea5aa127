/* One thread of a run: its link, its hashing lanes, and its task. */
#ifndef WORKER_H
#define WORKER_H

#include "lanes.h"
#include "link.h"
#include "queue.h"
#include "transfer.h"

struct worker {
	struct transfer *transfer;
	struct lanes *lanes;
	unsigned char *room; /* worker_room's */
	struct link *link; /* NULL: none is open */
	struct remote *remote; /* that the link leads to */
	unsigned generation;
	bool uncommitted; /* what it has finished may wait for its name */
	struct queue_task task;
};

/* Takes tasks until the queue is over. */
MUST_CHECK enum status worker_init(struct worker *worker, struct transfer *transfer);
void worker_run(struct worker *worker);
void worker_release(struct worker *worker);

/* PIECE_SIZE bytes for whatever a task keeps in memory, made when first needed; NULL: there is no memory. */
unsigned char *worker_room(struct worker *worker);

/* --- What becomes of a download that the thread has for itself ------------------------------------------------------- */

void worker_fail(struct worker *worker, struct download *download, const struct failure *failure);
/* All pieces are proven, a lone one's digest is download->root: compares the root and commits. */
void worker_finish(struct worker *worker, struct download *download);
/* The source has changed: it is begun again, but not for ever. */
void worker_changed(struct worker *worker, struct download *download);
/* The server has said what it is. */
void worker_described(struct worker *worker, struct download *download, const struct file *source);
/* It already is what it should become. */
void worker_unchanged(struct worker *worker, struct download *download);

/* Does what queue_run_over asks for. */
void worker_do(struct worker *worker, struct download *download, enum run_duty duty);

/* A task may take long: between its pieces what this thread has finished before, and others behind it, gets its name. */
void worker_commit_old(struct worker *worker);

/* --- The link -------------------------------------------------------------------------------------------------------- */

/* Nobody wants what it still would bring; no failure. */
void worker_drop_link(struct worker *worker);

/* It broke, or the server broke it, as STATUS says; one that was lost already stays so. */
void worker_lose_link(struct worker *worker, enum status status);

/* The server asked for patience. */
void worker_pause(struct worker *worker, const struct failure *failure);

/* Does this ERROR only ask for patience? */
bool worker_is_pause(enum status status);

/* The failure of a piece that arrived wrong twice. */
void worker_explain_mismatch(const struct download *download, uint64_t piece, struct failure *failure);

#endif
