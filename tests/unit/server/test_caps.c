/* Tests of the caps at a connection: what waits for its turn, what is refused, and what is given back. */
/* Threats C9, C10, C13 and C14 of docs/security.md. */
#include "listing.h"

#include <stdio.h>

static uint64_t memory_held(struct rig *rig)
{
	return atomic_load(&rig->services.caps.stocks[CAP_MEMORY].whole.units);
}

static void make_files(struct rig *rig, int count)
{
	char name[8];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "%d", i);
		make_file(rig, name);
	}
}

static void requests_beyond_their_budget_wait_for_their_turn(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	/* 200 ms each. */
	rig_allow_work(rig, CAP_REQUESTS, 5);
	uint16_t first = rig_ping(rig, "a"), second = rig_ping(rig, "b");
	int64_t started = clock_now();
	rig_answer(rig, FRAME_PONG, first);
	rig_settle(rig);
	assert_true(rig->wish.wake > started && rig->wish.wake <= clock_now() + CLOCK_SECOND / 5);
	rig_answer(rig, FRAME_PONG, second);
	assert_true(clock_now() - started >= CLOCK_SECOND / 10);
}

static void requests_of_a_connection_that_has_gone_are_still_paid_for(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	rig_allow_work(rig, CAP_REQUESTS, 5);
	rig_answer(rig, FRAME_PONG, rig_ping(rig, "a"));
	rig_disconnect(rig);
	rig_connect(rig);
	rig_greet(rig);
	rig_ping(rig, "b");
	rig_settle(rig);
	assert_true(rig->wish.wake != CLOCK_NEVER);
	rig_disconnect(rig);
	/* Another address does not pay for it. */
	rig->services.caps.budgets[CAP_REQUESTS].rate = 1000000;
	rig_connect_from(rig, "127.0.0.2:1");
	rig_greet(rig);
	rig_answer(rig, FRAME_PONG, rig_ping(rig, "c"));
}

static void who_holds_too_much_memory_is_told_so_for_each_request(void **state)
{
	struct rig *rig = *state;
	struct stock *memory = &rig->services.caps.stocks[CAP_MEMORY];

	rig_greet(rig);
	assert_true(memory_held(rig) > 0);
	memory->max_per_peer = memory_held(rig);
	assert_int_equal(rig_error(rig, rig_ping(rig, "a")), ERROR_BUSY);
	memory->max_per_peer++;
	rig_answer(rig, FRAME_PONG, rig_ping(rig, "b"));
	memory->max = memory_held(rig);
	assert_int_equal(rig_error(rig, rig_ping(rig, "c")), ERROR_BUSY);
	memory->max++;
	rig_answer(rig, FRAME_PONG, rig_ping(rig, "d"));
}

static void what_a_client_does_not_take_is_counted_until_it_goes(void **state)
{
	struct rig *rig = *state;

	make_files(rig, 5000);
	rig_greet(rig);
	uint64_t before = memory_held(rig);
	for (unsigned i = 0; i < RIG_WINDOW_REQUESTS; i++)
		rig_list(rig, "", false);
	rig_settle(rig);
	/* An answer's page, and the names that are still to be looked at. */
	assert_true(memory_held(rig) > before + 32768);
	rig_disconnect(rig);
	assert_int_equal(memory_held(rig), 0);
}

static void names_looked_at_are_paid_for_a_page_behind(void **state)
{
	struct rig *rig = *state;

	make_files(rig, 3000);
	rig_greet(rig);
	/* Each page waits for the one before the last. */
	rig_allow_work(rig, CAP_LISTING, 3000);
	int64_t started = clock_now();
	struct listing *listing = list_path(rig, "", false);
	assert_int_equal(listing->count, 3000);
	assert_true(clock_now() - started >= CLOCK_SECOND / 4);
	free_listing(listing);
}

static void hide_files(struct rig *rig, int count)
{
	char name[16];

	rig->share.hides = true;
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), ".%d", i);
		assert_int_equal(scratch_write(rig->scratch.folder, name, ""), 0);
	}
}

/* Between two steps others have their turn. */
static void names_that_are_not_shown_end_a_step_like_others(void **state)
{
	struct rig *rig = *state;
	bool went_on = false;

	hide_files(rig, 1100);
	rig_greet(rig);
	rig_list(rig, "", false);
	while (rig_turn(rig))
		went_on |= rig->verdict == CONNECTION_GO_ON;
	assert_true(went_on);
	rig_answer(rig, FRAME_DONE, rig->number);
}

