/* Steps a connection: waits for its turn, receives, serves, closes. */
#include "connection.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "conversation.h"
#include "deadlines.h"
#include "identity.h"
#include "last_folder.h"
#include "log.h"
#include "minimum_rate.h"

#define LINGER_TURNS 1000 /* a client that keeps sending is not listening to its final ERROR */
#define TURN_AGAIN CLOCK_SECOND /* after which a handshake that got no turn asks again: no ERROR can be sent before it */

struct connection {
	struct conversation conversation;
	struct stream stream;
	struct visitor *visitor;
	struct ticket *handshake; /* heap, until it may begin; NULL: it has, or there is none */
	bool left;            /* its place among the peers and its part of the caps are given back */
	bool ended;           /* the peer's stream ended */
	bool quiet;           /* nothing was under way, in either direction, when this turn began */
	struct deadlines deadlines;
	unsigned lingered;    /* turns in which it only waited for the peer to go */
	size_t memory;        /* as it was counted last */
};

/* The connection waits for its turn before any work on TLS. A refusal has had its turn already: see peers_enter(). */
static enum status secure(struct connection *connection, struct identity *identity, const struct peer *peer)
{
	if (!identity)
		return STATUS_OK;
	if (peer)
		connection->handshake = calloc(1, sizeof(*connection->handshake));
	return connection->handshake || !peer ? identity_secure(identity, &connection->stream) : STATUS_NO_MEMORY;
}

static void discard(struct connection *connection)
{
	stream_close(&connection->stream);
	free(connection->handshake);
	visitor_free(connection->visitor);
	free(connection);
}

/* Tells the caps how much heap is held now. */
static void count_memory(struct connection *connection, size_t memory)
{
	struct services *services = connection->conversation.services;

	caps_change(&services->caps, connection->visitor->part, CAP_MEMORY, connection->memory, memory);
	connection->memory = memory;
}

static size_t memory_of(const struct connection *connection)
{
	const struct tls *tls = connection->stream.tls;

	return sizeof(*connection) + (tls ? tls_memory(tls) : 0) + conversation_memory(&connection->conversation);
}

enum status connection_new(struct services *services, int fd, const struct address *address, struct peer *peer,
	struct connection **out)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	enum status status = STATUS_NO_MEMORY;

	if (!connection) {
		close(fd);
		peers_leave(services->peers, peer);
		return status;
	}
	stream_init(&connection->stream, fd);
	connection->visitor = visitor_new(address, peer_part(peer));
	if (connection->visitor)
		status = secure(connection, services->identity, peer);
	if (status != STATUS_OK) {
		discard(connection);
		peers_leave(services->peers, peer);
		return status;
	}
	gate_enter(&services->gate);
	conversation_init(&connection->conversation, services, peer, connection->visitor, &connection->stream);
	deadlines_init(&connection->deadlines, &connection->conversation, fd);
	count_memory(connection, memory_of(connection));
	*out = connection;
	return STATUS_OK;
}

void connection_leave(struct connection *connection)
{
	struct services *services = connection->conversation.services;

	if (connection->left)
		return;
	connection->left = true;
	conversation_release(&connection->conversation);
	count_memory(connection, 0);
	peers_leave(services->peers, connection->conversation.peer);
}

void connection_free(struct connection *connection)
{
	struct services *services = connection->conversation.services;

	connection_leave(connection);
	log_line(LOG_DEBUG, "event=close peer=%s", connection->visitor->text);
	discard(connection);
	gate_leave(&services->gate);
}

struct stream *connection_stream(struct connection *connection)
{
	return &connection->stream;
}

struct wish connection_first_wish(const struct connection *connection)
{
	/* A refusal begins with our ERROR, any other connection with the client's greeting. */
	return (struct wish){
		.read = true,
		.write = !connection->conversation.peer,
		.deadline = deadlines_end(&connection->deadlines),
		.wake = CLOCK_NEVER,
	};
}

