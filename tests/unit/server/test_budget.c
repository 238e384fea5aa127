/* Tests of budgets with a clock of their own: turns, their order, and who pays for whom. */
/* Threats C8 and C11 of docs/security.md. */
#include "budget.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"

#define MEGABYTE 1000000u

/* 100 MB/s in all, 50 MB/s a peer: 10 and 20 ms for each megabyte. */
static int setup(void **state)
{
	static struct budget budget;

	*state = &budget;
	budget_init(&budget, 100 * MEGABYTE, 50 * MEGABYTE);
	return 0;
}

static int teardown(void **state)
{
	budget_release(*state);
	return 0;
}

static int64_t ask(struct budget *budget, struct bucket *peer, struct ticket *ticket, int64_t now_ms)
{
	int64_t time = budget_ask(budget, peer, ticket, MEGABYTE, now_ms * CLOCK_MS);

	assert_int_equal(time % CLOCK_MS, 0);
	return time / CLOCK_MS;
}

static void who_was_idle_hashes_at_once(void **state)
{
	struct bucket peer = {0};
	struct ticket ticket = {0};

	assert_int_equal(ask(*state, &peer, &ticket, 1000), 0);
	assert_int_equal(ask(*state, &peer, &ticket, 1020), 0);
	assert_int_equal(ask(*state, &peer, &ticket, 1040), 0);
}

static void peer_gets_no_more_than_its_rate(void **state)
{
	struct bucket peer = {0};
	struct ticket first = {0}, second = {0};

	assert_int_equal(ask(*state, &peer, &first, 1000), 0);
	assert_int_equal(ask(*state, &peer, &first, 1000), 1020);
	/* Its second connection stands behind the first. */
	assert_int_equal(ask(*state, &peer, &second, 1000), 1040);
	/* Too early asks cost nothing and move nobody. */
	assert_int_equal(ask(*state, &peer, &first, 1010), 1020);
	assert_int_equal(ask(*state, &peer, &first, 1020), 0);
	assert_int_equal(ask(*state, &peer, &second, 1040), 0);
}

static void all_together_get_no_more_than_the_whole_rate(void **state)
{
	struct bucket peers[4] = {{0}};
	struct ticket tickets[4] = {{0}};

	assert_int_equal(ask(*state, &peers[0], &tickets[0], 1000), 0);
	assert_int_equal(ask(*state, &peers[1], &tickets[1], 1000), 1010);
	assert_int_equal(ask(*state, &peers[2], &tickets[2], 1000), 1020);
	assert_int_equal(ask(*state, &peers[3], &tickets[3], 1000), 1030);
	assert_int_equal(ask(*state, &peers[1], &tickets[1], 1010), 0);
	assert_int_equal(ask(*state, &peers[3], &tickets[3], 1035), 0);
}

static void peer_over_its_own_rate_takes_nothing_from_the_others(void **state)
{
	struct bucket greedy = {0}, modest = {0};
	struct ticket tickets[50] = {{0}};
	struct ticket ticket = {0};

	assert_int_equal(ask(*state, &greedy, &tickets[0], 1000), 0);
	for (int i = 1; i < 50; i++)
		assert_int_equal(ask(*state, &greedy, &tickets[i], 1000), 1000 + 20 * i);
	assert_int_equal(ask(*state, &modest, &ticket, 1010), 0);
}

static void who_would_wait_too_long_is_refused_and_books_nothing(void **state)
{
	struct bucket greedy = {0};
	struct ticket tickets[252] = {{0}};

	assert_int_equal(ask(*state, &greedy, &tickets[0], 1000), 0);
	for (int i = 1; i <= 250; i++)
		assert_int_equal(ask(*state, &greedy, &tickets[i], 1000), 1000 + 20 * i);
	for (int i = 0; i < 3; i++)
		assert_int_equal(budget_ask(*state, &greedy, &tickets[251], MEGABYTE, 1000 * CLOCK_MS), CLOCK_NEVER);
	/* Those before it are not moved, and 20 ms later there is room for one. */
	assert_int_equal(ask(*state, &greedy, &tickets[250], 1000), 6000);
	assert_int_equal(ask(*state, &greedy, &tickets[251], 1020), 6020);
}

static void who_would_wait_too_long_for_all_is_refused_too(void **state)
{
	struct ticket tickets[501] = {{0}}, one = {0};
	struct bucket modest = {0};

	for (int i = 0; i < 501; i++)
		assert_int_equal(ask(*state, NULL, &tickets[i], 1000), i == 0 ? 0 : 1000 + 10 * i);
	assert_int_equal(budget_ask(*state, &modest, &one, MEGABYTE, 1000 * CLOCK_MS), CLOCK_NEVER);
	/* It begins anew, behind its own earlier turn. */
	assert_int_equal(one.stage, TICKET_NONE);
}

