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
	bool flip_anywhere; /* one bit in either, somewhere else each time */
	bool spare_fresh;   /* but not where the client asked for FRESH */
	atomic_long flips_left; /* stop flipping after so many */
	atomic_long flipped;
	uint64_t flip_at;   /* one bit of this byte of every connection, framing or not; UINT64_MAX: none */
};

/* The frames of one direction, byte by byte. */
struct frame_walk {
	unsigned char header[8];
	uint32_t header_length;
	uint32_t payload_length;
	uint32_t payload_seen;
};

/* Follows one connection: one thread watches the client, one damages what the server sends. */
struct damage {
	struct damage_plan *plan;
	uint64_t seen;
	uint32_t place; /* of the next flip, counted from the beginning of the payload; UINT32_MAX: none in this frame */
	struct frame_walk requests;
	struct frame_walk answers;
	_Atomic unsigned char fresh[8192]; /* a bit for each request number */
};

void damage_start(struct damage *damage, struct damage_plan *plan);

/* The next LENGTH bytes from the client. Before they are passed on. */
void damage_watch(struct damage *damage, const unsigned char *bytes, size_t length);

/* Damages the next LENGTH bytes from the server in place. */
void damage_apply(struct damage *damage, unsigned char *bytes, size_t length);

#endif
