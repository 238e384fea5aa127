/* Tests of pieces and roots against vectors, against a naive tree, and of one backend against the other. */
#include "digest.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define VECTORS "tests/vectors/tree-digests.tsv"

struct vector {
	uint64_t size;
	struct digest root;
	struct digest list; /* SHA-256 over all piece digests */
};

static void parse_digest(const char *hex, struct digest *digest)
{
	for (size_t i = 0; i < sizeof digest->bytes; i++) {
		unsigned byte;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		digest->bytes[i] = (unsigned char)byte;
	}
}

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

static void check_vector(struct lanes *lanes, const struct vector *vector)
{
	unsigned char *bytes = malloc(PIECE_SIZE);
	assert_non_null(bytes);
	struct flat *flat;
	assert_int_equal(flat_new(&flat), STATUS_OK);
	struct root root;
	root_start(&root);
	struct digest digest;
	for (uint64_t i = 0; i < piece_count(vector->size); i++) {
		struct piece piece;
		fill_piece(bytes, i);
		piece_start(&piece, vector->size);
		piece_add(&piece, lanes, bytes, piece_length(vector->size, i));
		piece_finish(&piece, lanes, &digest);
		root_add(&root, lanes, &digest);
		flat_add(flat, &digest, sizeof digest);
	}
	root_finish(&root, lanes, &digest);
	assert_memory_equal(&digest, &vector->root, sizeof digest);
	flat_finish(flat, &digest);
	assert_memory_equal(&digest, &vector->list, sizeof digest);
	flat_free(flat);
	free(bytes);
}

static void check_vectors(enum lanes_backend backend)
{
	struct lanes *lanes;
	enum status status = lanes_new(backend, &lanes);
	if (status == STATUS_UNSUPPORTED)
		skip();
	assert_int_equal(status, STATUS_OK);
	FILE *file = fopen(VECTORS, "re");
	assert_non_null(file);
	struct vector vector;
	unsigned count = 0;
	for (; next_vector(file, &vector); count++)
		check_vector(lanes, &vector);
	assert_in_range(count, 21, 1000);
	fclose(file);
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
