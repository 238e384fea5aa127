/* The digest of a file here: flat, as sha256sum computes it, or the root of its tree. */
#ifndef HASHER_H
#define HASHER_H

#include <stdint.h>

#include "digest.h"
#include "status.h"

enum hasher_kind {
	HASHER_FLAT,
	HASHER_TREE,
};

/* One per thread. STATUS_INVALID and STATUS_UNSUPPORTED: FERRY_LANES is wrong, see lanes_new(). */
struct hasher;
MUST_CHECK enum status hasher_new(enum hasher_kind kind, struct hasher **hasher);
void hasher_free(struct hasher *hasher);

/* The digest of all SIZE bytes of FD. STATUS_CHANGED when it has fewer or more. */
MUST_CHECK enum status hasher_file(struct hasher *hasher, int fd, uint64_t size, struct digest *digest);

/* HASHER_TREE only: the digest of piece INDEX of a file of SIZE bytes. STATUS_CHANGED when FD ends before the piece does. */
MUST_CHECK enum status hasher_piece(struct hasher *hasher, int fd, uint64_t size, uint64_t index, struct digest *digest);

#endif
