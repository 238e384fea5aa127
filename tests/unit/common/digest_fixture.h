/* Digests for tests: of one piece, from text, and with a flat hash at hand. */
#ifndef DIGEST_FIXTURE_H
#define DIGEST_FIXTURE_H

#include "digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static inline struct flat *flat_or_fail(void)
{
	struct flat *flat = NULL;
	assert_int_equal(flat_new(&flat), STATUS_OK);
	return flat;
}

static inline void parse_digest(const char *hex, struct digest *digest)
{
	for (size_t i = 0; i < sizeof digest->bytes; i++) {
		unsigned byte;
		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		digest->bytes[i] = (unsigned char)byte;
	}
}

static inline struct digest piece_of(struct lanes *lanes, const unsigned char *bytes, uint64_t size, uint64_t index)
{
	struct piece piece;
	struct digest digest;
	piece_start(&piece, size);
	piece_add(&piece, lanes, bytes, piece_length(size, index));
	piece_finish(&piece, lanes, &digest);
	return digest;
}

#endif
