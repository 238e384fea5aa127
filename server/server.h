/* The running server: all its threads behind one handle, from the first connection to the last. */
#ifndef SERVER_H
#define SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "content.h"
#include "settings.h"
#include "share.h"
#include "status.h"

/*
 * server_start(&setup, &server);
 * ... the ready line, perhaps server_prewarm(server); main polls its signals and server_done_fd() ...
 * server_drain(server);   at the first signal
 * server_stop(server);    at the second one
 * ... server_done_fd() turns readable ...
 * server_totals(server, &totals);
 * server_free(server);
 *
 * One thread, main's, makes these calls. Signals must be blocked and SIGPIPE ignored before server_start: every thread
 * inherits that.
 */
struct server;
struct access;
struct identity;

struct server_setup {
	/* These are used, never owned, and must outlive the server. */
	const struct settings *settings;
	const struct shares *shares;
	struct contents *contents;
	struct access *access;
	struct identity *identity; /* NULL: plain */
	/* Bound, listening, non-blocking sockets. server_start takes them over in any case and closes them. */
	const int *listeners;
	size_t listener_count;
};

/*
 * Starts the accept thread, the workers and the reaper; serves from here on. STATUS_INVALID for a wrong FERRY_LANES,
 * STATUS_NO_MEMORY, STATUS_NO_FD, STATUS_NO_THREAD otherwise.
 */
MUST_CHECK enum status server_start(const struct server_setup *setup, struct server **server);

/* Starts to compute the digests of all shares in the background, until all are known or the server stops; once. */
MUST_CHECK enum status server_prewarm(struct server *server);

/* Takes the caps of these settings, which may be released afterwards. */
void server_renew(struct server *server, const struct settings *settings);

/*
 * Closes the listeners and every idle connection; replies that run get settings->drain_deadline, then they are cut.
 * Returns at once. Calling it again changes nothing.
 */
void server_drain(struct server *server);

/* Cuts every connection now. Returns at once; may be called without server_drain. */
void server_stop(struct server *server);

/*
 * Turns readable, for poll(2), when server_drain or server_stop was called, no connection is left and prewarming has ended. Never
 * read it.
 */
int server_done_fd(const struct server *server);

struct server_totals {
	uint64_t requests;    /* answered, whatever the answer */
	uint64_t sent;        /* bytes of files */
	uint64_t hashed;      /* bytes of files */
	uint64_t connections; /* accepted, refused ones included */
};
void server_totals(const struct server *server, struct server_totals *totals);

/* Stops what still runs, joins every thread and frees. NULL is fine. */
void server_free(struct server *server);

#endif
