/* Tests of who owns a slot: events, turns, generations. */
#include "slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "slots_fixture.h"

static void event_makes_its_taker_the_only_owner(void **state)
{
	struct fixture *fixture = *state;
	struct connection *connection = connect_as(fixture, 0, &reading);
	uint32_t events;

	assert_nothing(fixture);
	say(connection);
	struct slot *slot = take(fixture, &events);
	assert_ptr_equal(slot_connection(slot), connection);
	assert_true(events & EPOLLIN);
	/* More bytes, and still it belongs to its owner alone. */
	say(connection);
	assert_nothing(fixture);
	slots_arm(fixture->slots, slot, &reading);
	assert_ptr_equal(take(fixture, &events), slot);
	finish(fixture, slot);
}

static void owned_connection_makes_no_events_and_owes_no_turn(void **state)
{
	struct fixture *fixture = *state;
	struct connection *connection = connect_as(fixture, 0, &reading);
	uint32_t events;
	char byte;

	say(connection);
	struct slot *slot = take(fixture, &events);
	/* Other workers ask meanwhile; an event here would let them spin, and count as a turn asked for. */
	assert_nothing(fixture);
	assert_int_equal(read(connection->stream.fd, &byte, 1), 1);
	slots_arm(fixture->slots, slot, &reading);
	assert_nothing(fixture);
	finish_armed(fixture);
}

static void armed_for_nothing_reports_only_a_hang_up(void **state)
{
	struct fixture *fixture = *state;
	struct wish nothing = {.deadline = CLOCK_NEVER, .wake = CLOCK_NEVER};
	struct connection *connection = connect_as(fixture, 0, &nothing);
	uint32_t events;

	say(connection);
	assert_nothing(fixture);
	close(connection->peer);
	struct slot *slot = take(fixture, &events);
	assert_true(events & EPOLLHUP);
	connection->peer = -1;
	slots_close(fixture->slots, slot, &connection->stream);
}

static void turn_asked_for_while_owned_comes_after_arming(void **state)
{
	struct fixture *fixture = *state;
	struct connection *connection = connect_as(fixture, 0, &reading);
	uint32_t events;

	say(connection);
	struct slot *slot = take(fixture, &events);
	slots_wake_all(fixture->slots);
	assert_nothing(fixture);
	assert_int_equal(read(connection->stream.fd, &(char){0}, 1), 1);
	slots_arm(fixture->slots, slot, &reading);
	assert_ptr_equal(take(fixture, &events), slot);
	assert_int_equal(events, 0);
	/* Once. */
	slots_arm(fixture->slots, slot, &reading);
	assert_nothing(fixture);
	finish_armed(fixture);
}

static void turn_given_to_an_armed_slot_keeps_what_it_waits_for(void **state)
{
	struct fixture *fixture = *state;
	struct connection *connection = connect_as(fixture, 0, &reading);
	uint32_t events;

	slots_wake_all(fixture->slots);
	struct slot *slot = take(fixture, &events);
	assert_int_equal(events, 0);
	slots_arm(fixture->slots, slot, &reading);
	assert_nothing(fixture);
	say(connection);
	assert_ptr_equal(take(fixture, &events), slot);
	assert_int_equal(events, EPOLLIN);
	finish(fixture, slot);
}

static void a_wake_by_name_is_for_that_connection_alone(void **state)
{
	struct fixture *fixture = *state;
	uint32_t events;

	connect_as(fixture, 0, &reading);
	say(connect_as(fixture, 1, &reading));
	struct slot *slot = take(fixture, &events);
	uint64_t name = slots_name(fixture->slots, slot);
	/* While it is owned the turn waits. */
	slots_wake(fixture->slots, name);
	assert_nothing(fixture);
	slots_arm(fixture->slots, slot, &(struct wish){.deadline = CLOCK_NEVER, .wake = CLOCK_NEVER});
	assert_ptr_equal(take(fixture, &events), slot);
	slots_arm(fixture->slots, slot, &(struct wish){.deadline = CLOCK_NEVER, .wake = CLOCK_NEVER});
	assert_nothing(fixture);
	slots_wake(fixture->slots, name);
	assert_ptr_equal(take(fixture, &events), slot);
	finish(fixture, slot);
	/* Whoever is in its place now is another one. */
	connect_as(fixture, 1, &reading);
	slots_wake(fixture->slots, name);
	assert_nothing(fixture);
	finish_armed(fixture);
	finish_armed(fixture);
}

static const struct wish writing = {.write = true, .deadline = CLOCK_NEVER, .wake = CLOCK_NEVER};

