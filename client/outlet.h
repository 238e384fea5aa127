/* A target that is written directly, without a partial: standard output, a FIFO, a device, /dev/null. */
#ifndef OUTLET_H
#define OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"
#include "status.h"

/*
 * Only proven bytes leave, in order: a piece is gathered until outlet_release. Of an outlet that keeps nothing
 * (/dev/null) the order does not matter, and its bytes go nowhere.
 */
struct outlet;

enum outlet_close {
	OUTLET_CLOSES, /* the descriptor is closed at the end */
	OUTLET_LEAVES, /* a standard stream, or another that was handed to us */
};

/* Takes over FD in any case. */
MUST_CHECK enum status outlet_new(int fd, enum outlet_close closing, struct outlet **outlet);
void outlet_free(struct outlet *outlet);

/* Does it keep what it gets, or is it summed? Then pieces must come one by one from the first on, each from outlet_next(). */
bool outlet_is_ordered(const struct outlet *outlet);

/* From here on the SHA-256 of all that leaves is computed, which needs their order. Before the first piece. */
MUST_CHECK enum status outlet_want_sum(struct outlet *outlet);
/* Once all has left. */
void outlet_sum(struct outlet *outlet, struct digest *sum);

/* The piece that is to come next. */
uint64_t outlet_next(const struct outlet *outlet);

/* Bytes of the piece that is to come, at OFFSET within it. */
void outlet_gather(struct outlet *outlet, size_t offset, const void *bytes, size_t length);

/* The piece of LENGTH bytes is proven: it leaves. */
MUST_CHECK enum status outlet_release(struct outlet *outlet, size_t length);

#endif
