/* One server as a run sees it: what waits for it, how many links it grants, how often it failed. */
#ifndef REMOTE_H
#define REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "backlog.h"
#include "failure.h"
#include "url.h"

/* Every field but url and next is guarded by the queue's lock; failures and failure stay as they are once it is given up. */
struct remote {
	struct url url; /* its path does not count */
	struct remote *next;

	struct backlog backlog;
	unsigned links;      /* open or being opened */
	unsigned links_max;  /* how many it grants, as far as we know */
	unsigned wanted;     /* threads that wait for a link */
	unsigned generation; /* grows with every failure that counts */
	unsigned failures;   /* in a row, without any progress between them */
	bool answered;       /* it has proven to be a ferry server */
	int64_t not_before;  /* clock_now() of the next attempt */
	struct failure failure; /* if its code is not EXIT_OK: why the server is given up */
};

#endif
