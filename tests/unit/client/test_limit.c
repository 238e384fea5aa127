/* Tests of the limit: its rate, its bursts, and that it can be interrupted. */
#include "limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

#define MEBIBYTE (1u << 20)

static struct limit *limit_of(uint64_t rate, unsigned links)
{
	struct limit *limit = NULL;

	assert_int_equal(limit_new(rate, links, &limit), STATUS_OK);
	return limit;
}

static size_t take(struct limit *limit, size_t wanted)
{
	size_t granted = 0;

	assert_int_equal(limit_take(limit, wanted, -1, &granted), STATUS_OK);
	assert_in_range(granted, 1, wanted);
	return granted;
}

static void bytes_come_at_the_rate(void **state)
{
	struct limit *limit = limit_of(MEBIBYTE, 2);
	int64_t start = clock_now();
	size_t sum = 0;

	(void)state;
	while (sum < MEBIBYTE / 2)
		sum += take(limit, MEBIBYTE);
	/* Half a second, but for what an idle limit has kept. */
	assert_true(clock_now() - start >= 440 * CLOCK_MS);
	limit_free(limit);
}

static void no_burst_is_larger_than_a_tenth_of_a_second(void **state)
{
	struct limit *limit = limit_of(10 * MEBIBYTE, 4);
	int64_t start = clock_now();
	size_t sum = 0;

	(void)state;
	while (clock_now() - start < 100 * CLOCK_MS) {
		size_t granted = take(limit, MEBIBYTE);
		/* What four links may hold beside each other. */
		assert_true(4 * granted <= 10 * MEBIBYTE / 20);
		int64_t took = clock_now() - start;
		sum += granted;
		assert_true(sum <= (uint64_t)(took + 50 * CLOCK_MS + CLOCK_MS) * 10 * MEBIBYTE / CLOCK_SECOND);
	}
	limit_free(limit);
}

static void what_is_given_back_costs_nothing(void **state)
{
	struct limit *limit = limit_of(MEBIBYTE, 1);
	int64_t start = clock_now();

	(void)state;
	for (int i = 0; i < 1000; i++)
		limit_give_back(limit, take(limit, 4096));
	/* A thousand times 4 ms, had it been kept. */
	assert_true(clock_now() - start < CLOCK_SECOND);
	limit_free(limit);
}

static void waiting_ends_with_an_interruption(void **state)
{
	struct limit *limit = limit_of(LIMIT_RATE_MIN, 1);
	size_t granted = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	take(limit, 4096);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(limit_take(limit, 4096, ends[0], &granted), STATUS_INTERRUPTED);
	close(ends[0]);
	close(ends[1]);
	limit_free(limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_at_the_rate),
		cmocka_unit_test(no_burst_is_larger_than_a_tenth_of_a_second),
		cmocka_unit_test(what_is_given_back_costs_nothing),
		cmocka_unit_test(waiting_ends_with_an_interruption),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
