/* The piece digests of one file as far as they are known: set and asked in any order, compact at any size. */
#ifndef KNOWN_DIGESTS_H
#define KNOWN_DIGESTS_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"

/*
 * Memory grows with the digests that are known: blocks of 1,024 pieces, made when first needed. A digest for which there is no memory,
 * or of a file beyond a pebibyte, stays unknown: its piece is hashed again when next asked for. Not for several threads
 * at once.
 */
struct known_digests {
	uint64_t file_size;
	uint64_t piece_count;
	uint64_t known_count;
	struct known_block **blocks; /* NULL, and each of them too, until first needed */
	bool root_known;
	struct digest root;
};

void known_digests_init(struct known_digests *known, uint64_t file_size);
void known_digests_release(struct known_digests *known);

/* NULL where it is not known. The pointer holds until known_digests_forget or _release. */
const struct digest *known_digests_find(const struct known_digests *known, uint64_t piece);

/* Adds the digest of a piece that is not known. */
void known_digests_add(struct known_digests *known, uint64_t piece, const struct digest *digest);

/* Forgets everything, the root included. */
void known_digests_forget(struct known_digests *known);

/* The root, computed once; NULL until all pieces are known. */
const struct digest *known_digests_root(struct known_digests *known, struct lanes *lanes);

#endif
