/* Tests of peers: the caps, what counts as one peer, refusals, and what outlives a connection. */
#include "peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"

#define MAX 4
#define MAX_PER_PEER 2

static int setup(void **state)
{
	return peers_new(MAX, MAX_PER_PEER, (struct peers **)state) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state)
{
	peers_free(*state);
	return 0;
}

static enum status enter(struct peers *peers, const char *text, struct peer **peer)
{
	struct address address;

	assert_int_equal(address_parse(text, &address), STATUS_OK);
	return peers_enter(peers, &address, peer);
}

static void one_peer_has_its_own_cap(void **state)
{
	struct peer *first, *second, *third, *other;

	assert_int_equal(enter(*state, "192.0.2.1:1", &first), STATUS_OK);
	assert_int_equal(enter(*state, "192.0.2.1:2", &second), STATUS_OK);
	assert_ptr_equal(first, second);
	assert_int_equal(enter(*state, "192.0.2.1:3", &third), STATUS_BUSY);
	assert_null(third);
	assert_int_equal(enter(*state, "192.0.2.2:1", &other), STATUS_OK);
	assert_ptr_not_equal(first, other);
	peers_leave(*state, first);
	assert_int_equal(enter(*state, "192.0.2.1:4", &third), STATUS_OK);
}

static void network_of_64_bits_is_one_peer(void **state)
{
	struct peer *first, *second, *other;

	assert_int_equal(enter(*state, "[2001:db8::1]:1", &first), STATUS_OK);
	assert_int_equal(enter(*state, "[2001:db8::ffff:1]:1", &second), STATUS_OK);
	assert_int_equal(enter(*state, "[2001:db8:0:1::1]:1", &other), STATUS_OK);
	assert_ptr_equal(first, second);
	assert_ptr_not_equal(first, other);
}

static void all_together_have_a_cap(void **state)
{
	static const char *const texts[] = {"192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1", "192.0.2.4:1"};
	struct peer *peers[MAX], *more;

	for (int i = 0; i < MAX; i++)
		assert_int_equal(enter(*state, texts[i], &peers[i]), STATUS_OK);
	assert_int_equal(enter(*state, "192.0.2.5:1", &more), STATUS_BUSY);
	peers_leave(*state, peers[0]);
	assert_int_equal(enter(*state, "192.0.2.5:1", &more), STATUS_OK);
}

static void refusals_are_few_and_take_no_place(void **state)
{
	struct peer *peer;

	for (int i = 0; i < MAX_PER_PEER; i++)
		assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
	for (int i = 0; i < PEERS_REFUSALS; i++)
		assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_BUSY);
	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_LIMIT);
	assert_int_equal(enter(*state, "192.0.2.2:1", &peer), STATUS_OK);
	peers_leave(*state, NULL);
	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_BUSY);
}

static void coming_back_does_not_renew_a_spent_budget(void **state)
{
	struct peer *peer;

	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
	atomic_store(&peer_bucket(peer)->free_at, clock_now() + 3600 * CLOCK_SECOND);
	peers_leave(*state, peer);
	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
	assert_true(atomic_load(&peer_bucket(peer)->free_at) > clock_now());
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(one_peer_has_its_own_cap),
		CASE(network_of_64_bits_is_one_peer),
		CASE(all_together_have_a_cap),
		CASE(refusals_are_few_and_take_no_place),
		CASE(coming_back_does_not_renew_a_spent_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
