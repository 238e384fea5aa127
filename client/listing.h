/* The thread that reads the listings of -r into the plan while others already fetch. */
#ifndef LISTING_H
#define LISTING_H

#include "transfer.h"

/*
 * Looks at every source of the plan: a folder is listed with everything below it, a file is planned as it is. Entries that
 * ferry does not fetch, or cannot, are reported. The caller has called queue_listing_begins(); the end is reported here.
 */
void listing_run(struct transfer *transfer);

#endif
