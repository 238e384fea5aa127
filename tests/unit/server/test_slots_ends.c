/* Tests of what ends a connection or gives it a turn without its peer: deadlines, wakes, the end of the server. */
#include "slots.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "slots_fixture.h"

static void expire_tells_the_earliest_time_to_come(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = clock_now();

	connect_as(fixture, 0, &(struct wish){.read = true, .deadline = now + 50, .wake = CLOCK_NEVER});
	connect_as(fixture, 1, &(struct wish){.read = true, .deadline = CLOCK_NEVER, .wake = now + 40 * CLOCK_MS});
	assert_int_equal(slots_expire(fixture->slots, now), now + 50);
	assert_nothing(fixture);
	finish_armed(fixture);
	finish_armed(fixture);
}

static void deadline_ends_the_peers_stream_then_the_connection(void **state)
{
	struct fixture *fixture = *state;
	struct wish wish = {.read = true, .deadline = 1000, .wake = CLOCK_NEVER};
	struct connection *connection = connect_as(fixture, 0, &wish);
	uint32_t events;

	assert_int_equal(slots_expire(fixture->slots, 999), 1000);
	assert_nothing(fixture);
	int64_t last = slots_expire(fixture->slots, 1000);
	struct slot *slot = take(fixture, &events);
	assert_true(events & EPOLLIN);
	assert_false(events & EPOLLHUP);
	assert_int_equal(read(connection->stream.fd, &(char){0}, 1), 0);
	assert_int_equal(write(connection->stream.fd, "late", 4), 4);
	/* The owner had its chance to say something. */
	slots_arm(fixture->slots, slot, &(struct wish){.deadline = last, .wake = CLOCK_NEVER});
	assert_nothing(fixture);
	assert_int_equal(slots_expire(fixture->slots, last), CLOCK_NEVER);
	assert_ptr_equal(take(fixture, &events), slot);
	assert_true(events & EPOLLHUP);
	finish(fixture, slot);
}

static void deadline_of_who_does_not_read_ends_the_connection(void **state)
{
	struct fixture *fixture = *state;
	struct wish wish = {.deadline = 1000, .wake = CLOCK_NEVER};
	uint32_t events;

	connect_as(fixture, 0, &wish);
	slots_expire(fixture->slots, 1000);
	struct slot *slot = take(fixture, &events);
	assert_true(events & EPOLLHUP);
	finish(fixture, slot);
}

static void wake_gives_one_turn(void **state)
{
	struct fixture *fixture = *state;
	struct wish wish = {.read = true, .deadline = CLOCK_NEVER, .wake = 5 * CLOCK_SECOND};
	uint32_t events;

	connect_as(fixture, 0, &wish);
	assert_int_equal(slots_expire(fixture->slots, CLOCK_SECOND), 5 * CLOCK_SECOND);
	assert_nothing(fixture);
	assert_int_equal(slots_expire(fixture->slots, 5 * CLOCK_SECOND), CLOCK_NEVER);
	struct slot *slot = take(fixture, &events);
	assert_int_equal(events, 0);
	slots_arm(fixture->slots, slot, &reading);
	assert_nothing(fixture);
	finish_armed(fixture);
}

static void fill(const struct connection *connection)
{
	static const char bytes[1000];

	while (write(connection->stream.fd, bytes, sizeof(bytes)) > 0)
		continue;
	assert_int_equal(errno, EAGAIN);
}

/* The kernel will not speak of it before the peer reads. */
static void a_turn_needs_no_room_in_the_socket(void **state)
{
	struct fixture *fixture = *state;
	uint32_t events;

	fill(connect_as(fixture, 0, &(struct wish){.read = true, .write = true, .deadline = CLOCK_NEVER, .wake = 1000}));
	assert_nothing(fixture);
	slots_expire(fixture->slots, 1000);
	finish(fixture, take(fixture, &events));
}

static void what_is_owned_has_no_deadline(void **state)
{
	struct fixture *fixture = *state;
	struct connection *connection = connect_as(fixture, 0, &(struct wish){.read = true, .deadline = 1000, .wake = 1000});
	char byte;
	uint32_t events;

	say(connection);
	struct slot *slot = take(fixture, &events);
	assert_int_equal(slots_expire(fixture->slots, 2000), CLOCK_NEVER);
	assert_int_equal(read(connection->stream.fd, &byte, 1), 1);
	assert_int_equal(read(connection->stream.fd, &byte, 1), -1);
	slots_arm(fixture->slots, slot, &(struct wish){.read = true, .deadline = 3000, .wake = CLOCK_NEVER});
	assert_nothing(fixture);
	assert_int_equal(slots_expire(fixture->slots, 2000), 3000);
	finish_armed(fixture);
}

static void shut_all_hangs_up_every_connection(void **state)
{
	struct fixture *fixture = *state;
	uint32_t events;

	connect_as(fixture, 0, &reading);
	connect_as(fixture, 1, &(struct wish){.deadline = CLOCK_NEVER, .wake = CLOCK_NEVER});
	slots_shut_all(fixture->slots);
	for (unsigned i = 0; i < 2; i++) {
		struct slot *slot = take(fixture, &events);
		assert_true(events & EPOLLHUP);
		finish(fixture, slot);
	}
}

static void stop_is_told_to_every_caller(void **state)
{
	struct fixture *fixture = *state;
	struct slot *slot;
	uint32_t events;

	slots_stop(fixture->slots);
	for (int i = 0; i < 3; i++)
		assert_int_equal(slots_next(fixture->slots, -1, &slot, &events), SLOTS_STOP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(expire_tells_the_earliest_time_to_come),
		CASE(deadline_ends_the_peers_stream_then_the_connection),
		CASE(deadline_of_who_does_not_read_ends_the_connection),
		CASE(wake_gives_one_turn),
		CASE(a_turn_needs_no_room_in_the_socket),
		CASE(what_is_owned_has_no_deadline),
		CASE(shut_all_hangs_up_every_connection),
		CASE(stop_is_told_to_every_caller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
