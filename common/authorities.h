/* Authorities: the issuers that a certificate must come from, and the name it must be for, where no pin is known. */
#ifndef AUTHORITIES_H
#define AUTHORITIES_H

#include "status.h"
#include "wire.h"

struct x509_st; /* libcrypto's */
struct x509_store_st;
struct stack_st_X509;

struct authorities {
	struct x509_store_st *store;
};

/* The certificates in PEM alone. STATUS_INVALID where there is none, or one is malformed. */
MUST_CHECK enum status authorities_parse(struct span pem, struct authorities *authorities);

/* Those that this system trusts. */
MUST_CHECK enum status authorities_system(struct authorities *authorities);

void authorities_release(struct authorities *authorities);

/*
 * Does CERTIFICATE, with CHAIN to help, come from one of them, hold now, serve for TLS, and name HOST (RFC 9525: as a DNS name,
 * or as an address where HOST is one, never in its subject)? Are its keys and signatures as strong as pins want them?
 * STATUS_UNTRUSTED where not; *REASON, static, says why.
 */
MUST_CHECK enum status authorities_verify(const struct authorities *authorities, struct x509_st *certificate,
	struct stack_st_X509 *chain, const char *host, const char **reason);

#endif
