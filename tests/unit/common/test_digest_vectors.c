/* Tests of pieces and roots against vectors that another implementation confirmed, with either backend. */
#include "digest.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "digest_fixture.h"
#include "hashing.h"

#define VECTORS "tests/vectors/tree-digests.tsv"

struct vector {
	uint64_t size;
	struct digest root;
	struct digest list; /* SHA-256 over all piece digests */
};

static bool next_vector(FILE *file, struct vector *vector)
{
	char line[256];
	do {
		if (!fgets(line, sizeof line, file))
			return false;
	} while (line[0] == '#');
	char root[65], list[65];
	assert_int_equal(sscanf(line, "%" SCNu64 "\t%64[0-9a-f]\t%64[0-9a-f]\n", &vector->size, root, list), 3);
	parse_digest(root, &vector->root);
	parse_digest(list, &vector->list);
	return true;
}

/* The vectors' file: byte i is i mod 251. Fills one piece of it. */
static void fill_piece(unsigned char *bytes, uint64_t index)
{
	unsigned value = (unsigned)(index * PIECE_SIZE % 251);
	for (size_t i = 0; i < PIECE_SIZE; i++) {
		bytes[i] = (unsigned char)value;
		value = value == 250 ? 0 : value + 1;
	}
}

static void check_vector(struct lanes *lanes, struct flat *flat, const struct vector *vector)
{
	unsigned char *bytes = malloc(PIECE_SIZE);
	assert_non_null(bytes);
	struct root root;
	struct digest digest;
	root_start(&root);
	for (uint64_t i = 0; i < piece_count(vector->size); i++) {
		fill_piece(bytes, i);
		digest = piece_of(lanes, bytes, vector->size, i);
		root_add(&root, lanes, &digest);
		flat_add(flat, &digest, sizeof digest);
	}
	free(bytes);
	root_finish(&root, lanes, &digest);
	assert_memory_equal(&digest, &vector->root, sizeof digest);
	flat_finish(flat, &digest);
	assert_memory_equal(&digest, &vector->list, sizeof digest);
}

static void check_vectors(enum lanes_backend backend)
{
	struct lanes *lanes = lanes_or_skip(backend);
	struct flat *flat = flat_or_fail();
	FILE *file = fopen(VECTORS, "re");
	assert_non_null(file);
	struct vector vector;
	unsigned count = 0;
	for (; next_vector(file, &vector); count++)
		check_vector(lanes, flat, &vector);
	assert_true(count >= 21);
	assert_true(vector.size > 64 * PIECE_SIZE);
	fclose(file);
	flat_free(flat);
	lanes_free(lanes);
}

static void openssl_agrees_with_the_vectors(void **state)
{
	(void)state;
	check_vectors(LANES_OPENSSL);
}

static void multibuffer_agrees_with_the_vectors(void **state)
{
	(void)state;
	check_vectors(LANES_MULTIBUFFER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_agrees_with_the_vectors),
		cmocka_unit_test(multibuffer_agrees_with_the_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
