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
	bool refused; /* two sources want one place: that was reported, and nothing is to be fetched */
	struct plan_source *source; /* whose listing is being read */
	uint8_t pass; /* number of this reading, 1 to 254 over and over; 0: none. A name from an earlier pass is not named twice */
	struct plan_file *files, *last; /* not handed over yet */
};

/*
 * Begins a source; FILE is what its URL names. STATUS_OK: a folder to be listed; STATUS_END: nothing to list, and a failure, if
 * any, was reported. Here and below: STATUS_PROTOCOL if no server may send this, STATUS_LIMIT, STATUS_NO_MEMORY, and
 * STATUS_EXISTS once the run is refused.
 */
MUST_CHECK enum status gather_source(struct gather *gather, const struct file *file);

/* Adds an entry, its path BELOW the URL. *FOLDER is its place in the plan if it is a folder to be entered, else NULL. */
MUST_CHECK enum status gather_entry(struct gather *gather, const struct entry *entry, struct span below, struct plan_folder **folder);

/* FOLDER, which was gathered, cannot be listed. False: an earlier reading of the listing has reported that. */
bool gather_gives_up(const struct gather *gather, struct plan_folder *folder);

/* Gives the files gathered so far to the queue, unless they are held. */
MUST_CHECK enum status gather_hand_over(struct gather *gather);
/* No more listings: gives all files to the queue, those that were held too. */
MUST_CHECK enum status gather_end(struct gather *gather);

/* Reports the failure of an entry: "URL WHAT: status". */
void gather_fail(const struct gather *gather, struct span below, enum failure_origin origin, enum status status, const char *what);

#endif
