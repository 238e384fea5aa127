/* Credentials: a certificate with its private key, as PEM text and in memory; peers know them by the pin of the key. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <stddef.h>

#include "pin.h"
#include "status.h"
#include "wire.h"

struct x509_st; /* libcrypto's X509 and EVP_PKEY */
struct evp_pkey_st;

struct credentials {
	struct x509_st *certificate;
	struct stack_st_X509 *chain; /* certificates that lead from it towards an authority; may be empty */
	struct evp_pkey_st *key;
};

/*
 * CERTIFICATE and KEY are PEM and may be the same text. STATUS_INVALID where one of them is missing, malformed or encrypted
 * (see pem.h), STATUS_MISMATCH where they do not belong together.
 */
MUST_CHECK enum status credentials_parse(struct span certificate, struct span key, struct credentials *credentials);
void credentials_release(struct credentials *credentials);

/*
 * New credentials as PEM, the key first: ECDSA P-256 (FIPS 186-4), self-signed for NAME. They have no end that matters
 * (RFC 5280, section 4.1.2.5: 9999-12-31), since peers know them by the pin. The caller clears and frees the text.
 */
MUST_CHECK enum status credentials_make(const char *name, char **text, size_t *length);

/* The pin of a certificate's key. STATUS_UNTRUSTED where its secret can be computed: such a key identifies nobody. */
MUST_CHECK enum status certificate_pin(const struct x509_st *certificate, struct pin *pin);

#endif
