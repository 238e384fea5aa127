/* One byte stream to a peer, blocking or not: plain TCP, or TLS behind the same calls. */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "status.h"
#include "tls.h"

/*
 * Calls move what they can and report how much. On a non-blocking descriptor STATUS_WANT_READ or STATUS_WANT_WRITE tells
 * the event to wait for; either may come from any call where TLS is below. On a blocking descriptor a call that passes the
 * descriptor's SO_RCVTIMEO or SO_SNDTIMEO returns STATUS_TIMEOUT. STATUS_END is an orderly end, STATUS_LOST any other
 * loss. SIGPIPE never happens in a send; sendfile needs it ignored by the process.
 */
struct stream {
	int fd;        /* stream_close closes it */
	bool open;     /* a zeroed stream is closed */
	bool blocking; /* as the descriptor was at stream_init */
	struct tls *tls; /* NULL: plain; stream_close frees it */
};

enum stream_more {
	STREAM_LAST, /* push it out */
	STREAM_MORE, /* more follows at once (MSG_MORE) */
};

void stream_init(struct stream *stream, int fd);
void stream_close(struct stream *stream);

/*
 * From here on all that moves is encrypted, as CONTEXT says, whose side begins the handshake or awaits it. HOST is the server's name
 * (RFC 6066, 3); NULL: none is said, as at a server. STATUS_NO_MEMORY.
 */
MUST_CHECK enum status stream_secure(struct stream *stream, const struct tls_context *context, const char *host);

/* Back to plain, where tls_met_plain() and nothing else: so that a peer that speaks plain can be sent an ERROR. */
void stream_expose(struct stream *stream);

/* Goes on with TLS's handshake; STATUS_OK when it is over, or where there is none. */
MUST_CHECK enum status stream_handshake(struct stream *stream);

/* Are there bytes that the next stream_read() gives though the descriptor is not readable? */
bool stream_has_input(const struct stream *stream);

/* Does a read wait for room to send, or a write for bytes to come? */
bool stream_read_wants_room(const struct stream *stream);
bool stream_write_wants_input(const struct stream *stream);

MUST_CHECK enum status stream_read(struct stream *stream, void *bytes, size_t capacity, size_t *length);
MUST_CHECK enum status stream_write(struct stream *stream, const void *bytes, size_t length, enum stream_more more, size_t *written);

/*
 * Sends up to LENGTH bytes of FILE from *OFFSET on, which advances. STATUS_UNSUPPORTED where the stream cannot (TLS):
 * the caller reads and writes. STATUS_END where the file ended early. STATUS_IO for a read error of the file.
 */
MUST_CHECK enum status stream_send_file(struct stream *stream, int file, off_t *offset, size_t length, size_t *sent);

/* Takes the bytes that have come off the socket and drops them: nobody reads from here on. BYTES is only room. */
MUST_CHECK enum status stream_drain(struct stream *stream, void *bytes, size_t capacity);

/* Ends our direction; the peer reads an orderly end. With TLS it may have to be called again, as a write. */
MUST_CHECK enum status stream_shut(struct stream *stream);

#endif
