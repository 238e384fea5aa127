/* Bakes certificates. */
#include "shape.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "shape_certificate.h"
#include "sockets.h"
#include "tls_context.h"

#define SHOWN_MAX 512u
#define CROWD 100u

/* A certificate as it is sent. */
struct paper {
	unsigned char *bytes;
	int length;
};

struct papers {
	const struct shape *shape;
	struct papers *next;
	struct paper shown[SHOWN_MAX]; /* the leaf first */
	size_t count;
	struct pin pin;
	char *bundle;
};

/* --- What goes over the wire ----------------------------------------------------------------------------------------- */

static int paper_index = -1;

/*
 * libssl asks this for the bytes of each certificate that it sends. It finds this one first; where the certificate carries
 * a paper, that is what it gets.
 */
int i2d_X509(const X509 *certificate, unsigned char **out)
{
	static int (*honest)(const X509 *, unsigned char **);
	const struct paper *paper = paper_index < 0 ? NULL : X509_get_ex_data(certificate, paper_index);

	if (!honest)
		*(void **)&honest = dlsym(RTLD_NEXT, "i2d_X509");
	if (!paper)
		return honest(certificate, out);
	if (out) {
		memcpy(*out, paper->bytes, (size_t)paper->length);
		*out += paper->length;
	}
	return paper->length;
}

/* A certificate that libssl likes, for KEY, which is sent as PAPER. */
static X509 *carrier(const struct paper *paper, EVP_PKEY *key)
{
	const struct certificate plain = {.shape = &(struct shape){.version = 3}, .subject = "", .key = key, .issuer = "", .extensions = ""};
	X509 *certificate = certificate_make(&plain);

	/* Not to be written to, but ex_data knows no const. */
	if (X509_set_ex_data(certificate, paper_index, (void *)(uintptr_t)paper) != 1)
		give_up("ex_data");
	return certificate;
}

/* Which key can sign a handshake? */
static EVP_PKEY *hand(const struct shape *shape)
{
	switch (shape->key) {
	case SHAPE_RSA_512:
	case SHAPE_SECP256K1:
	case SHAPE_BRAINPOOL:
		return shape_key(SHAPE_P256);
	default:
		return shape_key(shape->unproven ? SHAPE_OTHER_P256 : shape->key);
	}
}

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *length, const unsigned char *offered,
	unsigned offered_length, void *context)
{
	(void)ssl;
	(void)context;
	(void)offered;
	(void)offered_length;
	*out = (const unsigned char *)TLS_PROTOCOL;
	*length = sizeof(TLS_PROTOCOL) - 1;
	return SSL_TLSEXT_ERR_OK;
}

SSL_CTX *papers_context(const struct papers *papers, enum papers_side side)
{
	SSL_CTX *context = SSL_CTX_new(side == PAPERS_SERVER ? TLS_server_method() : TLS_client_method());
	EVP_PKEY *key = hand(papers->shape);
	X509 *leaf = carrier(&papers->shown[0], key);

	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_num_tickets(context, 0);
	SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
	SSL_CTX_set_alpn_protos(context, (const unsigned char *)"\x07" TLS_PROTOCOL, sizeof(TLS_PROTOCOL));
	if (SSL_CTX_use_certificate(context, leaf) != 1 || SSL_CTX_use_PrivateKey(context, key) != 1)
		give_up("certificate");
	X509_free(leaf);
	for (size_t i = 1; i < papers->count; i++) {
		if (SSL_CTX_add0_chain_cert(context, carrier(&papers->shown[i], shape_key(SHAPE_P256))) != 1)
			give_up("chain");
	}
	return context;
}

/* --- Baking ---------------------------------------------------------------------------------------------------------- */

static struct paper paper_of(const X509 *certificate)
{
	struct paper paper = {.bytes = NULL};

	paper.length = i2d_X509(certificate, NULL);
	paper.bytes = malloc((size_t)paper.length + 1);
	unsigned char *end = paper.bytes;
	if (!end || i2d_X509(certificate, &end) != paper.length)
		give_up("certificate");
	return paper;
}

