/* How others learn that the server serves: ready line, --ready-fd, --port-file, sd_notify. */
#ifndef READY_H
#define READY_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "complaint.h"
#include "status.h"

struct ready {
	bool tls;
	int fd; /* -1: none */
	const char *port_file; /* NULL: none */
	int notify; /* ready's own: a service manager's socket, -1 for none */
};

/* Can the ready line be written there? To be called before a descriptor of ours could take that number. */
MUST_CHECK enum status ready_check_fd(int fd, struct complaint *complaint);

/* Removes an old port file, so that its ports are never taken for new ones; only a regular file is removed. */
MUST_CHECK enum status ready_clear(const struct ready *ready, struct complaint *complaint);

/*
 * Does everything that needs a path, once every address is bound and before a sandbox denies it: writes the port file, which is
 * thus there when the line is read, and connects to $NOTIFY_SOCKET. Only a port file that can't be written is an error.
 */
MUST_CHECK enum status ready_prepare(struct ready *ready, const struct address *addresses, size_t count,
	struct complaint *complaint);

/*
 * Announces that the server serves at ADDRESSES: the line to ready->fd, which is closed, and to stdout, then READY=1 to
 * the service manager. A reader that went away is logged.
 */
MUST_CHECK enum status ready_announce(const struct ready *ready, const struct address *addresses, size_t count,
	struct complaint *complaint);

/* Tells a service manager that the server stops. */
void ready_stopping(const struct ready *ready);

/* Closes the descriptors that ready_prepare has opened. */
void ready_release(struct ready *ready);

/* "ready ferry://127.0.0.1:7440/ ..." with a line break; NULL without memory. The caller frees. */
char *ready_line(const struct ready *ready, const struct address *addresses, size_t count);

#endif
