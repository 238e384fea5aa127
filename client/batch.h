/* One thread's conversation about files that are to be begun: many requests in the window, an answer for each. */
#ifndef BATCH_H
#define BATCH_H

#include "worker.h"

/*
 * Works on the files of worker->task. A file of one piece is finished here; one of several is shared as soon as its size
 * is known, and its first piece is received here. Files without an answer go back to the queue.
 */
void batch_run(struct worker *worker);

#endif
