/* Tests of turns: their order, and that they are counted. */
#include "turns.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT 8

static struct turns *make(void)
{
	struct turns *turns = NULL;

	assert_int_equal(turns_new(COUNT, &turns), STATUS_OK);
	return turns;
}

static bool is_readable(const struct turns *turns)
{
	return poll(&(struct pollfd){.fd = turns_event(turns), .events = POLLIN}, 1, 0) == 1;
}

static void who_came_first_is_first_and_nobody_twice(void **state)
{
	static const uint32_t order[] = {3, 0, 7, 1};
	struct turns *turns = make();
	uint32_t index;

	(void)state;
	for (int round = 0; round < 3; round++) {
		assert_false(is_readable(turns));
		for (size_t i = 0; i < 4; i++) {
			turns_add(turns, order[i]);
			turns_add(turns, order[0]);
		}
		for (size_t i = 0; i < 4; i++) {
			assert_true(is_readable(turns));
			assert_true(turns_next(turns, &index));
			assert_int_equal(index, order[i]);
		}
		assert_false(turns_next(turns, &index));
	}
	turns_free(turns);
}

static void who_had_a_turn_may_have_another(void **state)
{
	struct turns *turns = make();
	uint32_t index;

	(void)state;
	turns_add(turns, 5);
	assert_true(turns_next(turns, &index));
	turns_add(turns, 5);
	assert_true(turns_next(turns, &index));
	assert_int_equal(index, 5);
	assert_false(turns_next(turns, &index));
	turns_free(turns);
	turns_free(NULL);
}

static void they_are_due_every_other_time_while_somebody_waits(void **state)
{
	struct turns *turns = make();
	uint32_t index;

	(void)state;
	assert_false(turns_are_due(turns));
	assert_false(turns_are_due(turns));
	turns_add(turns, 2);
	turns_add(turns, 2);
	for (int round = 0; round < 3; round++) {
		assert_false(turns_are_due(turns));
		assert_true(turns_are_due(turns));
	}
	assert_true(turns_next(turns, &index));
	assert_false(turns_are_due(turns));
	assert_false(turns_are_due(turns));
	turns_free(turns);
}

#define ROUNDS 20000

static void *ask(void *argument)
{
	for (unsigned i = 0; i < ROUNDS; i++)
		turns_add(argument, i % COUNT);
	return NULL;
}

static void no_turn_is_lost_between_threads(void **state)
{
	struct turns *turns = make();
	pthread_t threads[2];
	uint32_t index;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask, turns), 0);
	for (int i = 0; i < ROUNDS; i++) {
		if (turns_next(turns, &index))
			assert_in_range(index, 0, COUNT - 1);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	while (turns_next(turns, &index))
		continue;
	assert_false(is_readable(turns));
	/* All of them can be added: none is believed to wait still. */
	for (uint32_t i = 0; i < COUNT; i++)
		turns_add(turns, i);
	for (uint32_t i = 0; i < COUNT; i++) {
		assert_true(turns_next(turns, &index));
		assert_int_equal(index, i);
	}
	turns_free(turns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_came_first_is_first_and_nobody_twice),
		cmocka_unit_test(who_had_a_turn_may_have_another),
		cmocka_unit_test(they_are_due_every_other_time_while_somebody_waits),
		cmocka_unit_test(no_turn_is_lost_between_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
