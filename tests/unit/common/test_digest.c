/* Tests of pieces and roots against a naive tree: sizes, shapes, and the ways to feed a piece. */
#include "digest.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "digest_fixture.h"
#include "hashing.h"

#define EMPTY_PIECE "d88ddfeed400a8755596b21942c1497e114c302e6118290f91e6772976041fa1"

/* --- The definition, word for word: one recursive tree over all leaves of the file ------------------------------ */

static struct digest naive_node(struct flat *flat, const struct digest *leaves, size_t count, size_t width)
{
	struct digest digest = {{0}};
	if (width == 1)
		return count == 1 ? leaves[0] : digest;
	size_t half = width / 2;
	size_t left_count = count < half ? count : half;
	struct digest left = naive_node(flat, leaves, left_count, half);
	struct digest right = naive_node(flat, leaves + left_count, count - left_count, half);
	flat_add(flat, &left, sizeof left);
	flat_add(flat, &right, sizeof right);
	flat_finish(flat, &digest);
	return digest;
}

static size_t power_of_two_from(size_t count)
{
	size_t power = 1;
	while (power < count)
		power *= 2;
	return power;
}

static struct digest naive_root(const unsigned char *bytes, size_t size)
{
	size_t count = size == 0 ? 1 : (size + LEAF_SIZE - 1) / LEAF_SIZE;
	struct digest *leaves = calloc(count, sizeof *leaves);
	assert_non_null(leaves);
	struct flat *flat = flat_or_fail();
	for (size_t i = 0; i < count; i++) {
		size_t rest = size - i * LEAF_SIZE;
		flat_add(flat, bytes + i * LEAF_SIZE, rest < LEAF_SIZE ? rest : LEAF_SIZE);
		flat_finish(flat, &leaves[i]);
	}
	struct digest root = naive_node(flat, leaves, count, power_of_two_from(count));
	flat_free(flat);
	free(leaves);
	return root;
}

static struct digest root_of(struct lanes *lanes, const unsigned char *bytes, size_t size)
{
	struct root root;
	struct digest digest;
	root_start(&root);
	for (uint64_t i = 0; i < piece_count(size); i++) {
		digest = piece_of(lanes, bytes + i * PIECE_SIZE, size, i);
		root_add(&root, lanes, &digest);
	}
	root_finish(&root, lanes, &digest);
	return digest;
}

/* --- Arithmetic and constants ----------------------------------------------------------------------------------- */

static void pieces_are_counted_and_measured_to_the_byte(void **state)
{
	(void)state;
	static const struct {
		uint64_t size, count;
		uint32_t last;
	} cases[] = {
		{0, 1, 0},
		{1, 1, 1},
		{PIECE_SIZE - 1, 1, PIECE_SIZE - 1},
		{PIECE_SIZE, 1, PIECE_SIZE},
		{PIECE_SIZE + 1, 2, 1},
		{2 * PIECE_SIZE, 2, PIECE_SIZE},
		{FILE_SIZE_MAX, 1ull << 43, PIECE_SIZE - 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t count = piece_count(cases[i].size);
		assert_true(count == cases[i].count);
		assert_int_equal(piece_length(cases[i].size, count - 1), cases[i].last);
		if (count > 1)
			assert_int_equal(piece_length(cases[i].size, 0), PIECE_SIZE);
	}
}

static void the_empty_piece_is_the_node_over_64_zero_digests(void **state)
{
	(void)state;
	struct flat *flat = flat_or_fail();
	struct digest expected = naive_node(flat, NULL, 0, PIECE_LEAVES);
	flat_free(flat);
	assert_true(digest_equal(&DIGEST_EMPTY_PIECE, &expected));
	parse_digest(EMPTY_PIECE, &expected);
	assert_true(digest_equal(&DIGEST_EMPTY_PIECE, &expected));
}

static void digests_differ_by_any_bit(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < 256; bit++) {
		struct digest other = DIGEST_EMPTY_PIECE;
		other.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_false(digest_equal(&DIGEST_EMPTY_PIECE, &other));
	}
}

/* --- Against the naive tree ------------------------------------------------------------------------------------- */

static void check_sizes(enum lanes_backend backend)
{
	struct lanes *lanes = lanes_or_skip(backend);
	size_t size_max = 5 * PIECE_SIZE;
	unsigned char *bytes = random_bytes(size_max);
	uint32_t seed = 88172645;
	for (unsigned round = 0; round < 40; round++) {
		/* Every other one small: there the tree's shape depends on the number of leaves. */
		size_t size = next_random(&seed) % (round % 2 ? PIECE_SIZE + 1 : size_max + 1);
		struct digest expected = naive_root(bytes, size);
		struct digest digest = root_of(lanes, bytes, size);
		assert_memory_equal(&digest, &expected, sizeof digest);
	}
	free(bytes);
	lanes_free(lanes);
}

static void openssl_agrees_with_the_naive_tree_for_random_sizes(void **state)
{
	(void)state;
	check_sizes(LANES_OPENSSL);
}

static void multibuffer_agrees_with_the_naive_tree_for_random_sizes(void **state)
{
	(void)state;
	check_sizes(LANES_MULTIBUFFER);
}

