/* Cold reads: how many workers may wait for the disk at once, and which connections wait for their turn to. */
#ifndef COLD_H
#define COLD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Who may have to wait for the disk takes a token first, and gives it back in the same step: so many workers, and no
 * more, ever sleep there, and the others serve what lies in memory. Who gets none is parked; a token that is given back
 * goes to whoever waits longest, whose connection gets a turn. Any thread may call.
 */
struct cold {
	void (*wake)(void *context, uint64_t name);
	void *context;
	pthread_mutex_t lock;
	/* guarded by lock */
	unsigned tokens; /* not 0 only while nobody waits */
	struct cold_waiter *first;
	struct cold_waiter *last;
};

/* Part of every conversation; zeroed at first, withdrawn at last. */
struct cold_waiter {
	bool queued; /* its owner's: it stands in the queue, or has left it with a token */
	/* guarded by cold.lock */
	bool granted; /* a token is kept for it */
	uint64_t name;
	struct cold_waiter *before;
	struct cold_waiter *after;
};

/* WAKE gives a turn to the connection of that name, if there still is one. */
void cold_init(struct cold *cold, unsigned tokens, void (*wake)(void *context, uint64_t name), void *context);
void cold_release(struct cold *cold);

/* True: the caller has a token. False: WAITER stands in the queue, and NAME is woken when it is its turn. */
bool cold_enter(struct cold *cold, struct cold_waiter *waiter, uint64_t name);

/* Gives the token back. */
void cold_leave(struct cold *cold);

/* WAITER needs no token any more. */
void cold_withdraw(struct cold *cold, struct cold_waiter *waiter);

#endif
