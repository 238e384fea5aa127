/* Many SHA-256 at once: one interface, two backends (OpenSSL EVP, libipsec-mb multi-buffer). */
#ifndef LANES_H
#define LANES_H

#include <stddef.h>

#include "status.h"

/* SHA-256 output (FIPS 180-4), 32 bytes. */
struct digest {
	unsigned char bytes[32];
};

enum lanes_backend {
	LANES_BEST,        /* the one that FERRY_LANES asks for, else the fastest that this machine can run */
	LANES_OPENSSL,     /* OpenSSL EVP, one message after the other; the reference, always there */
	LANES_MULTIBUFFER, /* libipsec-mb, 2 to 16 messages at once; x86-64 with SHA-NI or AVX2 and built in */
};

/* One per thread; never shared. Holds the backend's manager or context. */
struct lanes;

/*
 * STATUS_UNSUPPORTED where the backend is not built in or the CPU lacks it, STATUS_INVALID for an unknown word in
 * FERRY_LANES ("openssl", "multibuffer"; empty counts as unset), STATUS_NO_MEMORY.
 *
 * The first call of a process makes OpenSSL read its configuration file: let it come before a sandbox does.
 */
MUST_CHECK enum status lanes_new(enum lanes_backend backend, struct lanes **lanes);
void lanes_free(struct lanes *lanes);

/* "openssl" or "multibuffer": the one that really runs. */
const char *lanes_name(const struct lanes *lanes);

/* The longest message that lanes_sha256 takes, in bytes (libipsec-mb refuses more than 65,535). */
#define LANES_MESSAGE_MAX 65535

struct lane {
	const void *bytes;
	size_t length; /* at most LANES_MESSAGE_MAX */
	struct digest *digest;
};

/* No backend hashes more messages side by side: one message of a leaf leaves most lanes empty, a batch of so many fills them. */
#define LANES_BATCH 16u

/*
 * Hashes COUNT independent messages; their order does not matter, their lengths may differ. Fastest with multiples of
 * LANES_BATCH messages of about one length; a few small ones cost no more than with OpenSSL. No digest may lie within a message.
 */
void lanes_sha256(struct lanes *lanes, const struct lane *messages, size_t count);

/* One message of any length as a stream: the flat SHA-256 that sha256sum prints. */
struct flat;
MUST_CHECK enum status flat_new(struct flat **flat);
void flat_free(struct flat *flat);
void flat_add(struct flat *flat, const void *bytes, size_t length);
/* Writes the digest and starts anew. */
void flat_finish(struct flat *flat, struct digest *digest);

#endif
