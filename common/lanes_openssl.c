/* SHA-256 by OpenSSL's EVP: the reference backend of lanes, and the flat digest of a stream. */
#include <pthread.h>
#include <stdlib.h>

#include <openssl/evp.h>

#include "lanes.h"
#include "lanes_engine.h"

/* Fetched once per process: a fetch by name takes locks and longer than hashing a small file. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* EVP can fail only by misuse here; a digest that nobody computed must not pass for one. */
static void require(int succeeded)
{
	if (succeeded != 1)
		abort();
}

static EVP_MD_CTX *context_new(void)
{
	pthread_once(&sha256_once, fetch_sha256);
	if (!sha256)
		return NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestInit_ex2(context, sha256, NULL) != 1) {
		EVP_MD_CTX_free(context);
		return NULL;
	}
	return context;
}

/* Writes the digest and makes CONTEXT ready for the next message, without another look at its algorithm. */
static void context_finish(EVP_MD_CTX *context, struct digest *digest)
{
	require(EVP_DigestFinal_ex(context, digest->bytes, NULL));
	require(EVP_DigestInit_ex2(context, NULL, NULL));
}

static enum status openssl_open(void **state)
{
	EVP_MD_CTX *context = context_new();
	if (!context)
		return STATUS_NO_MEMORY;
	*state = context;
	return STATUS_OK;
}

static void openssl_close(void *state)
{
	EVP_MD_CTX_free(state);
}

static void openssl_sha256(void *state, const struct lane *messages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		require(EVP_DigestUpdate(state, messages[i].bytes, messages[i].length));
		context_finish(state, messages[i].digest);
	}
}

const struct lanes_engine lanes_openssl = {
	.name = "openssl",
	.open = openssl_open,
	.close = openssl_close,
	.sha256 = openssl_sha256,
};

struct flat {
	EVP_MD_CTX *context;
};

enum status flat_new(struct flat **flat)
{
	struct flat *created = malloc(sizeof *created);
	if (!created)
		return STATUS_NO_MEMORY;
	created->context = context_new();
	if (!created->context) {
		free(created);
		return STATUS_NO_MEMORY;
	}
	*flat = created;
	return STATUS_OK;
}

void flat_free(struct flat *flat)
{
	if (!flat)
		return;
	EVP_MD_CTX_free(flat->context);
	free(flat);
}

void flat_add(struct flat *flat, const void *bytes, size_t length)
{
	require(EVP_DigestUpdate(flat->context, bytes, length));
}

void flat_finish(struct flat *flat, struct digest *digest)
{
	context_finish(flat->context, digest);
}
