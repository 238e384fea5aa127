/* One thread's work on pieces that are here already: asks for their digests and holds the local bytes against them. */
#ifndef VERIFY_H
#define VERIFY_H

#include "download.h"
#include "worker.h"

/*
 * Verifies RUN and gives it back. A piece that is wrong in the partial is looked for in the older file; if it is there it is
 * written into the partial, from the very buffer that was hashed. A piece that neither has is to be fetched.
 */
void verify_run(struct worker *worker, struct download *download, const struct piece_run *run);

#endif
