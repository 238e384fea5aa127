/* Tests of the digests known of one file: blocks, gaps, forgetting, the root. */
#include "known_digests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "hashing.h"

static struct digest numbered(uint64_t number)
{
	struct digest digest = {{0xd1}};

	memcpy(digest.bytes + 1, &number, sizeof(number));
	return digest;
}

static void add_numbered(struct known_digests *known, uint64_t piece)
{
	struct digest digest = numbered(piece);

	known_digests_add(known, piece, &digest);
}

static void assert_known(const struct known_digests *known, uint64_t piece)
{
	struct digest expected = numbered(piece);
	const struct digest *found = known_digests_find(known, piece);

	assert_non_null(found);
	assert_true(digest_equal(found, &expected));
}

static void nothing_is_known_at_first(void **state)
{
	struct known_digests known;

	(void)state;
	known_digests_init(&known, 5000 * (uint64_t)PIECE_SIZE);
	assert_null(known_digests_find(&known, 0));
	assert_null(known_digests_find(&known, 4999));
	known_digests_release(&known);
}

static void a_known_digest_leaves_its_neighbours_unknown(void **state)
{
	static const uint64_t pieces[] = {0, 63, 64, 1023, 1024, 2047, 4999};
	struct known_digests known;

	(void)state;
	known_digests_init(&known, 5000 * (uint64_t)PIECE_SIZE);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		add_numbered(&known, pieces[i]);
	for (uint64_t piece = 0, next = 0; piece < 5000; piece++) {
		if (piece == pieces[next]) {
			assert_known(&known, piece);
			next++;
		} else {
			assert_null(known_digests_find(&known, piece));
		}
	}
	known_digests_release(&known);
}

static void a_huge_file_remembers_and_a_monstrous_one_goes_without(void **state)
{
	static const uint64_t sizes[] = {UINT64_C(1) << 50, (UINT64_C(1) << 50) + 1, FILE_SIZE_MAX};
	struct known_digests known;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint64_t last = piece_count(sizes[i]) - 1;
		known_digests_init(&known, sizes[i]);
		add_numbered(&known, last);
		assert_int_equal(known_digests_find(&known, last) != NULL, i == 0);
		assert_int_equal(known.known_count, i == 0);
		assert_null(known_digests_find(&known, 0));
		known_digests_release(&known);
	}
}

static void forgetting_takes_all_digests_and_the_root(void **state)
{
	struct lanes *lanes = lanes_or_skip(LANES_OPENSSL);
	struct known_digests known;

	(void)state;
	known_digests_init(&known, 2 * PIECE_SIZE);
	add_numbered(&known, 0);
	add_numbered(&known, 1);
	assert_non_null(known_digests_root(&known, lanes));
	known_digests_forget(&known);
	assert_null(known_digests_find(&known, 0));
	assert_null(known_digests_root(&known, lanes));
	add_numbered(&known, 1);
	assert_known(&known, 1);
	assert_null(known_digests_root(&known, lanes));
	known_digests_release(&known);
	lanes_free(lanes);
}

static void the_root_is_that_of_all_pieces_in_order(void **state)
{
	struct lanes *lanes = lanes_or_skip(LANES_OPENSSL);
	struct known_digests known;
	struct root root;
	struct digest expected;

	(void)state;
	known_digests_init(&known, 2500 * (uint64_t)PIECE_SIZE - 7);
	root_start(&root);
	for (uint64_t piece = 0; piece < 2500; piece++) {
		struct digest digest = numbered(piece);
		root_add(&root, lanes, &digest);
	}
	root_finish(&root, lanes, &expected);
	for (uint64_t piece = 2500; piece-- > 0;) {
		assert_null(known_digests_root(&known, lanes));
		add_numbered(&known, piece);
	}
	assert_true(digest_equal(known_digests_root(&known, lanes), &expected));
	assert_true(digest_equal(known_digests_root(&known, lanes), &expected));
	known_digests_release(&known);
	lanes_free(lanes);
}

static void the_root_of_one_piece_is_its_digest(void **state)
{
	struct lanes *lanes = lanes_or_skip(LANES_OPENSSL);
	struct known_digests known;
	struct digest only = numbered(0);

	(void)state;
	known_digests_init(&known, 0);
	add_numbered(&known, 0);
	assert_true(digest_equal(known_digests_root(&known, lanes), &only));
	known_digests_release(&known);
	lanes_free(lanes);
}

static void releasing_a_zeroed_one_does_nothing(void **state)
{
	struct known_digests known = {0};

	(void)state;
	known_digests_release(&known);
	known_digests_release(&known);
	assert_null(known.blocks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(a_known_digest_leaves_its_neighbours_unknown),
		cmocka_unit_test(a_huge_file_remembers_and_a_monstrous_one_goes_without),
		cmocka_unit_test(forgetting_takes_all_digests_and_the_root),
		cmocka_unit_test(the_root_is_that_of_all_pieces_in_order),
		cmocka_unit_test(the_root_of_one_piece_is_its_digest),
		cmocka_unit_test(releasing_a_zeroed_one_does_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