static void ready_slots_take_turns(void **state)
{
	struct fixture *fixture = *state;
	uint32_t events;

	connect_as(fixture, 0, &writing);
	connect_as(fixture, 1, &writing);
	struct slot *first = take(fixture, &events);
	slots_arm(fixture->slots, first, &writing);
	struct slot *second = take(fixture, &events);
	assert_ptr_not_equal(first, second);
	slots_arm(fixture->slots, second, &writing);
	assert_ptr_equal(take(fixture, &events), first);
	finish(fixture, first);
	assert_ptr_equal(take(fixture, &events), second);
	finish(fixture, second);
}

/* One waits for a turn anew after each it has had; all other sockets are ready all the time. */
static void every_other_step_is_a_turn_however_many_sockets_are_ready(void **state)
{
	struct fixture *fixture = *state;
	struct wish nothing = {.deadline = CLOCK_NEVER, .wake = CLOCK_NEVER};
	unsigned steps[SLOT_COUNT] = {0};
	uint32_t events;

	connect_as(fixture, 0, &nothing);
	for (unsigned i = 1; i < SLOT_COUNT; i++)
		connect_as(fixture, i, &writing);
	for (unsigned i = 0; i < 8 * SLOT_COUNT; i++) {
		slots_wake(fixture->slots, 0); /* generation 0, slot 0 */
		struct slot *slot = take(fixture, &events);
		unsigned index = (unsigned)(slot_connection(slot) - fixture->connections);
		steps[index]++;
		slots_arm(fixture->slots, slot, index == 0 ? &nothing : &writing);
	}
	slots_wake(fixture->slots, 0);
	for (unsigned i = 0; i < SLOT_COUNT; i++)
		finish(fixture, take(fixture, &events));
	assert_in_range(steps[0], 4 * SLOT_COUNT, 5 * SLOT_COUNT);
	for (unsigned i = 1; i < SLOT_COUNT; i++)
		assert_in_range(steps[i], 3, 5);
}

static void no_slot_is_left_until_one_is_closed(void **state)
{
	struct fixture *fixture = *state;
	struct connection more;
	int ends[2];

	for (unsigned i = 0; i < SLOT_COUNT; i++)
		connect_as(fixture, i, &reading);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	stream_init(&more.stream, ends[0]);
	more.peer = ends[1];
	assert_int_equal(slots_open(fixture->slots, &more, &more.stream, &reading), STATUS_BUSY);
	finish_armed(fixture);
	assert_int_equal(slots_open(fixture->slots, &more, &more.stream, &reading), STATUS_OK);
	for (unsigned i = 0; i < SLOT_COUNT; i++)
		finish_armed(fixture);
}

static void slot_is_used_again_without_anything_of_the_last(void **state)
{
	struct fixture *fixture = *state;
	struct wish late = {.read = true, .deadline = 1, .wake = 1};
	uint32_t events;

	struct connection *connection = connect_as(fixture, 0, &late);
	say(connection);
	struct slot *slot = take(fixture, &events);
	slots_wake_all(fixture->slots);
	finish(fixture, slot);
	/* Neither its deadline nor the turn that was asked for is the next one's. */
	connection = connect_as(fixture, 0, &reading);
	assert_int_equal(slots_expire(fixture->slots, clock_now()), CLOCK_NEVER);
	say(connection);
	assert_ptr_equal(take(fixture, &events), slot);
	assert_int_equal(read(connection->stream.fd, &(char){0}, 1), 1);
	slots_arm(fixture->slots, slot, &reading);
	assert_nothing(fixture);
	finish_armed(fixture);
}

/* An event that was fetched before the slot was closed: a second set sees what the first one would have handed out. */
static void event_of_an_earlier_connection_names_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct slot *slot;
	uint32_t events;

	connect_as(fixture, 0, &reading);
	say(&fixture->connections[0]);
	uint64_t name = 0; /* generation 0, slot 0 */
	finish(fixture, take(fixture, &events));
	connect_as(fixture, 0, &reading);
	assert_int_equal(slots_take(fixture->slots, name, &slot), SLOTS_NOTHING);
	assert_int_equal(slots_take(fixture->slots, (uint64_t)1 << 32, &slot), SLOTS_TAKEN);
	assert_int_equal(slots_take(fixture->slots, (uint64_t)1 << 32, &slot), SLOTS_NOTHING);
	finish(fixture, slot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(event_makes_its_taker_the_only_owner),
		CASE(owned_connection_makes_no_events_and_owes_no_turn),
		CASE(armed_for_nothing_reports_only_a_hang_up),
		CASE(turn_asked_for_while_owned_comes_after_arming),
		CASE(turn_given_to_an_armed_slot_keeps_what_it_waits_for),
		CASE(a_wake_by_name_is_for_that_connection_alone),
		CASE(ready_slots_take_turns),
		CASE(every_other_step_is_a_turn_however_many_sockets_are_ready),
		CASE(no_slot_is_left_until_one_is_closed),
		CASE(slot_is_used_again_without_anything_of_the_last),
		CASE(event_of_an_earlier_connection_names_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
