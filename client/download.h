/* One file in work: what the server said of it, what was received, and which of its pieces are proven. */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"
#include "message.h"
#include "outlet.h"
#include "partial.h"
#include "piece_map.h"
#include "plan.h"

/*
 * A file of one piece belongs to one thread from beginning to end. One of several pieces is shared through the queue
 * (queue_share()) and belongs to all threads that hold a run of it; the last of them gets it back from queue_run_over().
 * An epoch is the time under one version: it ends when all runs of it are over, and only then the next begins.
 */
struct download {
	struct plan_file *file;
	struct outlet *outlet; /* borrowed; NULL: it goes into a partial */
	struct partial partial;
	bool uses_folder; /* the folder is in use for the sake of the partial */
	bool kept;        /* the partial held bytes when it was opened: it outlives a failure */
	bool earned;      /* this run proved pieces of an earlier epoch: so it does */
	int basis;        /* the older file of the final name, from which pieces may be taken; -1: none */
	bool proving;     /* the file of the final name is held against the source, and nothing is written */
	bool looked;      /* the final name was looked at, */
	bool name_is_free; /* and there was nothing: neither a file nor a partial */
	bool lost_race;   /* somebody else has the final name, and keeps it */
	int64_t started;

	/* What the server said last; the same for all runs of an epoch. */
	bool described;
	struct file source;
	struct digest root; /* computed here, once all is proven */
	bool rooted;
	struct digest sum; /* SHA-256, computed here where the user gave one */
	bool summed;

	uint64_t counted; /* what the bar has been told of it as known */

	/* Bounded tries. */
	unsigned changes; /* epochs that ended because the source changed */
	unsigned roots;   /* proven files whose root was not the one that the server named */
	bool fresh;       /* a piece of this file of one piece arrived wrong: FRESH from now on */

	/* Guarded by the queue's lock while it is shared. */
	unsigned attempts;
	unsigned generation; /* the remote's, at the last attempt */
	uint64_t fetched, reused;
	uint64_t done;    /* bytes that were proven, in all epochs */
	struct failure failure;
	struct piece_map pieces;
	unsigned fetching, verifying; /* threads that hold a run */
	bool outdated;                /* the epoch is over */
	bool differs;                 /* what was to be proven in its place has to be repaired */
	bool shared;
	struct download *next;
};

/* Attached to FILE. */
MUST_CHECK enum status download_new(struct plan_file *file, struct outlet *outlet, struct download **download);
/* The partial must be closed. */
void download_free(struct download *download);

/* What the server says it is, from here on. */
void download_describe(struct download *download, const struct file *source);

/* Has the server named a root, and is it another than the one computed here? */
bool download_root_differs(const struct download *download);

bool download_failed(const struct download *download);

#endif
