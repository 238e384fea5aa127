/* Gathers what a listing names: into the plan as the filter wants it, a file at a time, and into the queue. */
#ifndef GATHER_H
#define GATHER_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"
#include "message.h"
#include "transfer.h"

/* The reading of all sources' listings, one after the other. */
struct gather {
	struct transfer *transfer;
	bool held;    /* nothing is handed over before gather_end() */
	bool refused; /* two sources want one place: that was told, and nothing is to be fetched */
	struct plan_source *source; /* the present one */
	uint8_t pass; /* which reading it is, 1 to 255 over and over; 0: none. What was met in another pass is no twin */
	struct plan_file *files, *last; /* not handed over yet */
};

/*
 * What the source's URL names: STATUS_OK for a folder that is to be listed, STATUS_END where it is done with, be it by a
 * failure that was told. Here and below: STATUS_PROTOCOL for what no server may send, STATUS_LIMIT and _NO_MEMORY, and
 * STATUS_EXISTS where it is refused.
 */
MUST_CHECK enum status gather_source(struct gather *gather, const struct file *file);

/* An entry, its path BELOW the URL. *FOLDER is its place in the plan where it is a folder that is wanted, else NULL. */
MUST_CHECK enum status gather_entry(struct gather *gather, const struct entry *entry, struct span below, struct plan_folder **folder);

/* The files that were gathered may be fetched, unless they are held. */
MUST_CHECK enum status gather_hand_over(struct gather *gather);
/* All listings were read, or will not be: the files that were held may be fetched, too. */
MUST_CHECK enum status gather_end(struct gather *gather);

/* "URL WHAT: status" */
void gather_fail(const struct gather *gather, struct span below, enum failure_origin origin, enum status status, const char *what);

#endif
