/* Tests of the clocks and of the conversions between their times. */
#include "clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void timespecs_survive_the_way_there_and_back(void **state)
{
	(void)state;
	static const int64_t times[] = {0, 1, -1, CLOCK_SECOND, -CLOCK_SECOND, -CLOCK_SECOND - 1, INT64_MAX,
	                                INT64_MIN + CLOCK_SECOND};
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct timespec time = clock_to_timespec(times[i]);
		assert_in_range(time.tv_nsec, 0, CLOCK_SECOND - 1);
		assert_true(clock_of_timespec(time) == times[i]);
	}
}

static void timespecs_beyond_292_years_saturate(void **state)
{
	(void)state;
	assert_true(clock_of_timespec((struct timespec){.tv_sec = INT64_MAX}) == INT64_MAX);
	assert_true(clock_of_timespec((struct timespec){.tv_sec = INT64_MIN}) == INT64_MIN);
	assert_true(clock_of_timespec((struct timespec){.tv_sec = INT64_MAX / CLOCK_SECOND, .tv_nsec = 999999999}) ==
	            INT64_MAX);
}

static void the_clocks_run_forwards_and_in_our_century(void **state)
{
	(void)state;
	int64_t before = clock_now();
	assert_true(clock_now() >= before);
	assert_true(before < CLOCK_NEVER);
	assert_true(clock_real() > 1600000000 * CLOCK_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timespecs_survive_the_way_there_and_back),
		cmocka_unit_test(timespecs_beyond_292_years_saturate),
		cmocka_unit_test(the_clocks_run_forwards_and_in_our_century),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
