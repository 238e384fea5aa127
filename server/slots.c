/* Slots: one per connection, in one epoll set; who owns it, what it waits for, until when. */
#include "slots.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "log.h"

#define NO_SLOT UINT32_MAX
/* A wake that is due this soon is done in the same round: a thousand parked connections cost no thousand rounds. */
#define WAKE_SLACK CLOCK_MS
/* How long a connection may take to say goodbye after its deadline. */
#define LAST_WORDS CLOCK_SECOND
#define STOP_EVENT UINT64_MAX

struct slot {
	pthread_mutex_t lock;
	/* guarded by lock */
	struct connection *connection; /* NULL: free */
	int fd;
	uint32_t generation; /* of the connections that have been here */
	uint32_t armed;      /* the EPOLL bits it was armed with last */
	bool owned;
	bool again;          /* somebody asked for a turn while it was owned */
	bool late;           /* a deadline has passed, it was told so */
	int64_t limit;       /* the deadline that it was armed with */
	struct outflow outflow;
	/* written under lock; slots_expire() looks at them without it first */
	_Atomic int64_t deadline; /* the limit, or when its outflow is due */
	_Atomic int64_t wake;
	/* guarded by slots.lock */
	uint32_t next_free;
};

struct slots {
	int epoll;
	int stop;
	uint32_t count;
	/* Slots below this have been in use at some time, their locks are made. */
	_Atomic uint32_t used;
	pthread_mutex_t lock;
	/* guarded by lock */
	uint32_t first_free;
	struct slot list[];
};

static enum status make_set(struct slots *slots)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = STOP_EVENT};

	slots->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (slots->epoll < 0)
		return status_from_errno(errno);
	slots->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (slots->stop >= 0 && epoll_ctl(slots->epoll, EPOLL_CTL_ADD, slots->stop, &event) == 0)
		return STATUS_OK;
	enum status status = status_from_errno(errno);
	if (slots->stop >= 0)
		close(slots->stop);
	close(slots->epoll);
	return status;
}

enum status slots_new(unsigned count, struct slots **out)
{
	/* calloc takes fresh pages from the kernel for this size: a slot costs nothing until it is used. */
	struct slots *slots = calloc(1, sizeof(*slots) + count * sizeof(slots->list[0]));

	if (!slots)
		return STATUS_NO_MEMORY;
	enum status status = make_set(slots);
	if (status != STATUS_OK) {
		free(slots);
		return status;
	}
	slots->count = count;
	slots->first_free = NO_SLOT;
	pthread_mutex_init(&slots->lock, NULL);
	*out = slots;
	return STATUS_OK;
}

void slots_free(struct slots *slots)
{
	if (!slots)
		return;
	for (uint32_t i = 0; i < slots->used; i++) {
		assert(!slots->list[i].connection);
		pthread_mutex_destroy(&slots->list[i].lock);
	}
	pthread_mutex_destroy(&slots->lock);
	close(slots->stop);
	close(slots->epoll);
	free(slots);
}

/* Caller holds slots.lock. */
static struct slot *take_fresh(struct slots *slots)
{
	uint32_t index = atomic_load(&slots->used);

	if (index == slots->count)
		return NULL;
	struct slot *slot = &slots->list[index];
	pthread_mutex_init(&slot->lock, NULL);
	atomic_store(&slot->deadline, CLOCK_NEVER);
	atomic_store(&slot->wake, CLOCK_NEVER);
	atomic_store(&slots->used, index + 1);
	return slot;
}

static struct slot *take_free(struct slots *slots)
{
	struct slot *slot;

	pthread_mutex_lock(&slots->lock);
	if (slots->first_free == NO_SLOT) {
		slot = take_fresh(slots);
	} else {
		slot = &slots->list[slots->first_free];
		slots->first_free = slot->next_free;
	}
	pthread_mutex_unlock(&slots->lock);
	return slot;
}

