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
 * An epoch is the time under one version: it ends when all runs are over, and only then does the next one begin.
 */
struct download {
	/* Set once, by download_new(). */
	struct plan_file *file;
	struct outlet *outlet; /* borrowed; NULL: it goes into a partial */
	int64_t started;       /* clock_now() */

	/* Written by download_describe(): the server's last description, the same for all runs of an epoch. Its root also by queue.c. */
	bool described;
	struct file source;

	/* Written by errand.c, which looks at what is here; batch.c and ending.c reset it for another look. */
	bool looked;       /* at the final name */
	bool name_is_free; /* neither a file nor a partial was there */
	bool proving;      /* the file of the final name is compared with the source, and nothing is written */

	/* Written by landing.c; kept also by commit.c. */
	struct partial partial;
	bool uses_folder; /* the folder is in use for the partial or the basis */
	bool kept;        /* the partial held bytes when it was opened: it outlives a failure */
	int basis;        /* the older file of the final name, from which pieces may be taken; -1: none */

	/* Written by batch.c. */
	bool fresh; /* the only piece of this file arrived wrong once: READ is FRESH from now on */

	/* Written by ending.c, at the end of an epoch; root also by batch.c, earned is cleared by errand.c. */
	unsigned changes;   /* epochs that ended because the source changed */
	unsigned roots;     /* how often all pieces were proven, but the root was not the server's */
	bool earned;        /* this run proved pieces in an earlier epoch: the partial outlives a failure */
	struct digest root; /* computed here, once all pieces are proven */
	bool rooted;        /* ROOT is that of the whole file */

	/* Written by checksum.c; by ending.c for an unchanged file. */
	struct digest sum; /* SHA-256, if the user gave one */
	bool summed;       /* SUM is known */

	/* Written by commit.c. */
	bool lost_race; /* somebody else has the final name, and keeps it */

	/* Written by worker.c, first by download_new(). */
	uint64_t counted; /* bytes that the bar counts for this file as known */

	/* Written by queue.c, guarded by its lock while the download is shared; else by the thread that has it. */
	unsigned attempts;
	unsigned generation; /* the remote's, at the last attempt */
	uint64_t fetched, reused;
	uint64_t done; /* bytes that were proven, in all epochs */
	struct failure failure;
	struct piece_map pieces;
	unsigned fetching, verifying; /* threads that hold a run */
	bool outdated;                /* the epoch is over */
	bool differs;                 /* the file of the final name was proven to differ, or cannot be: it has to be repaired */

	/* Written by backlog.c, under the same lock; commit.c uses NEXT for its groups. */
	bool shared;
	struct download *next;
};

/* Attached to FILE. */
MUST_CHECK enum status download_new(struct plan_file *file, struct outlet *outlet, struct download **download);
/* The partial must be closed. */
void download_free(struct download *download);

/* The server has described the file as SOURCE. */
void download_describe(struct download *download, const struct file *source);

/* Has the server named a root that is not the one computed here? */
bool download_root_differs(const struct download *download);

bool download_failed(const struct download *download);

#endif
