/* The listener: one thread that accepts connections on every listening socket, within the caps. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stddef.h>

#include "reaper.h"
#include "services.h"
#include "slots.h"
#include "status.h"

struct listener;

/* The receivers of a listener's connections; all of them outlive the listener. */
struct listener_setup {
	const int *fds; /* non-blocking, listening; taken over in any case */
	size_t fd_count;
	struct services *services;
	struct slots *slots;
	struct reaper *reaper;
};
MUST_CHECK enum status listener_start(const struct listener_setup *setup, struct listener **listener);

/* Makes the thread close its sockets and leave the gate. Returns at once; more than once is fine. */
void listener_close(struct listener *listener);

/* Closes, waits for the thread and frees. NULL is fine. */
void listener_free(struct listener *listener);

#endif
