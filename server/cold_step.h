/* Steps of replies beside the disk: with their data in memory, or with a permit to wait for it. */
#ifndef COLD_STEP_H
#define COLD_STEP_H

#include "cold.h"
#include "reply.h"

/*
 * Steps REPLY, or brings into memory what its next step begins to send, or parks it in the queue for a permit as WAITER,
 * which is its conversation's.
 */
enum reply_result cold_step(struct reply *reply, struct cold_waiter *waiter, struct turn *turn);

#endif
