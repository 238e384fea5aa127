/* One thread's conversation about files that are to be begun: many requests in the window, an answer for each. */
#ifndef BATCH_H
#define BATCH_H

#include "status.h"
#include "worker.h"

/*
 * Works on the files of worker->task. A file of one piece is finished here; one of several is shared as soon as its size
 * is known, its first piece received here. The status is the link's; what was not answered goes back to the queue.
 */
MUST_CHECK enum status batch_run(struct worker *worker);

#endif
