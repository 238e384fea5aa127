/* What a link holds and how its bytes move; private to the files link*.c. */
#ifndef LINK_STATE_H
#define LINK_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "link.h"
#include "stream.h"

struct unanswered {
	uint16_t number;
	uint16_t length; /* bytes of the request's frame */
};

#define LINK_INPUT_SIZE (LINK_VIEW_MAX + 32768u)
#define LINK_OUTPUT_SIZE FRAME_REQUEST_SIZE

struct link {
	struct stream stream;
	struct link_options options;
	struct welcome welcome;
	enum frame_phase phase;
	int64_t handshake;
	int64_t deadline;
	uint64_t progress; /* of the oldest unanswered request */
	bool broken;
	char *peer;                     /* HOST:PORT, printable */
	char complaint[ERROR_TEXT_MAX]; /* the text of an ERROR with number 0, printable */
	unsigned retry_after_ms;
	bool complained;
	bool tls; /* the peer of a plain link began with a TLS record */

	unsigned char *input;
	size_t input_start, input_end;
	unsigned char output[LINK_OUTPUT_SIZE];
	size_t output_length;

	struct unanswered *ring; /* of welcome.window_requests places */
	unsigned ring_first, ring_count;
	uint32_t unanswered_bytes;
	uint16_t last_number;
};

/* TLS and trust, before anything is sent; does nothing for a plain URL. Any failure is explained. */
MUST_CHECK enum status link_secure(struct link *link, const struct url *url, struct failure *failure);
/* Gathers the token for URL's server, if there is one. */
MUST_CHECK enum status link_show_token(struct link *link, const struct url *url, struct failure *failure);

/* Marks the link as broken; returns the status for the caller. */
MUST_CHECK enum status link_fail(struct link *link, enum status status);

/* Room left in the server's window: requests and bytes that may be sent now. */
unsigned link_window_requests(const struct link *link);
uint32_t link_window_bytes(const struct link *link);

/* The patience begins anew. */
void link_be_patient(struct link *link);

/* Receives until NEEDED bytes are at input_start, contiguous. */
MUST_CHECK enum status link_fill(struct link *link, size_t needed);
/* The next LENGTH bytes, which must have been filled. */
struct span link_take(struct link *link, size_t length);
/* Waits until the stream can go on; WANTED is the STATUS_WANT_READ or STATUS_WANT_WRITE that it returned. */
MUST_CHECK enum status link_await(struct link *link, enum status wanted);
/* One read of at least a byte. */
MUST_CHECK enum status link_receive_some(struct link *link, size_t capacity);

/* Adds a frame to what link_flush() sends. */
MUST_CHECK enum status link_gather(struct link *link, const void *bytes, size_t length);

/* The next frame, of any kind; of DATA the header alone. */
MUST_CHECK enum status link_receive_frame(struct link *link, struct frame *frame, struct span *payload);
/* Takes down the text of an ERROR with number 0, which ends the connection. Returns its meaning. */
MUST_CHECK enum status link_handle_complaint(struct link *link, struct span payload);

#endif
