/* One thread's conversation about a run of pieces. */
#ifndef FETCH_H
#define FETCH_H

#include "download.h"
#include "worker.h"

/* Asks for RUN, receives it and gives it back. */
void fetch_run(struct worker *worker, struct download *download, const struct piece_run *run);

/*
 * Receives the pieces of RUN, once FILE of the answer has come, gives RUN back and does the duty that the queue returns.
 * Afterwards the answer is complete, or the link was dropped because its rest was not wanted; the link is lost if this fails.
 */
MUST_CHECK enum status fetch_pieces(struct worker *worker, struct download *download, const struct piece_run *run);

#endif
