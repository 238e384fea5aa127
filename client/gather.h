/* Gathers what a listing names: into the plan as the filter wants it, a file at a time, and into the queue. */
#ifndef GATHER_H
#define GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"
#include "message.h"
#include "transfer.h"

/* One reading of one source's listing. */
struct gather {
	struct transfer *transfer;
	struct plan_source *source;
	uint8_t pass; /* how often it was read: what was met in another pass is no twin */
	struct plan_file *files, *last; /* not handed over yet */
};

/*
 * What the source's URL names: STATUS_OK for a folder that is to be listed, STATUS_END where it is done with, be it by a
 * failure that was told. Here and below: STATUS_PROTOCOL for what no server may send, STATUS_LIMIT and _NO_MEMORY.
 */
MUST_CHECK enum status gather_source(struct gather *gather, const struct file *file);

/* An entry, its path BELOW the URL. *ENTER tells whether it is a folder that is wanted, and is in the plan now. */
MUST_CHECK enum status gather_entry(struct gather *gather, const struct entry *entry, struct span below, bool *enter);

/* The files that were gathered may be fetched. */
MUST_CHECK enum status gather_hand_over(struct gather *gather);

/* "URL WHAT: status" */
void gather_fail(const struct gather *gather, struct span below, enum failure_origin origin, enum status status, const char *what);

#endif
