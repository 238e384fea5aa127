/* Cold reads: how many workers may wait for the disk at once, and which connections wait for their turn to. */
#ifndef COLD_H
#define COLD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A worker takes a permit before a step that may wait for the disk to read a file or a folder, and gives it back in the same
 * step: so no more workers than there are permits ever sleep there, and the others serve from memory. To look a path up it
 * takes none. A connection that gets none is parked; a permit that is given back goes to the one that has waited longest,
 * which gets a turn. Any thread may call.
 */
struct cold {
	void (*wake)(void *context, uint64_t name);
	void *context;
	pthread_mutex_t lock;
	/* guarded by lock */
	unsigned permits; /* 0 while a connection waits */
	struct cold_waiter *first;
	struct cold_waiter *last;
};

/* Part of every conversation; zeroed at first, withdrawn at last. */
struct cold_waiter {
	bool queued; /* its owner's: it is in the queue, or has left it with a permit */
	/* guarded by cold.lock */
	bool granted; /* a permit is kept for it */
	uint64_t name;
	struct cold_waiter *before;
	struct cold_waiter *after;
};

/* WAKE gives a turn to the connection of that name, if there still is one. */
void cold_init(struct cold *cold, unsigned permits, void (*wake)(void *context, uint64_t name), void *context);
void cold_release(struct cold *cold);

/* True: the caller has a permit. False: WAITER is in the queue, and NAME is woken when its turn comes. */
bool cold_enter(struct cold *cold, struct cold_waiter *waiter, uint64_t name);

/* Gives the permit back. */
void cold_leave(struct cold *cold);

/* WAITER no longer needs a permit. */
void cold_withdraw(struct cold *cold, struct cold_waiter *waiter);

#endif
