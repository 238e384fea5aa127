/* One blocking connection to a server: greeting, requests out, answers in, patience. */
#ifndef LINK_H
#define LINK_H

#include <stdint.h>

#include "failure.h"
#include "frame.h"
#include "message.h"
#include "status.h"
#include "url.h"

/*
 * link_open(&url, &options, &link, &failure)
 * number = link_number(link); ..._request_encode(&writer, number, ...); link_send(link, bytes, length)
 * link_receive(link, &frame, &payload)   the next answer frame; of DATA only the header, the payload by link_view()
 * link_answered(link)                    after the last frame of an answer
 * link_close(link)                       GOODBYE, half-close, read to the end
 *
 * A link belongs to one thread at a time. It checks every frame header by frame_decode() and that answers come in the
 * order of their requests; the caller has to know which frames make a complete answer. PROGRESS is swallowed: it
 * extends the patience only if its count grew. ERROR is not swallowed: link_receive returns it as a frame, except one
 * with number 0, which breaks the link with error_status_of() its code. After any status but STATUS_OK the link is
 * broken: only link_failure, link_close and link_drop may follow.
 */
struct link;
struct limit;
struct trust;

struct link_options {
	int64_t timeout;        /* patience: nanoseconds without a byte, also for connecting */
	const char *congestion; /* NULL: the system's */
	struct limit *limit;    /* for all bytes received; NULL: none */
	unsigned links;         /* how many will receive at the same time; 0: one */
	int stop_fd;            /* readable when the run is interrupted: STATUS_INTERRUPTED; -1: none */
	struct trust *trust;    /* borrowed; NULL: no TLS, no token */
};

/*
 * A server with TLS must be trusted before anything is said to it; a token goes out with the first request, never in the
 * clear to another machine.
 */
MUST_CHECK enum status link_open(const struct url *url, const struct link_options *options, struct link **link,
	struct failure *failure);
/* An orderly end if the link is whole and nothing is unanswered, else link_drop. NULL is fine. */
void link_close(struct link *link);
/* GOODBYE and half-close alone: the caller watches how the server reacts, then drops the link. */
void link_part(struct link *link);
/* Closes at once, without a GOODBYE: the answers that are under way are not wanted. NULL is fine. */
void link_drop(struct link *link);

const struct welcome *link_welcome(const struct link *link);

/* Reserves the next request number; its frame must be the next that is sent. */
uint16_t link_number(struct link *link);

/* Does the server's window have room for one more request, whatever its length? */
bool link_has_room(const struct link *link);

/* Sends one whole request frame. The window must have room. Small requests are gathered. */
MUST_CHECK enum status link_send(struct link *link, const void *frame, size_t length);
/* Sends the requests gathered so far; receiving does this by itself. */
MUST_CHECK enum status link_flush(struct link *link);

/* The next frame of the oldest unanswered request. PAYLOAD points into the link's buffer until the next call. */
MUST_CHECK enum status link_receive(struct link *link, struct frame *frame, struct span *payload);

/* The next LENGTH bytes of a DATA payload, in the link's buffer until the next call. LENGTH is at most what is left of it. */
#define LINK_VIEW_MAX 262144u
MUST_CHECK enum status link_view(struct link *link, size_t length, struct span *bytes);

void link_answered(struct link *link);

/* Is the link broken? Then the last status was that of the link, not of one request. */
bool link_is_broken(const struct link *link);

/* Explains a status of this link in a sentence that names the server. */
void link_failure(const struct link *link, enum status status, struct failure *failure);
/*
 * The meaning of an ERROR frame's payload: error_status_of() its code, or STATUS_PROTOCOL, which breaks the link. FAILURE
 * explains it. The request was about BELOW under URL.
 */
MUST_CHECK enum status link_error(struct link *link, struct span payload, const struct url *url, struct span below,
	struct failure *failure);

/* The socket, for getsockopt(TCP_INFO) of `ferry ping`. */
int link_fd(const struct link *link);
/* Nanoseconds from connect(2) to the established connection: the three-way handshake. */
int64_t link_handshake(const struct link *link);

#endif
