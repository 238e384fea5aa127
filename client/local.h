/* What is here already of a file: which of its pieces the partial or the older file may hold. */
#ifndef LOCAL_H
#define LOCAL_H

#include "download.h"

/*
 * Marks the pieces of DOWNLOAD that have any data in its partial (PIECE_LOCAL) or else in its basis (PIECE_BASIS); pieces in holes
 * are left to be fetched. This saves work and proves nothing. When the basis is proven in its place, all pieces are PIECE_BASIS.
 */
void local_mark(struct download *download);

#endif
