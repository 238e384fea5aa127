/* Prewarming: computes the digests of all shares while nobody else needs the machine. */
#ifndef PREWARM_H
#define PREWARM_H

#include "services.h"
#include "status.h"

/*
 * A thread walks as a recursive listing does, looks at files of more than one piece and has an idle thread hash the pieces
 * that are not remembered; a file that changed within the last two seconds gets that time to settle. It reads on in a folder
 * only when the idle thread gets to run. When all is done, or prewarm_halt() was called, it ends after a log line; until then
 * it is inside the gate.
 */
struct prewarm;

MUST_CHECK enum status prewarm_start(struct services *services, struct prewarm **prewarm);

/* Returns at once; the thread ends within a piece. NULL is fine. */
void prewarm_halt(struct prewarm *prewarm);

/* Halts it, waits for its end and frees. NULL is fine. */
void prewarm_free(struct prewarm *prewarm);

#endif
