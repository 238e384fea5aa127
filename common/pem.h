/* PEM text (RFC 7468): certificates and keys one after another, and nobody is asked for a password. */
#ifndef PEM_H
#define PEM_H

#include "status.h"
#include "wire.h"

struct bio_st; /* libcrypto's */
struct x509_st;
struct evp_pkey_st;

/* Longer text is refused before it is read. */
#define PEM_TEXT_MAX 262144u

/* Of TEXT, borrowed; NULL where it is too long, or there is no memory. The caller frees it. */
struct bio_st *pem_open(struct span text);

/* The caller frees the result. STATUS_END: no more in TEXT. STATUS_INVALID: malformed, or encrypted. */
MUST_CHECK enum status pem_certificate(struct bio_st *text, struct x509_st **certificate);
MUST_CHECK enum status pem_key(struct bio_st *text, struct evp_pkey_st **key);

#endif
