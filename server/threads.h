/* Threads: how many can run at once, and how one is started, with a small stack and a name. */
#ifndef THREADS_H
#define THREADS_H

#include <pthread.h>

#include "status.h"

/* How many processors this process may use; at least 1. */
unsigned threads_cores(void);

/* NAME has at most 15 characters. STATUS_BUSY: the system gives no more threads. */
MUST_CHECK enum status thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *argument);

#endif