static void give_free(struct slots *slots, struct slot *slot)
{
	pthread_mutex_lock(&slots->lock);
	slot->next_free = slots->first_free;
	slots->first_free = (uint32_t)(slot - slots->list);
	pthread_mutex_unlock(&slots->lock);
}

static uint32_t bits_of(const struct wish *wish)
{
	return EPOLLONESHOT | (wish->read ? EPOLLIN | EPOLLRDHUP : 0) | (wish->write ? EPOLLOUT : 0);
}

uint64_t slots_name(const struct slots *slots, const struct slot *slot)
{
	return (uint64_t)slot->generation << 32 | (uint32_t)(slot - slots->list);
}

/* caller holds slot.lock */
static bool is_named(const struct slot *slot, uint64_t name)
{
	return slot->connection && slot->generation == (uint32_t)(name >> 32);
}

/* caller holds slot.lock */
static int control(struct slots *slots, struct slot *slot, int operation, uint32_t bits)
{
	struct epoll_event event = {.events = bits, .data.u64 = slots_name(slots, slot)};

	return epoll_ctl(slots->epoll, operation, slot->fd, &event);
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t earliest(int64_t limit, const struct outflow *outflow)
{
	return outflow->due ? earlier(limit, outflow->due) : limit;
}

int64_t wish_time(const struct wish *wish)
{
	return earlier(wish->wake, earliest(wish->deadline, &wish->outflow));
}

/* caller holds slot.lock */
static void expect(struct slot *slot, const struct wish *wish)
{
	slot->armed = bits_of(wish);
	slot->limit = wish->deadline;
	slot->outflow = wish->outflow;
	atomic_store(&slot->deadline, earliest(slot->limit, &slot->outflow));
	atomic_store(&slot->wake, wish->wake);
}

/* caller holds slot.lock */
static void forget(struct slot *slot)
{
	slot->connection = NULL;
	slot->fd = -1;
	slot->generation++;
	slot->owned = slot->again = slot->late = false;
	atomic_store(&slot->deadline, CLOCK_NEVER);
	atomic_store(&slot->wake, CLOCK_NEVER);
}

enum status slots_open(struct slots *slots, struct connection *connection, const struct stream *stream,
	const struct wish *wish)
{
	struct slot *slot = take_free(slots);
	enum status status = STATUS_OK;

	if (!slot)
		return STATUS_BUSY;
	pthread_mutex_lock(&slot->lock);
	slot->connection = connection;
	slot->fd = stream->fd;
	expect(slot, wish);
	if (control(slots, slot, EPOLL_CTL_ADD, slot->armed) < 0) {
		status = status_from_errno(errno);
		forget(slot);
	}
	pthread_mutex_unlock(&slot->lock);
	if (status != STATUS_OK)
		give_free(slots, slot);
	return status;
}

enum slots_next slots_take(struct slots *slots, uint64_t name, struct slot **out)
{
	uint32_t index = (uint32_t)name;
	struct slot *slot = &slots->list[index];
	bool taken = false;

	assert(index < slots->count);
	pthread_mutex_lock(&slot->lock);
	if (is_named(slot, name)) {
		taken = !slot->owned;
		slot->again |= slot->owned;
		slot->owned = true;
	}
	pthread_mutex_unlock(&slot->lock);
	if (!taken)
		return SLOTS_NOTHING;
	*out = slot;
	return SLOTS_TAKEN;
}

enum slots_next slots_next(struct slots *slots, int timeout_ms, struct slot **slot, uint32_t *events)
{
	struct epoll_event event;

	/* One event at a time: a worker must not hoard what another could serve now. */
	if (epoll_wait(slots->epoll, &event, 1, timeout_ms) != 1)
		return SLOTS_NOTHING;
	if (event.data.u64 == STOP_EVENT)
		return SLOTS_STOP;
	*events = event.events;
	return slots_take(slots, event.data.u64, slot);
}

struct connection *slot_connection(const struct slot *slot)
{
	return slot->connection;
}

void slots_arm(struct slots *slots, struct slot *slot, const struct wish *wish)
{
	pthread_mutex_lock(&slot->lock);
	expect(slot, wish);
	if (slot->again)
		slot->armed |= EPOLLOUT;
	slot->owned = slot->again = false;
	/* Cannot fail: the descriptor is in the set and a change needs no memory. */
	if (control(slots, slot, EPOLL_CTL_MOD, slot->armed) < 0)
		log_line(LOG_ERROR, "event=arm status=\"%s\"", status_text(status_from_errno(errno)));
	pthread_mutex_unlock(&slot->lock);
}

void slots_close(struct slots *slots, struct slot *slot, struct stream *stream)
{
	pthread_mutex_lock(&slot->lock);
	/*
	 * Closing would take it out of the set, too. But a worker that looks for events just then holds it (Linux 6.10 and later), and may
	 * fall asleep before it lets go: the peer would hear of the end when that worker wakes.
	 */
	if (control(slots, slot, EPOLL_CTL_DEL, 0) < 0)
		log_line(LOG_ERROR, "event=close status=\"%s\"", status_text(status_from_errno(errno)));
	stream_close(stream);
	forget(slot);
	pthread_mutex_unlock(&slot->lock);
	give_free(slots, slot);
}

/* caller holds slot.lock */
static void wake(struct slots *slots, struct slot *slot)
{
	atomic_store(&slot->wake, CLOCK_NEVER);
	if (slot->owned) {
		slot->again = true;
		return;
	}
	slot->armed |= EPOLLOUT;
	if (control(slots, slot, EPOLL_CTL_MOD, slot->armed) < 0)
		log_line(LOG_ERROR, "event=wake status=\"%s\"", status_text(status_from_errno(errno)));
}

void slots_wake(struct slots *slots, uint64_t name)
{
	uint32_t index = (uint32_t)name;
	struct slot *slot = &slots->list[index];

	assert(index < slots->count);
	pthread_mutex_lock(&slot->lock);
	if (is_named(slot, name))
		wake(slots, slot);
	pthread_mutex_unlock(&slot->lock);
}

/* caller holds slot.lock */
static void shut(struct slots *slots, struct slot *slot)
{
	(void)slots;
	atomic_store(&slot->deadline, CLOCK_NEVER);
	/* It fails where the peer has reset it already: then the owner knows, too. */
	shutdown(slot->fd, SHUT_RDWR);
}

/*
 * Ends the peer's stream first: the owner reads that and can still tell why. Where it does not read, or has no luck, the
 * connection is shut down a little later.
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

void slots_stop(struct slots *slots)
{
	/* Never read: level-triggered, it wakes every worker. */
	eventfd_write(slots->stop, 1);
}

static bool is_due(const struct slot *slot, int64_t now)
{
	return atomic_load(&slot->deadline) <= now || atomic_load(&slot->wake) <= now + WAKE_SLACK;
}

static int64_t next_time(const struct slot *slot)
{
	return earlier(atomic_load(&slot->deadline), atomic_load(&slot->wake));
}

/*
 * Was it but the outflow that was due, and does that go on? Of one that is owned its owner will say so.
 * caller holds slot.lock
 */
static bool goes_on(struct slot *slot, int64_t now)
{
	if (slot->late || slot->limit <= now)
		return false;
	if (slot->owned)
		slot->outflow.due = 0;
	else if (!outflow_goes_on(&slot->outflow, slot->fd, now))
		return false;
	atomic_store(&slot->deadline, earliest(slot->limit, &slot->outflow));
	return true;
}

/* What it was looked up for may have moved meanwhile: only what holds under the lock counts. */
static void expire(struct slots *slots, struct slot *slot, int64_t now)
{
	pthread_mutex_lock(&slot->lock);
	if (atomic_load(&slot->deadline) <= now && !goes_on(slot, now))
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
