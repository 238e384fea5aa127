/* The end of all waiting: by a signal, or because the run has seen enough. */
#ifndef HALT_H
#define HALT_H

#include "status.h"

/*
 * halt_open(&halt, interrupt_fd)   before the first thread starts
 * ... every wait also waits for halt.fd, which is readable from the signal, or from halt_now(), on ...
 * halt_now(&halt)                  any thread, any number of times
 * halt_close(&halt)
 */
struct halt {
	int fd;
	int event; /* ours */
};

MUST_CHECK enum status halt_open(struct halt *halt, int interrupt_fd);
void halt_now(const struct halt *halt);
void halt_close(struct halt *halt);

#endif
