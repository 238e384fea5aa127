/* The intake: what a run is to fetch, from URLs, a manifest or a list of sums into the plan and the queue. */
#ifndef INTAKE_H
#define INTAKE_H

#include "failed_list.h"
#include "folders.h"
#include "options.h"
#include "plan.h"
#include "progress.h"
#include "queue.h"
#include "report.h"
#include "status.h"

/* Everything is borrowed. */
struct intake {
	const struct options *options;
	const char *name; /* that -o gives to the only file; NULL: none */
	struct plan *plan;
	struct queue *queue;
	struct folders *folders;
	const struct failed_list *failed_list; /* NULL: none is wanted */
	struct report *report;
	struct progress_counters *counters;
};

/*
 * Afterwards files that were named one by one are in the queue; with -r the sources are marked to be listed. On failure, which
 * has been reported, nothing should start. Call it before the threads start.
 */
MUST_CHECK enum status intake_run(const struct intake *intake);

#endif
