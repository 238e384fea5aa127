/* The calls on slots that their owners do not make: turns, deadlines, the end of the server. */
#include <assert.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "slots_state.h"

/* A wake that is due this soon is done in the same round: a thousand parked connections cost no thousand rounds. */
#define WAKE_SLACK CLOCK_MS
/* How long a connection may take to say goodbye after its deadline. */
#define LAST_WORDS CLOCK_SECOND

/* caller holds slot.lock */
static void wake(struct slots *slots, struct slot *slot)
{
	atomic_store(&slot->wake, CLOCK_NEVER);
	if (slot->owned)
		slot->again = true;
	else
		turns_add(slots->turns, (uint32_t)(slot - slots->list));
}

void slots_wake(struct slots *slots, uint64_t name)
{
	uint32_t index = (uint32_t)name;
	struct slot *slot = &slots->list[index];

	assert(index < slots->count);
	pthread_mutex_lock(&slot->lock);
	if (slot_is_named(slot, name))
		wake(slots, slot);
	pthread_mutex_unlock(&slot->lock);
}

/* caller holds slot.lock */
static void shut(struct slots *slots, struct slot *slot)
{
	(void)slots; /* for_all() hands it on, for wake() */
	atomic_store(&slot->deadline, CLOCK_NEVER);
	/* It fails if the peer has reset it already: then the owner knows, too. */
	shutdown(slot->fd, SHUT_RDWR);
}

/*
 * Ends the peer's stream first: the owner reads that and can still tell why. If it does not read, or does not
 * succeed, the connection is shut down a little later.
 * caller holds slot.lock
 */
static void pass_deadline(struct slots *slots, struct slot *slot, int64_t now)
{
	if (slot->late || !(slot->armed & EPOLLIN)) {
		shut(slots, slot);
		return;
	}
	slot->late = true;
	atomic_store(&slot->deadline, now + LAST_WORDS);
	shutdown(slot->fd, SHUT_RD);
}

static void for_all(struct slots *slots, void (*act)(struct slots *, struct slot *))
{
	uint32_t used = atomic_load(&slots->used);

	for (uint32_t i = 0; i < used; i++) {
		struct slot *slot = &slots->list[i];
		pthread_mutex_lock(&slot->lock);
		if (slot->connection)
			act(slots, slot);
		pthread_mutex_unlock(&slot->lock);
	}
}

void slots_wake_all(struct slots *slots)
{
	for_all(slots, wake);
}

void slots_shut_all(struct slots *slots)
{
	for_all(slots, shut);
}

static bool is_due(const struct slot *slot, int64_t now)
{
	return atomic_load(&slot->deadline) <= now || atomic_load(&slot->wake) <= now + WAKE_SLACK;
}

static int64_t next_time(const struct slot *slot)
{
	int64_t deadline = atomic_load(&slot->deadline);
	int64_t wake = atomic_load(&slot->wake);

	return deadline < wake ? deadline : wake;
}

/* The times may have moved since they were looked at: only their values under the lock count. */
static void expire(struct slots *slots, struct slot *slot, int64_t now)
{
	pthread_mutex_lock(&slot->lock);
	if (atomic_load(&slot->deadline) <= now)
		pass_deadline(slots, slot, now);
	if (atomic_load(&slot->wake) <= now + WAKE_SLACK)
		wake(slots, slot);
	pthread_mutex_unlock(&slot->lock);
}

int64_t slots_expire(struct slots *slots, int64_t now)
{
	uint32_t used = atomic_load(&slots->used);
	int64_t next = CLOCK_NEVER;

	for (uint32_t i = 0; i < used; i++) {
		struct slot *slot = &slots->list[i];
		if (is_due(slot, now))
			expire(slots, slot, now);
		int64_t time = next_time(slot);
		next = time < next ? time : next;
	}
	return next;
}
