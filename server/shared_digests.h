/* The digests of one version: shared by all threads that work on it, kept by the digest index. */
#ifndef SHARED_DIGESTS_H
#define SHARED_DIGESTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "digest_index.h"
#include "known_digests.h"
#include "message.h"

/*
 * Digests are recalled from the index when the first one is asked for, and saved to it when all are known, when many are new,
 * and by shared_digests_save(). Nothing is saved of a file of which a digest was computed within SHARED_DIGESTS_SETTLED of its
 * last change: where a clock stood still for a moment, as in a virtual machine, that could hide another change for ever.
 */
#define SHARED_DIGESTS_SETTLED (2 * CLOCK_SECOND)

struct shared_digests {
	struct digest_index *index; /* NULL: none */
	struct version version;
	int64_t changed; /* the file's ctime */
	pthread_mutex_t lock;
	/* guarded by lock */
	struct known_digests known;
	uint64_t unsaved; /* how many the index does not have yet */
	bool due;         /* they are to be saved, */
	bool saving;      /* and a thread is at it */
	bool recalled;    /* from the index */
	bool doubtful;    /* nothing may be saved */
};

/* INDEX may be NULL, and is never owned. */
void shared_digests_init(struct shared_digests *digests, struct digest_index *index, const struct version *version,
	const struct stat *stat);
void shared_digests_release(struct shared_digests *digests);

bool shared_digests_find(struct shared_digests *digests, uint64_t piece, struct digest *digest);

/* Adds a digest that was computed; false, and nothing changes, where another one is known. */
bool shared_digests_agree(struct shared_digests *digests, uint64_t piece, const struct digest *digest);

/* The same for a digest that is trusted more than a known one: where they differ, all others and the root are dropped. */
void shared_digests_replace(struct shared_digests *digests, uint64_t piece, const struct digest *digest);

/* The root, where all pieces are known. It is computed once. */
bool shared_digests_root(struct shared_digests *digests, struct lanes *lanes, struct digest *root);

/* Saves new digests to the index. */
void shared_digests_save(struct shared_digests *digests);

/* The version is past, or in doubt: the index forgets it, and nothing more is saved. */
void shared_digests_disown(struct shared_digests *digests);

#endif
