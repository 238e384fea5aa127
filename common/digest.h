/* The tree digest of a file: leaves, pieces and root as BitTorrent v2 (BEP 52) defines them. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lanes.h"

/*
 * leaf   16 KiB block, the last one at its true length
 * piece  aligned 1 MiB span: 64 leaves
 * node   SHA-256(left || right)
 *
 * A file has max(1, ceil(size / 1 MiB)) pieces; an empty file has one piece of length 0. The only piece of a file is
 * padded with zero digests to the next power of two of its own leaves, and its digest is the root. With several
 * pieces each is padded to 64 leaves, and above them a missing piece counts as DIGEST_EMPTY_PIECE.
 * Compare (size, root), never the root alone.
 */
#define LEAF_SIZE 16384u
#define PIECE_SIZE 1048576u
#define PIECE_LEAVES (PIECE_SIZE / LEAF_SIZE)

/* No file is larger: off_t's maximum. */
#define FILE_SIZE_MAX ((uint64_t)INT64_MAX)

/* The node over 64 zero digests: a missing piece. */
extern const struct digest DIGEST_EMPTY_PIECE;

/* How many pieces a file of SIZE bytes has: at least one. */
uint64_t piece_count(uint64_t size);

/* Bytes of piece INDEX, 0..PIECE_SIZE; INDEX must be below piece_count(size). */
uint32_t piece_length(uint64_t size, uint64_t index);

bool digest_equal(const struct digest *a, const struct digest *b);

/*
 * The digest of one piece, fed in order:
 *
 * struct piece piece;
 * piece_start(&piece, size);
 * piece_add(&piece, lanes, bytes, length);   as often as needed
 * piece_finish(&piece, lanes, &digest);
 *
 * Every piece_add but the last takes a multiple of LEAF_SIZE; the leaves of one call are hashed together, so 256 KiB
 * a call keep all lanes full. A piece of no bytes needs no piece_add.
 */
struct piece {
	struct digest leaves[PIECE_LEAVES];
	unsigned leaf_count;
	bool alone;
};

/* FILE_SIZE tells whether the piece is the file's only one. */
void piece_start(struct piece *piece, uint64_t file_size);
void piece_add(struct piece *piece, struct lanes *lanes, const void *bytes, size_t length);
void piece_finish(struct piece *piece, struct lanes *lanes, struct digest *digest);

/* A whole small file in one call: the digest of its only piece, thus its root. LENGTH is at most PIECE_SIZE. */
void piece_digest(struct lanes *lanes, const void *bytes, size_t length, struct digest *digest);

/*
 * The root from the piece digests, fed in order; needs O(log pieces) memory.
 * root_finish must see exactly piece_count(file_size) digests.
 */
#define ROOT_LEVELS 44
struct root {
	struct digest pending[ROOT_LEVELS];
	uint64_t count;
};

void root_start(struct root *root);
void root_add(struct root *root, struct lanes *lanes, const struct digest *piece);
void root_finish(struct root *root, struct lanes *lanes, struct digest *digest);

#endif