static void rate_of_zero_is_slow_and_not_unlimited(void **state)
{
	struct budget budget;
	struct bucket peer = {0};
	struct ticket ticket = {0};

	(void)state;
	budget_init(&budget, 0, 0);
	assert_int_equal(budget_ask(&budget, &peer, &ticket, 1, CLOCK_SECOND), 0);
	assert_int_equal(budget_ask(&budget, &peer, &ticket, 1, CLOCK_SECOND), 2 * CLOCK_SECOND);
	budget_release(&budget);
}

static void other_rates_hold_for_the_next_turn(void **state)
{
	struct budget *budget = *state;
	struct bucket peer = {0};
	struct ticket ticket = {0};

	assert_int_equal(ask(budget, &peer, &ticket, 1000), 0);
	budget_renew(budget, 100 * MEGABYTE, 10 * MEGABYTE);
	assert_int_equal(ask(budget, &peer, &ticket, 1020), 0);
	assert_int_equal(ask(budget, &peer, &ticket, 1020), 1120);
}

/* Where all together have work for longer than anybody waits, its own turns cost a peer nothing either. */
static void a_peer_that_is_refused_for_others_pays_nothing(void **state)
{
	struct budget *budget = *state;
	struct bucket peer = {0}, other = {0};
	struct ticket ticket = {0};
	int64_t patience_ms = BUDGET_PATIENCE / CLOCK_MS;

	atomic_store(&budget->whole.free_at, (1000 + 2 * patience_ms) * CLOCK_MS);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(budget_ask(budget, &peer, &ticket, MEGABYTE, 1000 * CLOCK_MS), CLOCK_NEVER);
	assert_true(atomic_load(&peer.free_at) <= 1000 * CLOCK_MS);
	/* What was done unasked is paid for by both. */
	budget_charge(budget, &other, MEGABYTE, 1000 * CLOCK_MS);
	assert_int_equal(atomic_load(&other.free_at), 1020 * CLOCK_MS);
	assert_int_equal(atomic_load(&budget->whole.free_at), (1010 + 2 * patience_ms) * CLOCK_MS);
}

static void who_cannot_wait_is_refused_and_pays_nothing(void **state)
{
	struct budget *budget = *state;
	struct bucket greedy = {0}, modest = {0};

	assert_int_equal(budget_take(budget, &greedy, MEGABYTE, 1000 * CLOCK_MS), STATUS_OK);
	/* Until 1010 for all, until 1020 for the greedy one. */
	assert_int_equal(budget_take(budget, &modest, MEGABYTE, 1009 * CLOCK_MS), STATUS_BUSY);
	assert_int_equal(budget_take(budget, &greedy, MEGABYTE, 1019 * CLOCK_MS), STATUS_BUSY);
	assert_int_equal(budget_take(budget, &modest, MEGABYTE, 1010 * CLOCK_MS), STATUS_OK);
	assert_int_equal(budget_take(budget, &greedy, MEGABYTE, 1020 * CLOCK_MS), STATUS_OK);
	assert_int_equal(budget_take(budget, NULL, MEGABYTE, 1029 * CLOCK_MS), STATUS_BUSY);
	assert_int_equal(budget_take(budget, NULL, MEGABYTE, 1030 * CLOCK_MS), STATUS_OK);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static void who_comes_with_many_at_once_may_be_ahead_of_time_by_the_burst(void **state)
{
	struct budget *budget = *state;
	struct bucket peer = {0};
	struct ticket tickets[5] = {{0}};

	budget->burst = 60 * CLOCK_MS;
	/* 20 ms each: the fourth is 60 ms ahead, the fifth would be 80. */
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(budget, &peer, &tickets[i], 1000), 0);
	assert_int_equal(ask(budget, &peer, &tickets[4], 1000), 1020);
	assert_int_equal(ask(budget, &peer, &tickets[4], 1019), 1020);
	assert_int_equal(ask(budget, &peer, &tickets[4], 1020), 0);
}

static void who_has_no_peer_is_counted_among_all(void **state)
{
	struct ticket one = {0}, two = {0};

	assert_int_equal(ask(*state, NULL, &one, 1000), 0);
	assert_int_equal(ask(*state, NULL, &two, 1000), 1010);
	assert_int_equal(ask(*state, NULL, &two, 1010), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(who_was_idle_hashes_at_once),
		CASE(peer_gets_no_more_than_its_rate),
		CASE(all_together_get_no_more_than_the_whole_rate),
		CASE(peer_over_its_own_rate_takes_nothing_from_the_others),
		CASE(who_would_wait_too_long_is_refused_and_books_nothing),
		CASE(who_would_wait_too_long_for_all_is_refused_too),
		CASE(rate_of_zero_is_slow_and_not_unlimited),
		CASE(who_comes_with_many_at_once_may_be_ahead_of_time_by_the_burst),
		CASE(who_has_no_peer_is_counted_among_all),
		CASE(other_rates_hold_for_the_next_turn),
		CASE(a_peer_that_is_refused_for_others_pays_nothing),
		CASE(who_cannot_wait_is_refused_and_pays_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
