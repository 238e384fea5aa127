/* Tests of the minimum rate: what a full queue hides, and what may stay in it. */
/* Threat C7 of docs/security.md. */
#include "minimum_rate.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define LEAST 3000

struct ends {
	int server, client;
	uint64_t handed;
};

static struct ends join_ends(void)
{
	int both[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, both), 0);
	return (struct ends){.server = both[0], .client = both[1]};
}

static void part_ends(const struct ends *ends)
{
	close(ends->server);
	close(ends->client);
}

static void send_bytes(struct ends *ends, size_t least)
{
	static const char bytes[1000];
	ssize_t sent = 0;

	for (size_t all = 0; all < least && (sent = write(ends->server, bytes, sizeof(bytes))) > 0; all += (size_t)sent)
		ends->handed += (uint64_t)sent;
}

static void take_bytes(const struct ends *ends, size_t bytes)
{
	char taken[1000];

	for (size_t all = 0; all < bytes; all += sizeof(taken))
		assert_int_equal(read(ends->client, taken, sizeof(taken)), sizeof(taken));
}

static void taking_the_least_of_a_full_queue_begins_another_window(void **state)
{
	struct ends ends = join_ends();
	struct minimum_rate rate = {0};

	(void)state;
	send_bytes(&ends, SIZE_MAX);
	assert_true(minimum_rate_note(&rate, ends.server, ends.handed, true, LEAST, 10));
	assert_int_equal(rate.since, 10);
	assert_false(minimum_rate_note(&rate, ends.server, ends.handed, true, LEAST, 20));
	/* Nothing more can be handed over yet. */
	take_bytes(&ends, LEAST);
	assert_true(minimum_rate_note(&rate, ends.server, ends.handed, true, LEAST, 30));
	assert_int_equal(rate.since, 30);
	take_bytes(&ends, 1000);
	assert_false(minimum_rate_note(&rate, ends.server, ends.handed, true, 100 * LEAST, 40));
	assert_int_equal(rate.since, 30);
	part_ends(&ends);
}

/* Nothing is pending, but whoever does not take it must not hold the kernel's memory for as long as a client may be idle. */
static void a_long_queue_has_to_be_taken_too(void **state)
{
	struct ends ends = join_ends();
	struct minimum_rate rate = {0};

	(void)state;
	send_bytes(&ends, 10 * LEAST);
	assert_true(minimum_rate_note(&rate, ends.server, ends.handed, false, LEAST, 10));
	assert_false(minimum_rate_note(&rate, ends.server, ends.handed, false, LEAST, 20));
	assert_int_equal(rate.since, 10);
	take_bytes(&ends, 10 * LEAST);
	assert_false(minimum_rate_note(&rate, ends.server, ends.handed, false, LEAST, 30));
	assert_int_equal(rate.since, 0);
	part_ends(&ends);
}

static void little_may_stay_where_it_is(void **state)
{
	struct ends ends = join_ends();
	struct minimum_rate rate = {0};

	(void)state;
	send_bytes(&ends, 1000);
	assert_false(minimum_rate_note(&rate, ends.server, ends.handed, false, 100 * LEAST, 10));
	assert_int_equal(rate.since, 0);
	/* But where more is pending it is watched. */
	assert_true(minimum_rate_note(&rate, ends.server, ends.handed, true, 100 * LEAST, 20));
	assert_int_equal(rate.since, 20);
	part_ends(&ends);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taking_the_least_of_a_full_queue_begins_another_window),
		cmocka_unit_test(a_long_queue_has_to_be_taken_too),
		cmocka_unit_test(little_may_stay_where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
