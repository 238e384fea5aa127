/* The thread that reads the listings of -r into the plan while others already fetch. */
#ifndef LISTING_H
#define LISTING_H

#include "transfer.h"

/*
 * Looks at every source of the plan: a folder is listed with everything below it, a file is planned as it is. What a
 * listing names and ferry does not fetch, or cannot, is reported. The queue must know of one listing that has begun; it
 * ends here.
 */
void listing_run(struct transfer *transfer);

#endif
