/* What is here already of a file: which of its pieces the partial or the older file may hold, and their bytes. */
#ifndef LOCAL_H
#define LOCAL_H

#include "digest.h"
#include "download.h"
#include "lanes.h"
#include "status.h"

/*
 * Marks the pieces of DOWNLOAD that have any data in its partial (PIECE_LOCAL) or else in its basis (PIECE_BASIS); holes, which
 * SEEK_DATA tells, are left to be fetched. That saves work and proves nothing. Where the basis is proven in its place all
 * pieces are the basis'.
 */
void local_mark(struct download *download);

/*
 * Reads PIECE from FD and hashes it; BYTES gets all of it, PIECE_SIZE at most. STATUS_END where the file ends before
 * the piece does.
 */
MUST_CHECK enum status local_piece(const struct download *download, int fd, uint64_t piece, struct lanes *lanes, unsigned char *bytes,
	struct digest *digest);

#endif
