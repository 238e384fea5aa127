/* Tests of the certificates that clients show: how large they may be, and that what they keep in memory is counted. */
/* Threats C5 and C10 of docs/security.md. */
#include "tls.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "secured.h"

/* Entries of a name with which a certificate just fits into what a client may show, and with which it does not. */
#define ENTRIES_MANY 2250u
#define ENTRIES_TOO_MANY 2400u

/*
 * Seven bytes each: a type that nobody knows and no text, all in one set. Of all shapes that were tried, what libcrypto makes of these
 * is the largest.
 */
static X509_NAME *name_of(unsigned entries)
{
	static const unsigned char encoded[] = {V_ASN1_OBJECT, 1, 5};
	const unsigned char *next = encoded;
	ASN1_OBJECT *type = d2i_ASN1_OBJECT(NULL, &next, sizeof(encoded));
	X509_NAME *name = X509_NAME_new();

	for (unsigned i = 0; i < entries; i++)
		assert_int_equal(X509_NAME_add_entry_by_OBJ(name, type, V_ASN1_PRINTABLESTRING, (const unsigned char *)"", 0, -1,
			i == 0 ? 0 : -1), 1);
	ASN1_OBJECT_free(type);
	return name;
}

static struct credentials named(unsigned entries)
{
	struct credentials credentials;
	struct pin pin;
	X509_NAME *name = name_of(entries);

	make_credentials(&credentials, &pin);
	assert_int_equal(X509_set_subject_name(credentials.certificate, name), 1);
	assert_true(X509_sign(credentials.certificate, credentials.key, EVP_sha256()) > 0);
	X509_NAME_free(name);
	return credentials;
}

/* A pair whose client has a certificate for such a name; the handshake is still to come. */
static struct pair pair_showing(unsigned entries)
{
	struct pair pair = pair_open(TLS_CLIENTS_ASKED, CLIENT_WITHOUT);
	struct credentials client = named(entries);

	tls_context_release(&pair.client_context);
	assert_int_equal(tls_context_client(&client, &pair.client_context), STATUS_OK);
	credentials_release(&client);
	assert_int_equal(stream_secure(&pair.server, &pair.server_context, NULL), STATUS_OK);
	assert_int_equal(stream_secure(&pair.client, &pair.client_context, "localhost"), STATUS_OK);
	return pair;
}

/* In TLS 1.3 the client believes that all is well until it hears of it. */
static enum status meet(struct pair *pair)
{
	enum status server;

	assert_int_equal(shake_hands(pair, &server), STATUS_OK);
	return server;
}

static void a_server_takes_no_more_than_it_says(void **state)
{
	struct pair pair = pair_showing(ENTRIES_MANY);

	(void)state;
	assert_int_equal(meet(&pair), STATUS_OK);
	assert_non_null(tls_peer(pair.server.tls));
	pair_close(&pair);
	pair = pair_showing(ENTRIES_TOO_MANY);
	assert_int_equal(meet(&pair), STATUS_PROTOCOL);
	pair_close(&pair);
}

/* A certificate for an RSA key of 2,048 bits with EXPONENT. */
static struct credentials of_rsa(const char *exponent)
{
	EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	struct credentials credentials;
	struct pin pin;
	BIGNUM *number = NULL;
	EVP_PKEY *key = NULL;

	make_credentials(&credentials, &pin);
	assert_true(BN_dec2bn(&number, exponent) > 0);
	assert_int_equal(EVP_PKEY_keygen_init(maker), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(maker, 2048), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(maker, number), 1);
	assert_int_equal(EVP_PKEY_generate(maker, &key), 1);
	EVP_PKEY_free(credentials.key);
	credentials.key = key;
	assert_int_equal(X509_set_pubkey(credentials.certificate, key), 1);
	assert_true(X509_sign(credentials.certificate, key, EVP_sha256()) > 0);
	BN_free(number);
	EVP_PKEY_CTX_free(maker);
	return credentials;
}

/* What the server makes of a client with such a key. */
static void expect_of_rsa(const char *exponent, enum status wanted)
{
	struct credentials odd = of_rsa(exponent);
	struct pair pair = pair_open(TLS_CLIENTS_ASKED, CLIENT_WITHOUT);

	tls_context_release(&pair.client_context);
	assert_int_equal(tls_context_client(&odd, &pair.client_context), STATUS_OK);
	assert_int_equal(stream_secure(&pair.server, &pair.server_context, NULL), STATUS_OK);
	assert_int_equal(stream_secure(&pair.client, &pair.client_context, "localhost"), STATUS_OK);
	assert_int_equal(meet(&pair), wanted);
	pair_close(&pair);
	credentials_release(&odd);
}

static void a_key_that_is_dear_to_check_is_not_checked(void **state)
{
	(void)state;
	expect_of_rsa("65537", STATUS_OK);
	/* 2^32 - 1 and 2^32 + 1 */
	expect_of_rsa("4294967295", STATUS_OK);
	expect_of_rsa("4294967297", STATUS_UNTRUSTED);
}

struct kept {
	size_t heap;
	size_t counted;
};

/* Our client keeps nothing of its own certificate that it did not have before: what is kept is the server's. */
static struct kept kept_of(unsigned entries)
{
	struct pair pair = pair_showing(entries);
	size_t before = mallinfo2().uordblks;

	assert_int_equal(meet(&pair), STATUS_OK);
	struct kept kept = {mallinfo2().uordblks - before, tls_memory(pair.server.tls)};
	pair_close(&pair);
	return kept;
}

static void what_a_certificate_keeps_in_memory_is_counted(void **state)
{
	struct kept few, many;

	(void)state;
	/* Once for what libcrypto keeps for good. */
	kept_of(1);
	few = kept_of(1);
	many = kept_of(ENTRIES_MANY);
	print_message("%zu bytes of heap more, %zu counted\n", many.heap - few.heap, many.counted - few.counted);
	assert_true(many.counted > few.counted);
	assert_true((long)(many.heap - few.heap) <= (long)(many.counted - few.counted));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_takes_no_more_than_it_says),
		cmocka_unit_test(a_key_that_is_dear_to_check_is_not_checked),
		cmocka_unit_test(what_a_certificate_keeps_in_memory_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
