/* Opens, takes, arms and closes slots. */
#include "slots.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "log.h"
#include "slots_state.h"

#define NO_SLOT UINT32_MAX
#define STOP_EVENT UINT64_MAX
#define TURN_EVENT (UINT64_MAX - 1)

static enum status add_to_set(struct slots *slots, int fd, uint64_t name)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = name};

	if (fd < 0 || epoll_ctl(slots->epoll, EPOLL_CTL_ADD, fd, &event) < 0)
		return status_from_errno(errno);
	return STATUS_OK;
}

static enum status make_set(struct slots *slots)
{
	slots->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (slots->epoll < 0)
		return status_from_errno(errno);
	slots->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	enum status status = add_to_set(slots, slots->stop, STOP_EVENT);
	if (status == STATUS_OK)
		status = add_to_set(slots, turns_event(slots->turns), TURN_EVENT);
	return status;
}

static void release(struct slots *slots)
{
	if (slots->stop >= 0)
		close(slots->stop);
	if (slots->epoll >= 0)
		close(slots->epoll);
	turns_free(slots->turns);
	free(slots);
}

enum status slots_new(unsigned count, struct slots **out)
{
	/* calloc takes fresh pages from the kernel for this size: a slot costs nothing until it is used. */
	struct slots *slots = calloc(1, sizeof(*slots) + count * sizeof(slots->list[0]));

	if (!slots)
		return STATUS_NO_MEMORY;
	slots->epoll = slots->stop = -1;
	enum status status = turns_new(count, &slots->turns);
	if (status == STATUS_OK)
		status = make_set(slots);
	if (status != STATUS_OK) {
		release(slots);
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
	release(slots);
}

/* caller holds slots.lock */
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

bool slot_is_named(const struct slot *slot, uint64_t name)
{
	return slot->connection && slot->generation == (uint32_t)(name >> 32);
}

/* caller holds slot.lock */
static int control(struct slots *slots, struct slot *slot, int operation, uint32_t bits)
{
	struct epoll_event event = {.events = bits, .data.u64 = slots_name(slots, slot)};

	return epoll_ctl(slots->epoll, operation, slot->fd, &event);
}

int64_t wish_time(const struct wish *wish)
{
	return wish->deadline < wish->wake ? wish->deadline : wish->wake;
}

/* caller holds slot.lock */
static void expect(struct slot *slot, const struct wish *wish)
{
	slot->armed = bits_of(wish);
	atomic_store(&slot->deadline, wish->deadline);
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

/*
 * The times are for a connection that waits: as long as it is owned nothing is due.
 * caller holds slot.lock
 */
static enum slots_next own(struct slot *slot, struct slot **out)
{
	if (slot->owned) {
		slot->again = true;
		return SLOTS_NOTHING;
	}
	slot->owned = true;
	atomic_store(&slot->deadline, CLOCK_NEVER);
	atomic_store(&slot->wake, CLOCK_NEVER);
	*out = slot;
	return SLOTS_TAKEN;
}

enum slots_next slots_take(struct slots *slots, uint64_t name, struct slot **out)
{
	uint32_t index = (uint32_t)name;
	struct slot *slot = &slots->list[index];

	assert(index < slots->count);
	pthread_mutex_lock(&slot->lock);
	enum slots_next next = slot_is_named(slot, name) ? own(slot, out) : SLOTS_NOTHING;
	pthread_mutex_unlock(&slot->lock);
	return next;
}

/* Another connection may be in the slot by now: one turn too many does no harm. */
static enum slots_next take_turn(struct slots *slots, struct slot **out)
{
	uint32_t index;

	if (!turns_next(slots->turns, &index))
		return SLOTS_NOTHING;
	struct slot *slot = &slots->list[index];
	pthread_mutex_lock(&slot->lock);
	enum slots_next next = slot->connection ? own(slot, out) : SLOTS_NOTHING;
	pthread_mutex_unlock(&slot->lock);
	return next;
}

enum slots_next slots_next(struct slots *slots, int timeout_ms, struct slot **slot, uint32_t *events)
{
	struct epoll_event event;

	*events = 0;
	/* All that wait for a turn are one descriptor in the set, however many sockets are ready beside it. */
	if (turns_are_due(slots->turns) && take_turn(slots, slot) == SLOTS_TAKEN)
		return SLOTS_TAKEN;
	/* One event at a time: a worker must not hoard what another could serve now. */
	if (epoll_wait(slots->epoll, &event, 1, timeout_ms) != 1)
		return SLOTS_NOTHING;
	if (event.data.u64 == STOP_EVENT)
		return SLOTS_STOP;
	if (event.data.u64 == TURN_EVENT)
		return take_turn(slots, slot);
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
		turns_add(slots->turns, (uint32_t)(slot - slots->list));
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

void slots_stop(struct slots *slots)
{
	/* Never read: level-triggered, it wakes every worker. */
	eventfd_write(slots->stop, 1);
}
