/* The structs behind slots; private to the files slots*.c. */
#ifndef SLOTS_STATE_H
#define SLOTS_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "slots.h"
#include "turns.h"

struct slot {
	pthread_mutex_t lock;
	/* guarded by lock */
	struct connection *connection; /* NULL: free */
	int fd;
	uint32_t generation; /* of the connections that have been here */
	uint32_t armed;      /* the EPOLL bits it was armed with last */
	bool owned;
	bool again;          /* somebody asked for a turn while it was owned */
	bool late;           /* a deadline has passed, and reading was shut */
	/* written under lock; slots_expire() looks at them without it first */
	_Atomic int64_t deadline;
	_Atomic int64_t wake;
	/* guarded by slots.lock */
	uint32_t next_free;
};

struct slots {
	int epoll;
	int stop;
	struct turns *turns;
	uint32_t count;
	/* Slots below this have been in use at some time, their locks are made. */
	_Atomic uint32_t used;
	pthread_mutex_t lock;
	/* guarded by lock */
	uint32_t first_free;
	struct slot list[];
};

/* Is the connection that NAME names still here? caller holds slot.lock */
bool slot_is_named(const struct slot *slot, uint64_t name);

#endif
