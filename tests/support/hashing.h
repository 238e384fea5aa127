/* What tests that hash share: lanes or a skipped test, and the same random bytes on every run and machine. */
#ifndef HASHING_H
#define HASHING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lanes.h"

/* Skips the test where the backend cannot run; test_lanes fails where it should. */
static inline struct lanes *lanes_or_skip(enum lanes_backend backend)
{
	struct lanes *lanes = NULL;
	enum status status = lanes_new(backend, &lanes);
	if (status == STATUS_UNSUPPORTED)
		skip();
	assert_int_equal(status, STATUS_OK);
	return lanes;
}

/* Xorshift; SEED must not be 0. */
static inline uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static inline unsigned char *random_bytes(size_t length)
{
	uint32_t seed = 2463534242;
	unsigned char *bytes = malloc(length);
	assert_non_null(bytes);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)next_random(&seed);
	return bytes;
}

#endif
