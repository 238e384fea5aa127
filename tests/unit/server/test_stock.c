/* Tests of stocks: the caps of one and of all, and that what is refused takes nothing. */
#include "stock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void peer_takes_up_to_its_cap_and_no_unit_more(void **state)
{
	struct stock stock;
	struct holding peer = {0}, other = {0};

	(void)state;
	stock_init(&stock, 10, 4);
	assert_int_equal(stock_take(&stock, &peer, 3), STATUS_OK);
	assert_int_equal(stock_take(&stock, &peer, 2), STATUS_BUSY);
	assert_int_equal(stock_take(&stock, &peer, 1), STATUS_OK);
	assert_int_equal(stock_take(&stock, &peer, 1), STATUS_BUSY);
	assert_int_equal(stock_take(&stock, &other, 4), STATUS_OK);
	stock_give(&stock, &peer, 4);
	assert_int_equal(stock_take(&stock, &peer, 4), STATUS_OK);
}

static void all_together_take_up_to_the_whole_and_the_refused_holds_nothing(void **state)
{
	struct stock stock;
	struct holding one = {0}, two = {0};

	(void)state;
	stock_init(&stock, 5, 4);
	assert_int_equal(stock_take(&stock, &one, 4), STATUS_OK);
	assert_int_equal(stock_take(&stock, &two, 2), STATUS_BUSY);
	assert_int_equal(atomic_load(&two.units), 0);
	assert_int_equal(stock_take(&stock, &two, 1), STATUS_OK);
	assert_int_equal(stock_take(&stock, NULL, 1), STATUS_BUSY);
	stock_give(&stock, &one, 4);
	stock_give(&stock, &two, 1);
	assert_int_equal(atomic_load(&stock.whole.units), 0);
}

static void amounts_that_would_go_round_are_refused(void **state)
{
	struct stock stock;
	struct holding peer = {0};

	(void)state;
	stock_init(&stock, UINT64_MAX, UINT64_MAX);
	assert_int_equal(stock_take(&stock, &peer, 2), STATUS_OK);
	assert_int_equal(stock_take(&stock, &peer, UINT64_MAX - 1), STATUS_BUSY);
	assert_int_equal(atomic_load(&peer.units), 2);
}

static void what_is_held_may_pass_the_cap_but_is_seen(void **state)
{
	struct stock stock;
	struct holding peer = {0}, other = {0};

	(void)state;
	stock_init(&stock, 100, 10);
	stock_change(&stock, &peer, 0, 9);
	assert_false(stock_is_spent(&stock, &peer));
	stock_change(&stock, &peer, 9, 30);
	assert_true(stock_is_spent(&stock, &peer));
	assert_false(stock_is_spent(&stock, &other));
	stock_change(&stock, &other, 0, 70);
	assert_true(stock_is_spent(&stock, NULL));
	stock_change(&stock, &other, 70, 5);
	stock_change(&stock, &peer, 30, 9);
	assert_false(stock_is_spent(&stock, &peer));
	assert_int_equal(atomic_load(&stock.whole.units), 14);
}

static void other_maxima_hold_at_once_and_leave_what_is_held(void **state)
{
	struct stock stock;
	struct holding peer = {0};

	(void)state;
	stock_init(&stock, 10, 10);
	assert_int_equal(stock_take(&stock, &peer, 8), STATUS_OK);
	stock_renew(&stock, 10, 5);
	assert_int_equal(stock_take(&stock, &peer, 1), STATUS_BUSY);
	assert_true(stock_is_spent(&stock, &peer));
	stock_give(&stock, &peer, 4);
	assert_int_equal(stock_take(&stock, &peer, 1), STATUS_OK);
	assert_int_equal(atomic_load(&stock.whole.units), 5);
}

static void maximum_of_zero_is_little_and_not_unlimited(void **state)
{
	struct stock stock;
	struct holding peer = {0};

	(void)state;
	stock_init(&stock, 0, 0);
	assert_int_equal(stock_take(&stock, &peer, 1), STATUS_OK);
	assert_int_equal(stock_take(&stock, &peer, 1), STATUS_BUSY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peer_takes_up_to_its_cap_and_no_unit_more),
		cmocka_unit_test(all_together_take_up_to_the_whole_and_the_refused_holds_nothing),
		cmocka_unit_test(amounts_that_would_go_round_are_refused),
		cmocka_unit_test(what_is_held_may_pass_the_cap_but_is_seen),
		cmocka_unit_test(other_maxima_hold_at_once_and_leave_what_is_held),
		cmocka_unit_test(maximum_of_zero_is_little_and_not_unlimited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
