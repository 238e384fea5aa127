/* The watch over a server from its ready line to its end: signals, the end of stdin, reloads. */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>

#include "guard.h"
#include "ready.h"
#include "server.h"
#include "settings.h"
#include "status.h"

struct watch {
	int argc;
	char **argv; /* SIGHUP reads it again */
	const struct settings *settings;
	const struct shares *shares;
	const struct guard *guard;
	const struct ready *ready;
	struct server *server;
	int signal_fd;
	bool stopping; /* false at first */
};

/*
 * Blocks the signals that are watched and ignores SIGPIPE; *SIGNAL_FD tells of them, the caller closes it. To be called
 * before the first thread, which inherits all this.
 */
MUST_CHECK enum status watch_signals(const struct settings *settings, int *signal_fd);

/*
 * SIGTERM, SIGINT and the end of stdin (--until-eof) drain the server, a second signal stops it at once. SIGHUP reads the
 * settings again where -c named a file, and is a SIGTERM elsewhere. Returns when no connection is left.
 */
void watch_until_done(struct watch *watch);

#endif
