/* The structs behind contents; private to content.c and its tests. */
#ifndef CONTENT_STATE_H
#define CONTENT_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "content.h"
#include "shared_digests.h"

/*
 * contents.lock guards the table, the list of unused contents and the counts of users; it is never held together with the
 * lock of shared_digests. The version is constant and `stale` is atomic: neither needs a lock.
 */

struct content {
	struct version version;
	struct stat stat;
	atomic_bool stale;
	_Atomic int64_t cold_at;

	int fd; /* -1 while unused; constant for those who use the content */
	/* guarded by contents.lock */
	struct content *same_bucket;
	struct content *older; /* neighbours in the list of unused ones */
	struct content *newer;
	unsigned users;

	struct shared_digests digests;
};

struct contents {
	size_t max;
	struct digest_index *index;
	size_t bucket_mask;
	pthread_mutex_t lock;
	/* guarded by lock */
	size_t count; /* in the table, and stale ones still in use */
	struct content *oldest; /* unused */
	struct content *newest;
	struct content *buckets[];
};

#endif
