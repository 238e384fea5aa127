/* Tests of piece maps: what is claimed, what is given back, when all is proven. */
#include "piece_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hashing.h"

static struct piece_map make_map(uint64_t count)
{
	struct piece_map map;

	assert_int_equal(piece_map_init(&map, count), STATUS_OK);
	return map;
}

static struct piece_run claim(struct piece_map *map, enum piece_state state, uint32_t max)
{
	struct piece_run run = {.count = 0};

	assert_true(piece_map_claim(map, state, max, &run));
	return run;
}

static void assert_run(struct piece_run run, uint64_t first, uint32_t count)
{
	assert_int_equal(run.first, first);
	assert_int_equal(run.count, count);
}

static void runs_are_claimed_in_order_and_only_once(void **state)
{
	struct piece_map map = make_map(10);
	struct piece_run run;

	(void)state;
	assert_run(claim(&map, PIECE_MISSING, 4), 0, 4);
	assert_run(claim(&map, PIECE_MISSING, 4), 4, 4);
	assert_run(claim(&map, PIECE_MISSING, 4), 8, 2);
	assert_false(piece_map_claim(&map, PIECE_MISSING, 4, &run));
	piece_map_release(&map);
}

static void a_run_ends_where_the_state_does(void **state)
{
	struct piece_map map = make_map(10);

	(void)state;
	piece_map_set(&map, 3, PIECE_LOCAL);
	piece_map_set(&map, 4, PIECE_LOCAL);
	assert_run(claim(&map, PIECE_MISSING, 100), 0, 3);
	assert_run(claim(&map, PIECE_LOCAL, 100), 3, 2);
	assert_run(claim(&map, PIECE_MISSING, 100), 5, 5);
	piece_map_release(&map);
}

static void what_was_given_back_is_claimed_again_first(void **state)
{
	struct piece_map map = make_map(10);

	(void)state;
	claim(&map, PIECE_MISSING, 6);
	piece_map_set(&map, 2, PIECE_MISSING);
	assert_run(claim(&map, PIECE_MISSING, 100), 2, 1);
	assert_run(claim(&map, PIECE_MISSING, 100), 6, 4);
	piece_map_release(&map);
}

static void suspects_are_claimed_one_by_one(void **state)
{
	struct piece_map map = make_map(4);

	(void)state;
	piece_map_set(&map, 1, PIECE_SUSPECT);
	piece_map_set(&map, 2, PIECE_SUSPECT);
	assert_run(claim(&map, PIECE_SUSPECT, 100), 1, 1);
	assert_run(claim(&map, PIECE_SUSPECT, 100), 2, 1);
	piece_map_release(&map);
}

static void all_are_proven_when_the_last_one_is(void **state)
{
	struct digest digest = {{0}};
	struct piece_map map = make_map(3);

	(void)state;
	claim(&map, PIECE_MISSING, 3);
	for (uint64_t i = 0; i < 3; i++) {
		assert_false(piece_map_all_proven(&map));
		piece_map_prove(&map, i, &digest);
	}
	assert_true(piece_map_all_proven(&map));
	piece_map_release(&map);
}

static void the_root_is_that_of_the_digests_in_the_order_of_pieces(void **state)
{
	struct lanes *lanes = lanes_or_skip(LANES_OPENSSL);
	struct piece_map map = make_map(3);
	struct digest digests[3] = {{{1}}, {{2}}, {{3}}}, found, wanted;
	struct root root;

	(void)state;
	root_start(&root);
	for (int i = 0; i < 3; i++)
		root_add(&root, lanes, &digests[i]);
	root_finish(&root, lanes, &wanted);
	for (int i = 2; i >= 0; i--)
		piece_map_prove(&map, (uint64_t)i, &digests[i]);
	piece_map_root(&map, lanes, &found);
	assert_memory_equal(&found, &wanted, sizeof(found));
	piece_map_release(&map);
	lanes_free(lanes);
}

static void more_pieces_than_can_be_held_are_too_large(void **state)
{
	struct piece_map map;

	(void)state;
	assert_int_equal(piece_map_init(&map, UINT64_MAX / PIECE_SIZE), STATUS_TOO_LARGE);
}

/* Claims, gives back and proves at random; every piece must be in exactly one hand, and all end proven. */
static void nothing_is_lost_or_claimed_twice(void **state)
{
	enum { COUNT = 200 };
	struct piece_map map = make_map(COUNT);
	unsigned char held[COUNT] = {0};
	struct digest digest = {{0}};
	struct piece_run run = {.count = 0};
	uint32_t seed = 12345;

	(void)state;
	while (piece_map_claim(&map, next_random(&seed) % 2 ? PIECE_MISSING : PIECE_SUSPECT, 1 + next_random(&seed) % 9, &run) ||
		!piece_map_all_proven(&map)) {
		for (uint64_t i = run.first; i < run.first + run.count; i++) {
			assert_int_equal(held[i]++, 0);
			uint32_t fate = next_random(&seed) % 3;
			if (fate == 0)
				piece_map_prove(&map, i, &digest);
			else
				piece_map_set(&map, i, fate == 1 ? PIECE_MISSING : PIECE_SUSPECT);
			held[i] = map.states[i] == PIECE_PROVEN;
		}
		run.count = 0;
	}
	piece_map_release(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_claimed_in_order_and_only_once),
		cmocka_unit_test(a_run_ends_where_the_state_does),
		cmocka_unit_test(what_was_given_back_is_claimed_again_first),
		cmocka_unit_test(suspects_are_claimed_one_by_one),
		cmocka_unit_test(all_are_proven_when_the_last_one_is),
		cmocka_unit_test(the_root_is_that_of_the_digests_in_the_order_of_pieces),
		cmocka_unit_test(more_pieces_than_can_be_held_are_too_large),
		cmocka_unit_test(nothing_is_lost_or_claimed_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
