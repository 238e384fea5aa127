/* Certificates of odd shapes: what a hostile peer shows of itself, described line by line and baked to the byte. */
#ifndef SHAPE_H
#define SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "pin.h"

struct evp_pkey_st; /* libcrypto's and libssl's */
struct ssl_ctx_st;

enum shape_key {
	SHAPE_P256,
	SHAPE_OTHER_P256,
	SHAPE_P384,
	SHAPE_ED25519,
	SHAPE_ED448,
	SHAPE_RSA_512,
	SHAPE_RSA_1024,
	SHAPE_RSA_2048,
	SHAPE_RSA_16384,
	SHAPE_SECP256K1,
	SHAPE_BRAINPOOL,
	SHAPE_EXPLICIT, /* P-256, its curve spelled out */
	SHAPE_AUTHORITY, /* P-256: of whoever signs */
	SHAPE_KEYS,
};

/* Made when first needed, kept to the end of the program. */
struct evp_pkey_st *shape_key(enum shape_key kind);

enum shape_signer {
	SIGNED_BY_AUTHORITY, /* through those between, where there are any */
	SIGNED_BY_ITSELF,
	SIGNED_BY_STRANGER,  /* who bears the authority's name */
};

enum shape_chain {
	CHAIN_SHOWN,
	CHAIN_WITHHELD,
	CHAIN_REVERSED,
	CHAIN_CIRCULAR, /* the uppermost is signed by the lowest */
	CHAIN_CROWDED,  /* the leaf stands in it again and again, before the others */
};

/* What becomes of the leaf's bytes at last. */
enum shape_bend {
	BEND_NOTHING,
	BEND_TRAILING,  /* one byte too many behind it */
	BEND_CUT,       /* its last byte is missing */
	BEND_SIGNATURE, /* one bit of its signature is another */
	BEND_LENGTH,    /* its outer length claims 2^31 - 1 bytes */
	BEND_NOISE,     /* bytes that are no DER at all */
};

/* A zeroed one is sound: P-256, signed by the authority, for localhost and 127.0.0.1. */
struct shape {
	enum shape_key key;        /* what the leaf names */
	bool unproven;             /* the handshake is signed by another key than that, if of the same kind */
	int version;               /* as certificates count; 0: 3; below that there are no extensions */
	const char *subject;       /* its common name; NULL: "leaf", "": none at all */
	const char *names;         /* subjectAltName; NULL: localhost and 127.0.0.1, "": none */
	unsigned spare_names;      /* others, beside those */
	const char *extensions;    /* further ones as in openssl.cnf(5), one a line */
	unsigned padding;          /* bytes of one that nobody knows */
	const char *begins, *ends; /* GeneralizedTime, or UTCTime where it has 13 characters; NULL: 2020, 2040; never looked at */
	const char *serial;        /* hexadecimal, may have a minus; NULL: 1 */
	const char *digest;        /* NULL: SHA256 */
	enum shape_signer signer;
	enum shape_key authority_key; /* SHAPE_P256: SHAPE_AUTHORITY */
	const char *authority;     /* the authority's extensions; NULL: CA:TRUE */
	unsigned between;          /* authorities between it and the leaf */
	const char *middle;        /* their extensions; NULL: CA:TRUE */
	enum shape_chain chain;
	enum shape_bend bend;
	bool trusts_leaf;          /* --ca gets the leaf, not the authority */
};

/* What a shape becomes: made when first asked for, the same from then on. SHAPE stays where it is. Any thread may call. */
struct papers;
const struct papers *papers_of(const struct shape *shape);

/* What --ca takes: PEM. */
const char *papers_bundle(const struct papers *papers);
/* That of the key that the leaf names. */
const struct pin *papers_pin(const struct papers *papers);

enum papers_side { PAPERS_SERVER, PAPERS_CLIENT };
/* TLS 1.3 with our ALPN that shows the papers, whatever they are; the caller's. */
struct ssl_ctx_st *papers_context(const struct papers *papers, enum papers_side side);

#endif
