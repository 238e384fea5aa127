/* A connection: one client on its socket, from accept to close. */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <stdint.h>

#include "address.h"
#include "peers.h"
#include "services.h"
#include "slots.h"
#include "status.h"
#include "stream.h"
#include "workbench.h"

/*
 * The owner of its slot calls connection_step(), nobody else touches it. A step receives once, serves what was asked and
 * stops when the kernel takes no more, nothing is left to do, or one quantum is used up. Between two steps a connection
 * holds no buffer unless bytes wait in one.
 *
 * The end: a connection is closed after GOODBYE, all answers and the end of the peer's stream. An end without GOODBYE, or a
 * hang-up, resets it at once, with all that was on its way. After an ERROR that concerns the connection its sending side is
 * shut, and further input is thrown away for a while: a close with unread bytes would destroy the ERROR on its way.
 */
struct connection;

/*
 * Takes over FD, a non-blocking socket, and the place in PEERS in any case. PEER, from peers_enter(), may be NULL: then
 * the client gets BUSY and nothing else. STATUS_NO_MEMORY.
 */
MUST_CHECK enum status connection_new(struct services *services, int fd, const struct address *address, struct peer *peer,
	struct connection **connection);

/*
 * Gives back its place among the peers and its part of the caps. To be called before the socket is closed: a client that sees
 * the end and connects again at once must not find its old connection still counted.
 */
void connection_leave(struct connection *connection);

/* Leaves, closes the stream, unless slots_close() has, frees everything, and leaves the gate last. */
void connection_free(struct connection *connection);

struct stream *connection_stream(struct connection *connection);

/* The events that a new connection waits for. */
struct wish connection_first_wish(const struct connection *connection);

enum connection_verdict {
	CONNECTION_WAIT,  /* arm its slot as *WISH says */
	CONNECTION_GO_ON, /* it could go on at once; *WISH says how to arm it if others come first */
	CONNECTION_CLOSE, /* close its slot and free it */
};
/* EVENTS are the EPOLL bits that led here; 0 when it just goes on. */
enum connection_verdict connection_step(struct connection *connection, struct workbench *bench, uint32_t events,
	struct wish *wish);

#endif