static void a_small_file_in_one_call_has_the_same_root(void **state)
{
	(void)state;
	struct lanes *lanes = lanes_or_skip(LANES_BEST);
	unsigned char *bytes = random_bytes(PIECE_SIZE);
	for (size_t leaves = 0; leaves <= PIECE_LEAVES; leaves++) {
		size_t size = leaves * LEAF_SIZE;
		size -= leaves % 3 && size > 0 ? leaves % 3 : 0; /* with and without a short last leaf */
		struct digest expected = naive_root(bytes, size);
		struct digest digest;
		piece_digest(lanes, bytes, size, &digest);
		assert_memory_equal(&digest, &expected, sizeof digest);
	}
	free(bytes);
	lanes_free(lanes);
}

/* Pads with missing pieces where naive_node pads with zeros, so that a list of any digests has a root. */
static struct digest naive_list_root(struct flat *flat, const struct digest *pieces, size_t count)
{
	struct digest padded[256];
	size_t width = power_of_two_from(count);
	for (size_t i = 0; i < width; i++)
		padded[i] = i < count ? pieces[i] : DIGEST_EMPTY_PIECE;
	return naive_node(flat, padded, width, width);
}

static void roots_of_1_to_130_pieces_agree_with_the_naive_tree(void **state)
{
	(void)state;
	struct lanes *lanes = lanes_or_skip(LANES_BEST);
	struct flat *flat = flat_or_fail();
	struct digest pieces[130];
	for (size_t i = 0; i < 130; i++)
		memset(&pieces[i], (int)i + 1, sizeof pieces[i]);
	for (size_t count = 1; count <= 130; count++) {
		struct root root;
		struct digest digest;
		root_start(&root);
		for (size_t i = 0; i < count; i++)
			root_add(&root, lanes, &pieces[i]);
		root_finish(&root, lanes, &digest);
		struct digest expected = naive_list_root(flat, pieces, count);
		assert_memory_equal(&digest, &expected, sizeof digest);
	}
	flat_free(flat);
	lanes_free(lanes);
}

/* --- The ways to feed a piece ----------------------------------------------------------------------------------- */

static void check_chunks(struct lanes *lanes, const unsigned char *bytes, size_t size, uint32_t *seed)
{
	struct piece piece;
	struct digest digest;
	piece_start(&piece, size);
	for (size_t offset = 0; offset < size;) {
		size_t chunk = next_random(seed) % 20 * LEAF_SIZE; /* nothing at times, which is a multiple too */
		if (chunk > size - offset)
			chunk = size - offset;
		piece_add(&piece, lanes, bytes + offset, chunk);
		offset += chunk;
	}
	piece_finish(&piece, lanes, &digest);
	struct digest expected = naive_root(bytes, size);
	assert_memory_equal(&digest, &expected, sizeof digest);
}

static void a_piece_may_come_in_chunks_of_any_number_of_leaves(void **state)
{
	(void)state;
	struct lanes *lanes = lanes_or_skip(LANES_BEST);
	unsigned char *bytes = random_bytes(PIECE_SIZE);
	uint32_t seed = 521288629;
	for (unsigned round = 0; round < 60; round++)
		check_chunks(lanes, bytes, round < 10 ? PIECE_SIZE : next_random(&seed) % PIECE_SIZE, &seed);
	free(bytes);
	lanes_free(lanes);
}

#define FILE_PIECES 12
#define FILE_BYTES ((FILE_PIECES - 1) * PIECE_SIZE + 12345u)

struct crowd {
	const unsigned char *bytes;
	atomic_uint next;
	struct digest pieces[FILE_PIECES];
};

/* Takes pieces in an order that is none (5 and 12 have no common divisor), whichever thread comes first. */
static void *hash_pieces(void *argument)
{
	struct crowd *crowd = argument;
	struct lanes *lanes;
	if (lanes_new(LANES_BEST, &lanes) != STATUS_OK)
		return NULL; /* the digests stay zero */
	for (unsigned turn; (turn = atomic_fetch_add(&crowd->next, 1)) < FILE_PIECES;) {
		unsigned index = turn * 5 % FILE_PIECES;
		crowd->pieces[index] = piece_of(lanes, crowd->bytes + (size_t)index * PIECE_SIZE, FILE_BYTES, index);
	}
	lanes_free(lanes);
	return NULL;
}

static void pieces_in_any_order_from_several_threads_give_the_root(void **state)
{
	(void)state;
	unsigned char *bytes = random_bytes(FILE_BYTES);
	struct crowd crowd = {.bytes = bytes};
	pthread_t threads[3];
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, hash_pieces, &crowd), 0);
	for (size_t i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);

	struct lanes *lanes = lanes_or_skip(LANES_BEST);
	struct root root;
	struct digest digest;
	root_start(&root);
	for (size_t i = 0; i < FILE_PIECES; i++)
		root_add(&root, lanes, &crowd.pieces[i]);
	root_finish(&root, lanes, &digest);
	struct digest expected = naive_root(bytes, FILE_BYTES);
	assert_memory_equal(&digest, &expected, sizeof digest);
	lanes_free(lanes);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_counted_and_measured_to_the_byte),
		cmocka_unit_test(the_empty_piece_is_the_node_over_64_zero_digests),
		cmocka_unit_test(digests_differ_by_any_bit),
		cmocka_unit_test(openssl_agrees_with_the_naive_tree_for_random_sizes),
		cmocka_unit_test(multibuffer_agrees_with_the_naive_tree_for_random_sizes),
		cmocka_unit_test(a_small_file_in_one_call_has_the_same_root),
		cmocka_unit_test(roots_of_1_to_130_pieces_agree_with_the_naive_tree),
		cmocka_unit_test(a_piece_may_come_in_chunks_of_any_number_of_leaves),
		cmocka_unit_test(pieces_in_any_order_from_several_threads_give_the_root),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
