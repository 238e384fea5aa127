/* The promise, as a test can see it: what may stand under a final name, and what has to be fetched again. */
#ifndef PROMISE_H
#define PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "tree.h"

struct expectation {
	const char *work;   /* where files land */
	const char *before; /* what it held at first */
	const char *after;  /* what it shall hold in the end */
};

#define PROMISE_WHAT_MAX (TREE_PATH_MAX + 64)

/*
 * Every final name holds what it held BEFORE or shall hold AFTER, byte for byte, and none of BEFORE is missing. SAID is
 * the JSON that ferry wrote: every file that it calls fetched, verified or unchanged holds what it shall. WHAT is the
 * first breach.
 */
bool promise_holds(const struct expectation *expectation, const char *said, char what[PROMISE_WHAT_MAX]);

/* The same for what ferry called fetched or verified alone: what is `unchanged` is believed, not proven. */
bool promise_kept(const struct expectation *expectation, const char *said, char what[PROMISE_WHAT_MAX]);

/* Is PATH the name of a file under construction? */
bool promise_is_partial(const char *path);

/* What a file of that final name BELOW the folder WORK is called while it is made. */
void promise_name_partial(char out[TREE_PATH_MAX], const char *work, const char *below);

/* How many bytes lie in pieces that neither the partial nor the final file has right. */
uint64_t promise_missing(const struct expectation *expectation);

/* How many pieces the run that left PLAN's log began to write but did not get right. */
unsigned promise_begun(const struct expectation *expectation, const struct plan *plan);

/* The sum of "fetched" over all lines. */
uint64_t promise_fetched(const char *said);

#endif
