/* A target that is written directly, without a partial: standard output, a FIFO, a device, /dev/null. */
#ifndef OUTLET_H
#define OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"
#include "status.h"

/*
 * Only proven bytes are written, in order: a piece is gathered until outlet_release. For /dev/null, which keeps nothing, order
 * does not matter and nothing is written.
 */
struct outlet;

enum outlet_close {
	OUTLET_CLOSES, /* the descriptor is closed at the end */
	OUTLET_LEAVES, /* a standard stream, or another that we were started with */
};

/* Takes over FD even on failure. */
MUST_CHECK enum status outlet_new(int fd, enum outlet_close closing, struct outlet **outlet);
void outlet_free(struct outlet *outlet);

/* Does order matter, because the outlet keeps its bytes or computes a sum? Then the next piece must always be outlet_next(). */
bool outlet_is_ordered(const struct outlet *outlet);

/* Computes the SHA-256 of all bytes, which makes the outlet ordered. Before the first piece. */
MUST_CHECK enum status outlet_want_sum(struct outlet *outlet);
/* The SHA-256, once all pieces were released. */
void outlet_sum(struct outlet *outlet, struct digest *sum);

/* The index of the next piece. */
uint64_t outlet_next(const struct outlet *outlet);

/* Adds bytes of the next piece, at OFFSET within it. */
void outlet_gather(struct outlet *outlet, size_t offset, const void *bytes, size_t length);

/* The next piece, of LENGTH bytes, is proven: writes it. */
MUST_CHECK enum status outlet_release(struct outlet *outlet, size_t length);

#endif
