/* A run of `ferry get`: what its threads share, and how they are started and waited for. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include <stdbool.h>
#include <sys/types.h>

#include "destination.h"
#include "failed_list.h"
#include "filter.h"
#include "folders.h"
#include "halt.h"
#include "link.h"
#include "plan.h"
#include "progress.h"
#include "queue.h"
#include "report.h"

struct claims;
struct commit;

/* The state of a run, the same for all its threads. */
struct transfer {
	/* Borrowed from the caller. */
	struct link_options link;
	struct destination *destination;
	struct plan *plan;
	const struct filter *filter; /* of what listings name */
	struct queue *queue;
	struct folders *folders; /* NULL with an outlet */
	struct report *report;
	struct failed_list *failed_list; /* NULL: none is wanted */
	struct progress_counters *counters;
	unsigned jobs;
	mode_t umask;
	bool sync;
	bool unnamed;      /* a small new file may do without a partial's name */
	bool no_clobber;   /* nothing that exists is replaced */
	bool dry_run;      /* nothing is fetched or written */
	bool fail_fast;    /* the first failure ends the run */
	bool verify;       /* files that seem to be unchanged are proven */
	bool recursive;    /* sources of the plan are listed; else it holds all files already */
	uint64_t max_size; /* of a file; UINT64_MAX: any */
	/* Set by transfer_run(). */
	struct halt halt;
	struct commit *commit;
	struct claims *claims;
	bool completed; /* folders have the modes and times of their sources, or have failed */
	bool settled;   /* all threads are over */
	struct plan_file *leftovers; /* neither finished nor reported */
	/* Set by the listing. */
	bool refused; /* two sources want one place */
};

/*
 * Fetches all files that TRANSFER's plan and sources name; every file is reported once. Returns when all threads are over.
 * STATUS_INTERRUPTED when link.stop_fd turned readable: then files in work are reported as failed and the rest as not
 * tried; a thread that was stuck may still use TRANSFER, and the process has to end. STATUS_EXISTS when two sources
 * turned out to want one place: that was reported, and nothing was fetched. Otherwise STATUS_OK, even if files failed, or the
 * reason why no threads could be started. Only transfer_tell() reports the files that are left, and folders that failed.
 */
MUST_CHECK enum status transfer_run(struct transfer *transfer);

/* Once, after outcome_list_failures(): its writing may block, since nobody has to read what it reports. */
void transfer_tell(struct transfer *transfer);

/* No more tasks, and waiting ends: the threads come to their end. */
void transfer_halt(struct transfer *transfer);

#endif
