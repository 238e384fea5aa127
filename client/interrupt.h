/* INT, TERM and HUP: blocked for every thread, seen through a descriptor, obeyed at the end. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <pthread.h>
#include <stdint.h>

#include "status.h"

/*
 * interrupt_open(&interrupt, patience)   before the first thread starts
 * ... every wait also waits for interrupt_fd(), which is readable from the first signal on ...
 * interrupt_close(&interrupt)            unblocks: a pending signal now ends the process, as it would have at first
 *
 * The signal stays pending, so any number of threads can see it. One that was ignored when the program started (nohup)
 * stays ignored. When interrupt_close() has not been called PATIENCE nanoseconds after the first signal, say because nobody
 * reads the output of this process, the signal ends the process all the same: a thread sees to that.
 */
struct interrupt {
	int fd; /* -1: not open */
	int closed; /* an event */
	int64_t patience;
	pthread_t thread;
};

MUST_CHECK enum status interrupt_open(struct interrupt *interrupt, int64_t patience);
int interrupt_fd(const struct interrupt *interrupt);
void interrupt_close(struct interrupt *interrupt);

#endif
