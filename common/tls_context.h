/* TLS contexts: common to all connections of a server, or of a client. */
#ifndef TLS_CONTEXT_H
#define TLS_CONTEXT_H

#include "credentials.h"
#include "status.h"

struct ssl_ctx_st; /* libssl's SSL_CTX */

/*
 * TLS 1.3 (RFC 8446) and nothing older, ALPN "ferry/1" (RFC 7301), AES-GCM or ChaCha20-Poly1305. No early data, no session
 * tickets: every connection is a full handshake, so that no key outlives it. The kernel encrypts where it can (kTLS).
 * Connections hold what they need of a context: it may be released before they are.
 */
struct tls_context {
	struct ssl_ctx_st *ssl;
};

enum tls_clients {
	TLS_CLIENTS_UNASKED,
	TLS_CLIENTS_ASKED, /* for a certificate; any will do, none too: the caller judges its pin */
};

/* A client's certificate and its chain may have this many bytes: they are kept as long as it stays. */
#define TLS_CLIENTS_SHOW_MAX 16384u

/* Bytes that are received at once: four records of the largest size (RFC 8446, section 5.2). */
#define TLS_RECEIVED_MAX (4 * (16384u + 256 + 5))

MUST_CHECK enum status tls_context_server(const struct credentials *own, enum tls_clients clients, struct tls_context *context);

/* OWN may be NULL: a client without a certificate. */
MUST_CHECK enum status tls_context_client(const struct credentials *own, struct tls_context *context);

void tls_context_release(struct tls_context *context);

#define TLS_PROTOCOL "ferry/1"

#endif
