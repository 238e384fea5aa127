/* Tests of the window: what counts, from when, until when. */
/* Threats C10 and C13 of docs/security.md. */
#include "window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void holds_exactly_its_requests_and_bytes(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 3, 100);
	assert_true(window_arrive(&window, 60));
	assert_false(window_arrive(&window, 41));
	assert_true(window_arrive(&window, 40));
	assert_false(window_arrive(&window, 1));
	window_release(&window);

	window_init(&window, 2, 100);
	assert_true(window_arrive(&window, 1));
	assert_true(window_arrive(&window, 1));
	assert_false(window_arrive(&window, 1));
	window_release(&window);
}

static void answered_requests_count_until_their_last_byte_was_handed_over(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 2, 100);
	assert_true(window_arrive(&window, 50));
	assert_true(window_arrive(&window, 30));
	window_answer(&window, 50, 1000);
	window_answer(&window, 30, 2000);
	window_hand_over(&window, 999);
	assert_false(window_arrive(&window, 1));
	window_hand_over(&window, 1999);
	assert_int_equal(window.requests, 1);
	assert_int_equal(window.bytes, 30);
	window_hand_over(&window, 2000);
	assert_int_equal(window.requests, 0);
	assert_int_equal(window.bytes, 0);
	assert_null(window.queue);
}

static void remembers_any_number_of_answers_in_order(void **state)
{
	struct window window;
	uint64_t handed = 0;

	(void)state;
	window_init(&window, 1000, 100000);
	for (uint64_t i = 1; i <= 3000; i++) {
		assert_true(window_arrive(&window, 7));
		window_answer(&window, 7, i * 10);
		/* The client takes two of every three answers at once, the rest in bursts. */
		if (i % 3 != 0 || i % 100 == 0)
			handed = i % 100 == 0 ? i : handed + 1;
		window_hand_over(&window, handed * 10);
		assert_int_equal(window.requests, i - handed);
		assert_int_equal(window.bytes, 7 * (i - handed));
	}
	window_release(&window);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_exactly_its_requests_and_bytes),
		cmocka_unit_test(answered_requests_count_until_their_last_byte_was_handed_over),
		cmocka_unit_test(remembers_any_number_of_answers_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
