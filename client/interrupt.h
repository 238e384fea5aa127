/* INT, TERM and HUP: blocked for every thread, seen through a descriptor, obeyed at the end. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include "status.h"

/*
 * interrupt_open(&interrupt)      before the first thread starts
 * ... whatever waits also waits for interrupt_fd(): it is readable once a signal has come, and stays so ...
 * interrupt_close(&interrupt)     unblocks: a signal that has come now ends the process as it would have at once
 *
 * Nobody takes the signal away, so any number of threads can see it. One that was ignored when the program started
 * (nohup) stays ignored.
 */
struct interrupt {
	int fd; /* -1: not open */
};

MUST_CHECK enum status interrupt_open(struct interrupt *interrupt);
int interrupt_fd(const struct interrupt *interrupt);
void interrupt_close(struct interrupt *interrupt);

#endif