static void bend(struct paper *paper, enum shape_bend how)
{
	switch (how) {
	case BEND_TRAILING:
		paper->bytes[paper->length++] = 0;
		break;
	case BEND_CUT:
		paper->length--;
		break;
	case BEND_SIGNATURE:
		paper->bytes[paper->length - 8] ^= 1;
		break;
	case BEND_LENGTH:
		memcpy(paper->bytes + 1, "\x84\x7f\xff\xff\xff", 5);
		break;
	case BEND_NOISE:
		memset(paper->bytes, 0xa5, (size_t)paper->length);
		break;
	case BEND_NOTHING:
		break;
	}
}

static void show(struct papers *papers, const X509 *certificate)
{
	if (papers->count == SHOWN_MAX)
		give_up("chain");
	papers->shown[papers->count++] = paper_of(certificate);
}

static char *pem_of(X509 *certificate)
{
	BIO *text = BIO_new(BIO_s_mem());
	char *bytes;

	if (!text || PEM_write_bio_X509(text, certificate) != 1)
		give_up("PEM");
	long length = BIO_get_mem_data(text, &bytes);
	char *copy = strndup(bytes, (size_t)length);
	BIO_free(text);
	return copy;
}

static struct pin pin_of(EVP_PKEY *key)
{
	unsigned char *bytes = NULL;
	int length = i2d_PUBKEY(key, &bytes);
	struct pin pin;

	if (length <= 0 || EVP_Digest(bytes, (size_t)length, pin.digest.bytes, NULL, EVP_sha256(), NULL) != 1)
		give_up("pin");
	OPENSSL_free(bytes);
	return pin;
}

/* Those between, from the leaf's signer upwards. */
static void show_chain(struct papers *papers, X509 *const *between)
{
	const struct shape *shape = papers->shape;

	for (unsigned i = 0; shape->chain == CHAIN_CROWDED && i < CROWD; i++) {
		struct paper again = {.bytes = malloc((size_t)papers->shown[0].length), .length = papers->shown[0].length};
		if (!again.bytes)
			give_up("malloc");
		memcpy(again.bytes, papers->shown[0].bytes, (size_t)again.length);
		papers->shown[papers->count++] = again;
	}
	for (unsigned i = 0; shape->chain != CHAIN_WITHHELD && i < shape->between; i++)
		show(papers, between[shape->chain == CHAIN_REVERSED ? shape->between - 1 - i : i]);
}

static struct papers *bake(const struct shape *shape)
{
	struct papers *papers = calloc(1, sizeof(*papers));
	struct chain chain;

	if (!papers)
		give_up("calloc");
	papers->shape = shape;
	chain_make(shape, &chain);
	show(papers, chain.leaf);
	bend(&papers->shown[0], shape->bend);
	show_chain(papers, chain.between);
	papers->pin = pin_of(shape_key(shape->key));
	papers->bundle = pem_of(shape->trusts_leaf ? chain.leaf : chain.authority);
	chain_release(&chain);
	return papers;
}

/* --- The shelf ------------------------------------------------------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	/* guarded by lock */
	struct papers *first;
} shelf = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void __attribute__((destructor)) clear_shelf(void)
{
	struct papers *next;

	for (struct papers *papers = shelf.first; papers; papers = next) {
		next = papers->next;
		for (size_t i = 0; i < papers->count; i++)
			free(papers->shown[i].bytes);
		free(papers->bundle);
		free(papers);
	}
}

const struct papers *papers_of(const struct shape *shape)
{
	struct papers *papers;

	pthread_mutex_lock(&shelf.lock);
	if (paper_index < 0)
		paper_index = X509_get_ex_new_index(0, NULL, NULL, NULL, NULL);
	for (papers = shelf.first; papers && papers->shape != shape;)
		papers = papers->next;
	if (!papers) {
		papers = bake(shape);
		papers->next = shelf.first;
		shelf.first = papers;
	}
	pthread_mutex_unlock(&shelf.lock);
	return papers;
}

const char *papers_bundle(const struct papers *papers)
{
	return papers->bundle;
}

const struct pin *papers_pin(const struct papers *papers)
{
	return &papers->pin;
}