/* Throws away all input until it ends. */
static enum connection_verdict linger(struct connection *connection, struct workbench *bench, struct wish *wish)
{
	enum status status = stream_drain(&connection->stream, bench->input, WORKBENCH_INPUT);

	if ((status != STATUS_OK && status != STATUS_WANT_READ) || ++connection->lingered > LINGER_TURNS)
		return CONNECTION_CLOSE;
	*wish = (struct wish){.read = true, .deadline = deadlines_end(&connection->deadlines), .wake = CLOCK_NEVER};
	return CONNECTION_WAIT;
}

/* Closing the socket is an orderly end for plain TCP; TLS needs a close_notify before. */
static enum connection_verdict close_orderly(struct connection *connection)
{
	if (connection->stream.tls && stream_shut(&connection->stream) != STATUS_OK)
		log_line(LOG_DEBUG, "event=close peer=%s end=cut", connection->visitor->text);
	return CONNECTION_CLOSE;
}

static enum connection_verdict part(struct connection *connection, struct workbench *bench, struct wish *wish)
{
	/* With nothing under way that could destroy the ERROR there is no need to wait. */
	if (connection->ended || (connection->quiet && connection->conversation.failure == STATUS_STOPPING))
		return close_orderly(connection);
	if (stream_shut(&connection->stream) != STATUS_OK)
		return CONNECTION_CLOSE;
	deadlines_linger(&connection->deadlines);
	return linger(connection, bench, wish);
}

static enum connection_verdict wait_as(struct connection *connection, enum pace pace, int64_t park_until, struct wish *wish)
{
	const struct stream *stream = &connection->stream;
	bool pending = output_is_pending(&connection->conversation.output);
	/* No event reports bytes that have already left the socket. */
	bool wants_room = stream_read_wants_room(stream), reads = !connection->ended && !wants_room;
	bool goes_on = pace == PACE_QUANTUM || (reads && stream_has_input(stream));

	/* No event comes while the socket has no room: a reply that only computes gets its next turn all the same. */
	if (pace == PACE_QUANTUM)
		park_until = clock_now() + CLOCK_SECOND;
	*wish = (struct wish){
		/* Bytes that must not be read yet would be reported for ever, and so would the end. */
		.read = reads,
		.write = (pending && !stream_write_wants_input(stream)) || goes_on || wants_room,
		.deadline = deadlines_end(&connection->deadlines),
		.wake = deadlines_wake(&connection->deadlines, park_until),
	};
	return goes_on ? CONNECTION_GO_ON : CONNECTION_WAIT;
}

/* STATUS is the outcome of receiving. False if the connection is of no more use. */
static bool goes_on_after(struct connection *connection, enum status status)
{
	struct conversation *conversation = &connection->conversation;

	switch (status) {
	case STATUS_OK:
	case STATUS_WANT_READ:
	case STATUS_WANT_WRITE:
	case STATUS_PROTOCOL:
		break;
	case STATUS_END:
		connection->ended = true;
		break;
	case STATUS_LOST:
		/* With TLS this is an end without close_notify, such as the reaper causes. */
		connection->ended = connection->stream.tls;
		if (connection->ended)
			break;
		return false;
	default:
		return false;
	}
	if (!connection->ended || conversation->goodbye || conversation->state >= CONVERSATION_FAILING)
		return true;
	/* Either the client has gone, or the reaper has ended a wait in vain. A client that is not reading gets no ERROR. */
	if (!deadlines_passed(&connection->deadlines) || output_is_pending(&conversation->output))
		return false;
	conversation_fail(conversation, STATUS_TIMEOUT);
	return true;
}

/* TLS has failed. libssl has sent an alert, except after a flood; a client that speaks plain where TLS is due gets an ERROR. */
static enum pace turn_away(struct connection *connection)
{
	struct stream *stream = &connection->stream;
	bool plain = tls_met_plain(stream->tls);
	const char *reason = plain ? "the client does not speak TLS" : tls_reason(stream->tls);

