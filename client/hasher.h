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

/* One per thread. STATUS_INVALID and STATUS_UNSUPPORTED: what FERRY_LANES asks for, see lanes_new(). */
struct hasher;
MUST_CHECK enum status hasher_new(enum hasher_kind kind, struct hasher **hasher);
void hasher_free(struct hasher *hasher);

/* Reads FD from its start to SIZE bytes. STATUS_CHANGED where it has fewer or more. */
MUST_CHECK enum status hasher_file(struct hasher *hasher, int fd, uint64_t size, struct digest *digest);

/* The digest of piece INDEX of a file of SIZE bytes; HASHER_TREE. STATUS_CHANGED where it ends before the piece does. */
MUST_CHECK enum status hasher_piece(struct hasher *hasher, int fd, uint64_t size, uint64_t index, struct digest *digest);

#endif
