/* Tests of the permits to wait for the disk: never more than there are, first come, first served, none lost. */
#include "cold.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define WAITERS 5
#define WOKEN_MAX 64

struct fixture {
	struct cold cold;
	struct cold_waiter waiters[WAITERS];
	uint64_t woken[WOKEN_MAX];
	size_t woken_count;
};

static void note(void *context, uint64_t name)
{
	struct fixture *fixture = context;

	assert_true(fixture->woken_count < WOKEN_MAX);
	fixture->woken[fixture->woken_count++] = name;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture)
		return -1;
	cold_init(&fixture->cold, 2, note, fixture);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	cold_release(&fixture->cold);
	free(fixture);
	return 0;
}

/* Waiter NUMBER is called 100 + NUMBER. */
static bool enter(struct fixture *fixture, unsigned number)
{
	return cold_enter(&fixture->cold, &fixture->waiters[number], 100 + number);
}

static void assert_woken(const struct fixture *fixture, size_t count, uint64_t last)
{
	assert_int_equal(fixture->woken_count, count);
	assert_int_equal(fixture->woken[count - 1], last);
}

static void there_are_so_many_permits_and_no_more(void **state)
{
	struct fixture *fixture = *state;

	assert_true(enter(fixture, 0));
	assert_true(enter(fixture, 1));
	assert_false(enter(fixture, 2));
	assert_false(enter(fixture, 2));
	assert_int_equal(fixture->woken_count, 0);
}

static void a_permit_that_nobody_waits_for_is_there_again(void **state)
{
	struct fixture *fixture = *state;

	assert_true(enter(fixture, 0));
	assert_true(enter(fixture, 1));
	cold_leave(&fixture->cold);
	assert_true(enter(fixture, 0));
	assert_int_equal(fixture->woken_count, 0);
}

static void who_waits_longest_gets_the_next_and_is_woken(void **state)
{
	struct fixture *fixture = *state;

	assert_true(enter(fixture, 0) && enter(fixture, 1));
	assert_false(enter(fixture, 3));
	assert_false(enter(fixture, 2));
	cold_leave(&fixture->cold);
	assert_woken(fixture, 1, 103);
	/* Nobody takes what is kept for it. */
	assert_false(enter(fixture, 4));
	assert_false(enter(fixture, 2));
	assert_true(enter(fixture, 3));
	cold_leave(&fixture->cold);
	assert_woken(fixture, 2, 102);
	assert_true(enter(fixture, 2));
	cold_leave(&fixture->cold);
	assert_woken(fixture, 3, 104);
}

static void who_withdraws_is_passed_over(void **state)
{
	struct fixture *fixture = *state;

	assert_true(enter(fixture, 0) && enter(fixture, 1));
	assert_false(enter(fixture, 2) || enter(fixture, 3) || enter(fixture, 4));
	cold_withdraw(&fixture->cold, &fixture->waiters[3]);
	cold_withdraw(&fixture->cold, &fixture->waiters[2]);
	cold_withdraw(&fixture->cold, &fixture->waiters[2]);
	cold_leave(&fixture->cold);
	assert_woken(fixture, 1, 104);
	assert_true(enter(fixture, 4));
	assert_false(enter(fixture, 2));
}

static void a_permit_kept_for_who_withdraws_goes_on(void **state)
{
	struct fixture *fixture = *state;

	assert_true(enter(fixture, 0) && enter(fixture, 1));
	assert_false(enter(fixture, 2) || enter(fixture, 3));
	cold_leave(&fixture->cold);
	assert_woken(fixture, 1, 102);
	cold_withdraw(&fixture->cold, &fixture->waiters[2]);
	assert_woken(fixture, 2, 103);
	cold_withdraw(&fixture->cold, &fixture->waiters[3]);
	assert_true(enter(fixture, 4));
	assert_int_equal(fixture->woken_count, 2);
}

static void who_never_waited_has_nothing_to_withdraw(void **state)
{
	struct fixture *fixture = *state;

	assert_true(enter(fixture, 0));
	cold_withdraw(&fixture->cold, &fixture->waiters[0]);
	cold_withdraw(&fixture->cold, &fixture->waiters[1]);
	assert_true(enter(fixture, 1));
	assert_false(enter(fixture, 2));
}

#define WITH_TWO_PERMITS(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_TWO_PERMITS(there_are_so_many_permits_and_no_more),
		WITH_TWO_PERMITS(a_permit_that_nobody_waits_for_is_there_again),
		WITH_TWO_PERMITS(who_waits_longest_gets_the_next_and_is_woken),
		WITH_TWO_PERMITS(who_withdraws_is_passed_over),
		WITH_TWO_PERMITS(a_permit_kept_for_who_withdraws_goes_on),
		WITH_TWO_PERMITS(who_never_waited_has_nothing_to_withdraw),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
