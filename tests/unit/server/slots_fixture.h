/* Slots for tests, and connections that are socketpairs. */
#ifndef SLOTS_FIXTURE_H
#define SLOTS_FIXTURE_H

#include "slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#define SLOT_COUNT 8

/* Slots never look into a connection. */
struct connection {
	struct stream stream;
	int peer;
};

struct fixture {
	struct slots *slots;
	struct connection connections[SLOT_COUNT];
};

static const struct wish reading = {.read = true, .deadline = CLOCK_NEVER, .wake = CLOCK_NEVER};

static inline int fixture_make(void **state)
{
	static struct fixture fixture;

	*state = &fixture;
	return slots_new(SLOT_COUNT, &fixture.slots) == STATUS_OK ? 0 : -1;
}

static inline int fixture_release(void **state)
{
	struct fixture *fixture = *state;

	slots_free(fixture->slots);
	return 0;
}

static inline struct connection *connect_as(struct fixture *fixture, unsigned index, const struct wish *wish)
{
	struct connection *connection = &fixture->connections[index];
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	stream_init(&connection->stream, ends[0]);
	connection->peer = ends[1];
	assert_int_equal(slots_open(fixture->slots, connection, &connection->stream, wish), STATUS_OK);
	return connection;
}

static inline void say(struct connection *connection)
{
	assert_int_equal(write(connection->peer, "x", 1), 1);
}

static inline struct slot *take(struct fixture *fixture, uint32_t *events)
{
	struct slot *slot;

	assert_int_equal(slots_next(fixture->slots, 0, &slot, events), SLOTS_TAKEN);
	return slot;
}

static inline void assert_nothing(struct fixture *fixture)
{
	struct slot *slot;
	uint32_t events;

	assert_int_equal(slots_next(fixture->slots, 0, &slot, &events), SLOTS_NOTHING);
}

static inline void finish(struct fixture *fixture, struct slot *slot)
{
	struct connection *connection = slot_connection(slot);

	slots_close(fixture->slots, slot, &connection->stream);
	close(connection->peer);
}

/* Ends a connection that is armed. */
static inline void finish_armed(struct fixture *fixture)
{
	uint32_t events;

	slots_wake_all(fixture->slots);
	finish(fixture, take(fixture, &events));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_make, fixture_release)

#endif