static void names_that_are_not_shown_are_paid_for_as_well(void **state)
{
	struct rig *rig = *state;

	hide_files(rig, 1100);
	rig_greet(rig);
	rig_allow_work(rig, CAP_LISTING, 1000);
	int64_t started = clock_now();
	struct listing *listing = list_path(rig, "", false);
	assert_int_equal(listing->count, 0);
	assert_true(atomic_load(&rig->services.caps.budgets[CAP_LISTING].whole.free_at) > started + CLOCK_SECOND);
	free_listing(listing);
}

static void small_listings_are_paid_for_as_well_as_large_ones(void **state)
{
	struct rig *rig = *state;

	make_files(rig, 3);
	rig_greet(rig);
	rig_allow_work(rig, CAP_LISTING, 10);
	int64_t started = clock_now();
	/* Three names and their folder: 0.4 s each. The first three are no further ahead than half a second when they end. */
	for (unsigned i = 0; i < 3; i++)
		free_listing(list_path(rig, "", false));
	assert_true(clock_now() - started >= CLOCK_SECOND / 5);
	assert_true(atomic_load(&rig->services.caps.budgets[CAP_LISTING].whole.free_at) - started >= CLOCK_SECOND * 6 / 5);
}

static uint16_t ask_for(struct rig *rig, const char *name)
{
	return rig_read(rig, &(struct pieces_request){.path = span_of(name), .count = 1});
}

static void larger_files_that_one_address_reads_at_once_are_counted(void **state)
{
	struct rig *rig = *state;
	struct caps *caps = &rig->services.caps;
	struct address address;
	struct peer *same;

	rig_file(rig, "large", CONTENT_SIZE_MIN + 1);
	rig_file(rig, "small", CONTENT_SIZE_MIN);
	assert_int_equal(address_parse("127.0.0.1:2", &address), STATUS_OK);
	assert_int_equal(peers_enter(rig->services.peers, &address, &same), STATUS_OK);
	stock_init(&caps->stocks[CAP_READERS], 8, 1);
	rig_greet(rig);
	assert_int_equal(caps_take(caps, peer_part(same), CAP_READERS, 1), STATUS_OK);
	assert_int_equal(rig_error(rig, ask_for(rig, "large")), ERROR_BUSY);
	rig_answer(rig, FRAME_FILE, ask_for(rig, "small"));
	rig_answer(rig, FRAME_DATA, rig->number);
	caps_give(caps, peer_part(same), CAP_READERS, 1);
	for (int i = 0; i < 3; i++) {
		rig_answer(rig, FRAME_FILE, ask_for(rig, "large"));
		rig_answer(rig, FRAME_DATA, rig->number);
	}
	rig_settle(rig);
	assert_int_equal(atomic_load(&caps->stocks[CAP_READERS].whole.units), 0);
	peers_leave(rig->services.peers, same);
}

static void what_a_client_reads_is_given_back_when_it_goes(void **state)
{
	struct rig *rig = *state;
	struct stock *readers = &rig->services.caps.stocks[CAP_READERS];

	rig_file(rig, "large", 8 * PIECE_SIZE);
	rig_greet(rig);
	ask_for(rig, "large");
	rig_settle(rig);
	assert_int_equal(atomic_load(&readers->whole.units), 1);
	rig_disconnect(rig);
	assert_int_equal(atomic_load(&readers->whole.units), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(requests_beyond_their_budget_wait_for_their_turn),
		CASE(requests_of_a_connection_that_has_gone_are_still_paid_for),
		CASE(who_holds_too_much_memory_is_told_so_for_each_request),
		CASE(what_a_client_does_not_take_is_counted_until_it_goes),
		CASE(names_looked_at_are_paid_for_a_page_behind),
		CASE(names_that_are_not_shown_end_a_step_like_others),
		CASE(names_that_are_not_shown_are_paid_for_as_well),
		CASE(small_listings_are_paid_for_as_well_as_large_ones),
		CASE(larger_files_that_one_address_reads_at_once_are_counted),
		CASE(what_a_client_reads_is_given_back_when_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
