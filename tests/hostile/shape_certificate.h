/* One certificate, and the chain that it stands in, as a shape describes them. */
#ifndef SHAPE_CERTIFICATE_H
#define SHAPE_CERTIFICATE_H

#include "shape.h"

struct x509_st;

struct certificate {
	const struct shape *shape;  /* for all that is not said here */
	const char *subject;        /* "": an empty name */
	struct evp_pkey_st *key;
	const char *issuer;
	const char *extensions;
};

/* Without a signature; the caller's. */
struct x509_st *certificate_make(const struct certificate *certificate);

#define CHAIN_MAX 400u
struct chain {
	struct x509_st *leaf;
	struct x509_st *between[CHAIN_MAX];
	struct x509_st *authority;
};
void chain_make(const struct shape *shape, struct chain *chain);
void chain_release(struct chain *chain);

#endif
