/* The socket below TLS: libssl's own BIO, but without signals, and with a say in when bytes are sent. */
#ifndef TLS_SOCKET_H
#define TLS_SOCKET_H

#include <stdbool.h>

struct bio_st; /* libcrypto's BIO */

/* Passed to and from the BIO beside the bytes; lives as long as the BIO. */
struct tls_socket {
	bool more;        /* in: more follows at once (MSG_MORE) */
	bool closed;      /* in: nothing moves any more */
	bool heard;       /* out: something was received, and it began with */
	unsigned char first;
	bool starved;     /* out: the last receive found nothing */
	bool ended;       /* out: the peer's end was received */
	int error;        /* out: errno of the last failure that waiting does not cure; 0: none */
};

/* NULL without memory. The BIO never closes FD. */
struct bio_st *tls_socket_bio(int fd, struct tls_socket *socket);

#endif
