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
 * link_send(link, bytes, length)         whole request frames; numbers come from link_number()
 * link_receive(link, &frame, &payload)   the next answer frame; for DATA only its header, then link_read()
 * link_close(link)                       GOODBYE, half-close, read to the end
 *
 * A link belongs to one thread at a time. It checks every frame header by frame_decode() and that answers come in the
 * order of their requests. PROGRESS is swallowed: it extends the patience only if its count grew. ERROR is not
 * swallowed: link_receive returns it as a frame. After any status but STATUS_OK the link is broken; only link_close
 * may follow. The patience is options.timeout nanoseconds without a byte.
 */
struct link;

struct link_options {
	int64_t timeout;        /* nanoseconds without a byte, also for connecting */
	const char *congestion; /* NULL: the system's */
	int stop_fd;            /* becomes readable when the run is interrupted; -1: none */
};

MUST_CHECK enum status link_open(const struct url *url, const struct link_options *options, struct link **link,
	struct failure *failure);
void link_close(struct link *link);
/* Closes at once, without a GOODBYE: nobody wants the answers that are under way. */
void link_drop(struct link *link);

const struct welcome *link_welcome(const struct link *link);

/* Reserves the next request number. */
uint16_t link_number(struct link *link);

/* Room left in the server's window: requests and bytes that may be sent now. */
unsigned link_window_requests(const struct link *link);
uint32_t link_window_bytes(const struct link *link);

/* Sends one whole request frame. The window must have room. */
MUST_CHECK enum status link_send(struct link *link, const void *frame, size_t length);
/* Small requests are gathered; this pushes them out. link_receive does it before it waits. */
MUST_CHECK enum status link_flush(struct link *link);

/*
 * The next frame of the oldest unanswered request. PAYLOAD points into the link's buffer until the next call; for DATA it
 * is empty and link_read takes frame.length bytes. The caller says with link_answered() when an answer was complete.
 */
MUST_CHECK enum status link_receive(struct link *link, struct frame *frame, struct span *payload);
/* Exactly LENGTH bytes of a DATA payload. */
MUST_CHECK enum status link_read(struct link *link, void *bytes, size_t length);
void link_answered(struct link *link);

/* Explains a status of this link in a sentence that names the server. */
void link_failure(const struct link *link, enum status status, struct failure *failure);
/* Explains an ERROR frame's payload. WHAT is the path it is about. */
void link_error_failure(const struct link *link, struct span payload, const struct url *url, struct span below,
	struct failure *failure);

/* The socket, for getsockopt(TCP_INFO) of `ferry ping`. */
int link_fd(const struct link *link);
/* Nanoseconds from connect(2) to the established connection: the three-way handshake. */
int64_t link_handshake(const struct link *link);

#endif
