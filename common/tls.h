/* One side of a TLS connection: the handshake, bytes both ways, its end, and who the peer is. */
#ifndef TLS_H
#define TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pin.h"
#include "status.h"
#include "tls_context.h"

/*
 * Behind a stream. Non-blocking: STATUS_WANT_READ and STATUS_WANT_WRITE may come from any call, and mean the same call
 * again. A blocking descriptor whose timeout is over gives them too. It belongs to one thread at a time.
 *
 * Every read and write continues the handshake where it is not over. A client must move no bytes before it knows the server:
 * it calls tls_handshake(), looks at the peer, and tls_approve()s of it before anything else.
 *
 * Lost for good, with STATUS_PROTOCOL: a peer that speaks no TLS 1.3 with our ALPN, and one that sends many handshake
 * messages after the handshake (key updates, tickets) for little data. With STATUS_UNTRUSTED: one that shows a certificate
 * whose key it does not have. An end of the stream without TLS's own end
 * (close_notify) is STATUS_LOST: somebody may have cut it.
 */
struct tls;

struct tls_setup {
	int fd;           /* connected; stays the caller's */
	const char *host; /* a client's: the server's name for SNI (RFC 6066), NULL for none; a server's: NULL */
	uint64_t rekey;   /* bytes that are sent under one key, TLS_REKEY */
};

/* An AES-GCM key is good for 2^24.5 records (RFC 8446, section 5.5), 371 GiB of full ones. */
#define TLS_REKEY (UINT64_C(64) << 30)

MUST_CHECK enum status tls_new(const struct tls_context *context, const struct tls_setup *setup, struct tls **tls);
void tls_free(struct tls *tls);

MUST_CHECK enum status tls_handshake(struct tls *tls);
void tls_approve(struct tls *tls);

MUST_CHECK enum status tls_read(struct tls *tls, void *bytes, size_t capacity, size_t *length);

/* After STATUS_WANT_... the next write must begin with the bytes that were left, at any address, and be no shorter. */
MUST_CHECK enum status tls_write(struct tls *tls, const void *bytes, size_t length, bool more, size_t *written);

/* Where the kernel encrypts; STATUS_UNSUPPORTED elsewhere. As stream_send_file(). */
MUST_CHECK enum status tls_send_file(struct tls *tls, int file, off_t *offset, size_t length, size_t *sent);

/* Sends close_notify; the socket is shut by the caller. */
MUST_CHECK enum status tls_shut(struct tls *tls);

/* Have bytes come off the socket that the next tls_read() can give without waiting? */
bool tls_has_input(const struct tls *tls);

/* Did the last read wait for room to send, or the last write for bytes to come? The handshake has both. */
bool tls_read_wants_room(const struct tls *tls);
bool tls_write_wants_input(const struct tls *tls);

/* Was the first byte that came no TLS record's? Then the peer speaks plain, and nothing was sent to it yet. */
bool tls_met_plain(const struct tls *tls);
/* That byte. */
unsigned char tls_first_byte(const struct tls *tls);

/* The words of libssl for the last failure, for people; NULL where it had none. */
const char *tls_reason(const struct tls *tls);

/*
 * The memory of the connection between two calls, as measured: 16 KiB, and a multiple of the bytes of the certificates that
 * the peer has shown, which libssl keeps in parsed form. While only part of a record has come, so is the room to receive records;
 * until the handshake is over, so is room for the largest message that libssl accepts.
 */
size_t tls_memory(const struct tls *tls);

/* After the handshake: the peer's certificate, owned by TLS; NULL where it gave none. And the chain that it sent. */
struct x509_st *tls_peer(const struct tls *tls);
struct stack_st_X509 *tls_peer_chain(const struct tls *tls);

#endif
