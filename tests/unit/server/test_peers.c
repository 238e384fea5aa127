/* Tests of peers: the caps, what counts as one peer, refusals, and what outlives a connection. */
/* Threats C11 and C13 of docs/security.md. */
#include "peers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "clock.h"
#include "settings_table.h"

#define MAX 4
#define MAX_PER_PEER 2

static struct caps caps;

/* Nothing but the caps on connections matters unless a test says so. */
static int setup(void **state)
{
	struct settings settings = {.ready_fd = -1};

	if (settings_set_defaults(&settings) != STATUS_OK)
		return -1;
	caps_init(&caps, &settings);
	settings_release(&settings);
	return peers_new(MAX, MAX_PER_PEER, &caps, (struct peers **)state) == STATUS_OK ? 0 : -1;
}

static int teardown(void **state)
{
	peers_free(*state);
	caps_release(&caps);
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
	atomic_store(&peer_part(peer)->buckets[CAP_HASHING].free_at, clock_now() + 3600 * CLOCK_SECOND);
	peers_leave(*state, peer);
	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
	assert_true(atomic_load(&peer_part(peer)->buckets[CAP_HASHING].free_at) > clock_now());
}

static void coming_and_going_is_counted_and_refused_once_it_is_too_much(void **state)
{
	struct peer *peer, *other;

	caps.budgets[CAP_CONNECTIONS].rate_per_peer = 1;
	caps.budgets[CAP_CONNECTIONS].burst = 2 * CLOCK_SECOND;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
		peers_leave(*state, peer);
	}
	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_BUSY);
	assert_null(peer);
	peers_leave(*state, peer);
	assert_int_equal(enter(*state, "192.0.2.2:1", &other), STATUS_OK);
}

static void who_holds_all_the_memory_gets_no_more_connections(void **state)
{
	struct peer *peer, *more;

	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
	caps_change(&caps, peer_part(peer), CAP_MEMORY, 0, caps.stocks[CAP_MEMORY].max_per_peer);
	assert_int_equal(enter(*state, "192.0.2.1:1", &more), STATUS_BUSY);
	assert_int_equal(enter(*state, "192.0.2.2:1", &more), STATUS_OK);
	caps_change(&caps, peer_part(peer), CAP_MEMORY, caps.stocks[CAP_MEMORY].max_per_peer, 0);
	assert_int_equal(enter(*state, "192.0.2.1:1", &more), STATUS_OK);
}

/* At one handshake a second, of which two may come early. */
static void a_refusal_inside_tls_costs_its_address_a_handshake(void **state)
{
	struct peer *peer;

	caps.handshakes = true;
	caps.budgets[CAP_HANDSHAKES].rate_per_peer = 1;
	caps.budgets[CAP_HANDSHAKES].burst = 2 * CLOCK_SECOND;
	for (int i = 0; i < MAX_PER_PEER; i++)
		assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_BUSY);
		peers_leave(*state, peer);
	}
	assert_int_equal(enter(*state, "192.0.2.1:1", &peer), STATUS_LIMIT);
	for (int i = 0; i < MAX_PER_PEER; i++)
		assert_int_equal(enter(*state, "192.0.2.2:1", &peer), STATUS_OK);
	assert_int_equal(enter(*state, "192.0.2.2:1", &peer), STATUS_BUSY);
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
		CASE(coming_and_going_is_counted_and_refused_once_it_is_too_much),
		CASE(who_holds_all_the_memory_gets_no_more_connections),
		CASE(a_refusal_inside_tls_costs_its_address_a_handshake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
