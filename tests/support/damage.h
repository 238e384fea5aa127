/* What a bad network does to the bytes that a server sends: exactly here, exactly this often. */
#ifndef DAMAGE_H
#define DAMAGE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Written once before the first connection; what is counted, over all connections. */
struct damage_plan {
	bool flip_pieces;   /* one bit in the bytes of every DATA frame */
	bool flip_trailers; /* one bit in the digest of every DATA frame */
	atomic_long flips_left; /* stop flipping after so many */
	uint64_t flip_at;   /* one bit of this byte of every connection, framing or not; UINT64_MAX: none */
};

/* Follows the frames of one connection. */
struct damage {
	struct damage_plan *plan;
	uint64_t seen;
	unsigned char header[8];
	uint32_t header_length;
	uint32_t payload_length;
	uint32_t payload_seen;
};

void damage_start(struct damage *damage, struct damage_plan *plan);

/* Damages the next LENGTH bytes in place. */
void damage_apply(struct damage *damage, unsigned char *bytes, size_t length);

#endif
