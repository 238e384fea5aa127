/* The one queue: what the threads of a run share, and the only place where they meet. */
#ifndef QUEUE_H
#define QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#include "backlog.h"
#include "download.h"
#include "plan.h"
#include "remote.h"
#include "status.h"

/*
 * while (queue_take(queue, linked, QUEUE_WAIT, &task) == QUEUE_TASK) {
 *         ... a link to task.remote: kept, or opened where task.link_is_new ...
 *         ... task.work ...
 *         queue_task_over(queue)
 * }
 *
 * All functions may be called by any thread, and none waits but queue_take and queue_reserve_link.
 */
struct queue;

struct queue_options {
	unsigned jobs;  /* threads that take tasks */
	unsigned retry; /* attempts without progress before a server is given up */
};
MUST_CHECK enum status queue_new(const struct queue_options *options, struct queue **queue);
/* Once all threads are over and the rest was drained. */
void queue_free(struct queue *queue);

/* The remote of URL's server; made when it is new. Before the threads start. */
MUST_CHECK enum status queue_remote(struct queue *queue, const struct url *url, struct remote **remote);

/* --- Filling ------------------------------------------------------------------------------------------------------- */

/* Adds files that nobody has begun, linked by next; the list is the queue's afterwards. */
MUST_CHECK enum status queue_add(struct queue *queue, struct plan_file *files);

/* While a listing runs, an empty queue is not over. */
void queue_listing_begins(struct queue *queue);
void queue_listing_ends(struct queue *queue);

/* --- Tasks --------------------------------------------------------------------------------------------------------- */

enum queue_patience {
	QUEUE_NOW,
	QUEUE_WAIT,
};
enum queue_answer {
	QUEUE_TASK,
	QUEUE_EMPTY, /* QUEUE_NOW only: there is no task at the moment */
	QUEUE_YIELD, /* close the link to LINKED, for which another thread waits, and call again */
	QUEUE_OVER,  /* nothing is left and nothing will come, or the run was stopped */
};

struct queue_task {
	struct task work;
	struct remote *remote;
	bool link_is_new; /* a link was reserved: open one, or give it back */
	unsigned generation; /* of the remote; belongs to the new link */
};

/* LINKED is the remote to which the thread has a link, or NULL. Its work comes first. */
enum queue_answer queue_take(struct queue *queue, struct remote *linked, enum queue_patience patience, struct queue_task *task);
void queue_task_over(struct queue *queue);

/* A file of a task that has to be begun again. */
void queue_again(struct queue *queue, struct plan_file *file);

/* --- Files of several pieces --------------------------------------------------------------------------------------- */

/*
 * From now on any thread may claim runs of DOWNLOAD. FIRST (may be NULL) is a run that the caller keeps for itself. Without
 * FIRST, and when the server is given up, the file is put back to be abandoned instead.
 */
void queue_share(struct queue *queue, struct download *download, struct piece_run *first);

/* Reports the verdict on one piece of a run. RECEIVED and REUSED are bytes. */
enum piece_verdict {
	PIECE_VERDICT_PROVEN,
	PIECE_VERDICT_WRONG, /* fetched: once more by itself, then the file fails. Verified: to be fetched */
};
struct piece_news {
	uint64_t piece;
	enum piece_verdict verdict;
	struct digest digest;
	uint64_t received, reused;
};
void queue_piece(struct queue *queue, struct download *download, const struct piece_news *news);

/* RECEIVED bytes arrived, and will have to come again. */
void queue_wasted(struct queue *queue, struct download *download, uint64_t received);

/* The server has named the root of this epoch's version. */
void queue_root(struct queue *queue, struct download *download, const struct digest *root);

/* How a run ended. Pieces that it did not prove are given back. */
enum run_end {
	RUN_OVER,     /* all of it was tried, or the link broke */
	RUN_OUTDATED, /* the source has changed: the epoch is over */
	RUN_DIFFERS,  /* the file that was to be proven in its place differs from the source: it has to be repaired */
	RUN_FAILED,   /* the file has failed */
};
/* The caller's duty afterwards. Unless it is NOTHING the download is no longer shared. */
enum run_duty {
	DUTY_NOTHING,
	DUTY_FINISH,   /* all pieces are proven */
	DUTY_FAIL,     /* download->failure says why */
	DUTY_DESCRIBE, /* the epoch is over and no thread has a run any more */
};
MUST_CHECK enum run_duty queue_run_over(struct queue *queue, struct download *download, const struct piece_run *run,
	enum run_end end, const struct failure *failure);

/* --- Links --------------------------------------------------------------------------------------------------------- */

/* Waits until a link to REMOTE may be opened; false when the run was stopped or REMOTE is given up. */
bool queue_reserve_link(struct queue *queue, struct remote *remote, unsigned *generation);
/* A reserved link is open, and the server grants LINKS in all; false: this one is too many, close it. */
bool queue_link_opened(struct queue *queue, struct remote *remote, unsigned links);
/* An open link was closed, or a reserved one is not needed. */
void queue_link_closed(struct queue *queue, struct remote *remote);
/*
 * A link that was reserved at GENERATION could not be opened, or broke. Counts against REMOTE unless another link of the same
 * generation already did; when a busy server still grants us other links, we do without this one. Returns the nanoseconds until
 * the next attempt if this failure has begun a pause, else 0.
 */
int64_t queue_link_failed(struct queue *queue, struct remote *remote, unsigned generation, const struct failure *failure);
/* The server asked for a pause. Counts, and returns the pause, in the same way. */
int64_t queue_pause(struct queue *queue, struct remote *remote, const struct failure *failure);
/* Bytes from REMOTE were proven: its failures before that no longer count, unless it is given up already. */
void queue_progress(struct queue *queue, struct remote *remote);

/* --- The end ------------------------------------------------------------------------------------------------------- */

/* No more tasks: all waiting threads return. */
void queue_stop(struct queue *queue);
bool queue_stopped(const struct queue *queue);

/* After the threads: the files that are left, in portions; false when none is. Their downloads are no longer shared. */
bool queue_drain(struct queue *queue, struct task *task);

#endif
