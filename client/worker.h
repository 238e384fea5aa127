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
	struct remote *remote; /* the server at its other end */
	unsigned generation;   /* of the remote, when the link was reserved */
	bool uncommitted; /* files that this thread finished may be waiting for their names */
	struct queue_task task;
};

/* STATUS_INVALID and STATUS_UNSUPPORTED: FERRY_LANES is wrong, see lanes_new(). STATUS_NO_MEMORY. */
MUST_CHECK enum status worker_init(struct worker *worker, struct transfer *transfer);
/* Takes tasks until the queue says QUEUE_OVER; then commits what it has finished and closes its link. */
void worker_run(struct worker *worker);
void worker_release(struct worker *worker);

/* PIECE_SIZE bytes for the current task, allocated when first needed; NULL when memory is short. */
unsigned char *worker_room(struct worker *worker);

/* The server has described the file as SOURCE: keeps that, and counts its bytes as known. */
void worker_described(struct worker *worker, struct download *download, const struct file *source);

/* Amid a long task: commits what this thread and others have finished, once it has waited long enough. */
void worker_commit_old(struct worker *worker);

/* Drops the link because the rest of its answer is not wanted; this is no failure. */
void worker_drop_link(struct worker *worker);

/* The link broke with STATUS: reports that to the queue. Does nothing when there is no link any more. */
void worker_lose_link(struct worker *worker, enum status status);

/* The server asked for patience: reports that to the queue. */
void worker_pause(struct worker *worker, const struct failure *failure);

/* The meaning of an ERROR frame in an answer about DOWNLOAD, as link_error() has it. */
MUST_CHECK enum status worker_explain_error(const struct worker *worker, const struct download *download, struct span payload,
	struct failure *failure);

/* Does this ERROR only ask for patience? */
bool worker_is_pause(enum status status);

#endif
