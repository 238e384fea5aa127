/* What becomes of a file before anything of it is fetched: what is here, --verify, --no-clobber, --max-size, --dry-run. */
#ifndef CHOICE_H
#define CHOICE_H

#include "place.h"
#include "plan.h"
#include "transfer.h"

enum choice {
	CHOICE_FETCH,
	CHOICE_RECONCILE, /* the same, but something of it may be here */
	CHOICE_PROVE,     /* it seems to be here, and --verify wants to know */
	CHOICE_ASK,       /* the server has to say first how large and how old it is */
	CHOICE_UNCHANGED, /* it is here already */
	CHOICE_EXISTS,    /* something else is, and stays */
	CHOICE_SKIP,      /* it is too large */
	CHOICE_PLAN,      /* it would be fetched */
};

/* PLACE is what place_look found; PLACE_FREE for an outlet. */
enum choice choice_of(const struct transfer *transfer, const struct plan_file *file, enum place place);

#endif
