/* Tests of the reaper: it acts at the time that comes first, also when that was named last, and sleeps otherwise. */
/* Threat C7 of docs/security.md. */
#include "reaper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#define PATIENCE_MS 20000

/* Slots never look into a connection. */
struct connection {
	struct stream stream;
	int peer;
};

struct fixture {
	struct slots *slots;
	struct reaper *reaper;
	struct connection connections[2];
};

static int setup(void **state)
{
	static struct fixture fixture;

	*state = &fixture;
	if (slots_new(2, &fixture.slots) != STATUS_OK)
		return -1;
	return reaper_start(fixture.slots, &fixture.reaper) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	reaper_stop(fixture->reaper);
	slots_free(fixture->slots);
	return 0;
}

static void connect_until(struct fixture *fixture, unsigned index, int64_t deadline, int64_t wake)
{
	struct connection *connection = &fixture->connections[index];
	struct wish wish = {.deadline = deadline, .wake = wake};
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	stream_init(&connection->stream, ends[0]);
	connection->peer = ends[1];
	assert_int_equal(slots_open(fixture->slots, connection, &connection->stream, &wish), STATUS_OK);
	reaper_expect(fixture->reaper, deadline < wake ? deadline : wake);
}

/* The next connection that the reaper gives a turn; it is closed here. */
static struct connection *next(struct fixture *fixture, uint32_t *events)
{
	struct slot *slot;

	assert_int_equal(slots_next(fixture->slots, PATIENCE_MS, &slot, events), SLOTS_TAKEN);
	struct connection *connection = slot_connection(slot);
	slots_close(fixture->slots, slot, &connection->stream);
	close(connection->peer);
	return connection;
}

static void time_that_comes_first_counts_though_it_was_named_last(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = clock_now();
	uint32_t events;

	connect_until(fixture, 0, now + 200 * CLOCK_MS, CLOCK_NEVER);
	connect_until(fixture, 1, now + 50 * CLOCK_MS, CLOCK_NEVER);
	assert_ptr_equal(next(fixture, &events), &fixture->connections[1]);
	assert_true(clock_now() >= now + 50 * CLOCK_MS);
	assert_true(events & EPOLLHUP);
	assert_ptr_equal(next(fixture, &events), &fixture->connections[0]);
	assert_true(clock_now() >= now + 200 * CLOCK_MS);
}

static void parked_connection_is_woken_and_not_shut_down(void **state)
{
	struct fixture *fixture = *state;
	uint32_t events;

	connect_until(fixture, 0, CLOCK_NEVER, clock_now() + 20 * CLOCK_MS);
	next(fixture, &events);
	assert_int_equal(events, 0);
}

static void cut_ends_those_without_a_deadline_too(void **state)
{
	struct fixture *fixture = *state;
	int64_t now = clock_now();
	uint32_t events;

	connect_until(fixture, 0, CLOCK_NEVER, CLOCK_NEVER);
	connect_until(fixture, 1, now + 3600 * CLOCK_SECOND, CLOCK_NEVER);
	reaper_cut_at(fixture->reaper, now + 50 * CLOCK_MS);
	for (int i = 0; i < 2; i++) {
		next(fixture, &events);
		assert_true(events & EPOLLHUP);
	}
	assert_true(clock_now() >= now + 50 * CLOCK_MS);
}

static int64_t cpu_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return clock_of_timespec(time);
}

static void waiting_costs_nothing(void **state)
{
	struct fixture *fixture = *state;
	uint32_t events;

	int64_t cpu = cpu_time();
	connect_until(fixture, 0, clock_now() + 300 * CLOCK_MS, CLOCK_NEVER);
	next(fixture, &events);
	assert_true(cpu_time() - cpu < 30 * CLOCK_MS);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(time_that_comes_first_counts_though_it_was_named_last),
		CASE(parked_connection_is_woken_and_not_shut_down),
		CASE(cut_ends_those_without_a_deadline_too),
		CASE(waiting_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
