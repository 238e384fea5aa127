/* What the queue holds; private to the files queue*.c. */
#ifndef QUEUE_STATE_H
#define QUEUE_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "queue.h"

struct queue {
	struct queue_options options;
	atomic_bool stopped;
	struct remote *remotes; /* the list is complete before the threads start */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock; so are the fields that remote.h and download.h name */
	unsigned working;  /* threads with a task */
	unsigned listings; /* that may still add */
};

/* Caller holds lock; so below. */
bool queue_can_link(const struct remote *remote);
bool queue_gave_up(const struct remote *remote);
/* Earlier failures no longer count. Once a server is given up the count stays: it is reported without the lock. */
void queue_count_progress(struct remote *remote);

#endif
