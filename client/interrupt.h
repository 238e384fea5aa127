/* INT, TERM and HUP: blocked for every thread, seen through a descriptor, obeyed at the end. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <pthread.h>
#include <stdint.h>

#include "status.h"

/*
 * interrupt_open(&interrupt, patience)   before the first thread starts
 * ... whatever waits also waits for interrupt_fd(): it is readable once a signal has come, and stays so ...
 * interrupt_close(&interrupt)            unblocks: a signal that has come now ends the process as it would have at once
 *
 * Nobody takes the signal away, so any number of threads can see it. One that was ignored when the program started
 * (nohup) stays ignored. Where interrupt_close() has not been called PATIENCE nanoseconds after the first signal, say because nobody
 * reads what this process writes, the signal ends the process all the same: a thread waits for that.
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
