/* What becomes of a file before anything of it is fetched: what is here, --verify, --no-clobber, --max-size, --dry-run. */
#ifndef CHOICE_H
#define CHOICE_H

#include "place.h"
#include "plan.h"
#include "transfer.h"

enum choice {
	CHOICE_FETCH,
	CHOICE_RECONCILE, /* fetch, but pieces of it may be here */
	CHOICE_PROVE,     /* it seems to be here, and --verify wants proof */
	CHOICE_ASK,       /* ask the server first for its size and time */
	CHOICE_UNCHANGED, /* it is here already */
	CHOICE_EXISTS,    /* something else has its name, and keeps it */
	CHOICE_SKIP,      /* it is too large */
	CHOICE_PLAN,      /* a dry run: it would be fetched */
};

/* PLACE is what place_look found; PLACE_FREE for an outlet. */
enum choice choice_of(const struct transfer *transfer, const struct plan_file *file, enum place place);

#endif
