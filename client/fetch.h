/* One thread's conversation about a run of pieces. */
#ifndef FETCH_H
#define FETCH_H

#include "download.h"
#include "worker.h"

/* Asks for RUN, receives it and gives it back. */
void fetch_run(struct worker *worker, struct download *download, const struct piece_run *run);

/*
 * Receives the pieces of RUN, of whose answer FILE has come, and gives it back; does what has to be done then. The answer
 * is complete afterwards, or the link was dropped because nobody wants the rest; it is lost where this is no success.
 */
MUST_CHECK enum status fetch_pieces(struct worker *worker, struct download *download, const struct piece_run *run);

#endif
