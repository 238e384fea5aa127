/* An idle thread: does one job at a time when no other thread wants to run, and holds no lock meanwhile. */
#ifndef IDLE_THREAD_H
#define IDLE_THREAD_H

#include "status.h"

/*
 * A thread of idle priority may be left without the processor for seconds. Were it to hold a lock then, everybody else would
 * wait for it. So the thread that has the work to do is an ordinary one, which asks the idle one for nothing but the long
 * part, and waits.
 */
struct idle_thread;

/* NAME as for thread_start(). */
MUST_CHECK enum status idle_thread_start(const char *name, struct idle_thread **thread);

/* Waits for its end and frees. NULL is fine. */
void idle_thread_free(struct idle_thread *thread);

/* Returns when the thread has run JOB, which must take no lock; with NULL, when the thread got to run at all. */
void idle_thread_do(struct idle_thread *thread, void (*job)(void *argument), void *argument);

#endif