	log_line(LOG_INFO, "event=tls peer=%s result=failed reason=\"%s\"", connection->visitor->text, reason ? reason : "a flood");
	if (!plain)
		return reason ? PACE_OVER : PACE_LOST;
	stream_expose(stream);
	/* An ERROR may wait for the handshake: none of it is out, and a connection ends with one. */
	output_unsay(&connection->conversation.output);
	conversation_fail(&connection->conversation, STATUS_PROTOCOL);
	return PACE_GO_ON;
}

/* Has the client asked nothing, and acknowledged everything? */
static bool is_quiet(const struct connection *connection)
{
	return conversation_is_idle(&connection->conversation) && minimum_rate_queue(connection->stream.fd) == 0;
}

/* Receives and serves between conversation_begin and _end. */
static enum pace take_turn(struct connection *connection, struct workbench *bench, int64_t *park_until)
{
	struct conversation *conversation = &connection->conversation;
	uint64_t handed = output_handed(&conversation->output);
	struct last_folder last_folder;
	enum status status = STATUS_WANT_READ;

	if (gate_stage(&conversation->services->gate) != GATE_SERVING)
		connection->quiet = is_quiet(connection);
	if (!connection->ended)
		status = conversation_receive(conversation, bench);
	connection->quiet &= status == STATUS_WANT_READ;
	enum pace pace = status == STATUS_PROTOCOL || status == STATUS_UNTRUSTED ? turn_away(connection) : PACE_GO_ON;
	if (pace != PACE_GO_ON)
		return pace;
	if (!goes_on_after(connection, status))
		return PACE_LOST;
	last_folder_init(&last_folder);
	pace = conversation_serve(conversation, bench, &last_folder, park_until);
	last_folder_release(&last_folder);
	deadlines_note(&connection->deadlines, status == STATUS_OK, handed);
	/* A client that is not reading would not receive an ERROR either. */
	return deadlines_too_slow(&connection->deadlines) ? PACE_LOST : pace;
}

/* Nobody waits for unsent bytes, or nobody shall have them: the kernel drops them now instead of keeping them for minutes. */
static enum connection_verdict abandon(const struct connection *connection)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};

	setsockopt(connection->stream.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	return CONNECTION_CLOSE;
}

/* May the handshake begin? If not, *WISH waits for its turn. */
static bool has_turn(struct connection *connection, struct wish *wish)
{
	struct services *services = connection->conversation.services;
	int64_t now = clock_now();

	if (!connection->handshake)
		return true;
	int64_t turn = caps_ask(&services->caps, connection->visitor->part, CAP_HANDSHAKES, connection->handshake, 1, now);
	if (turn != 0) {
		*wish = (struct wish){.deadline = deadlines_end(&connection->deadlines), .wake = turn == CLOCK_NEVER ? now + TURN_AGAIN : turn};
		return false;
	}
	free(connection->handshake);
	connection->handshake = NULL;
	return true;
}

enum connection_verdict connection_step(struct connection *connection, struct workbench *bench, uint32_t events,
	struct wish *wish)
{
	struct conversation *conversation = &connection->conversation;
	int64_t park_until = CLOCK_NEVER;

	if (gate_stage(&conversation->services->gate) == GATE_CUT)
		return abandon(connection);
	if (connection->deadlines.lingers)
		return linger(connection, bench, wish);
	if (events & (EPOLLERR | EPOLLHUP))
		return abandon(connection);
	if (!has_turn(connection, wish))
		return CONNECTION_WAIT;
	conversation_begin(conversation, bench);
	enum pace pace = take_turn(connection, bench, &park_until);
	if (pace == PACE_LOST || conversation_end(conversation) != STATUS_OK)
		return abandon(connection);
	count_memory(connection, memory_of(connection));
	if (pace == PACE_OVER)
		return part(connection, bench, wish);
	if (pace == PACE_ANSWERED && connection->ended)
		return close_orderly(connection);
	return wait_as(connection, pace, park_until, wish);
}
