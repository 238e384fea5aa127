/* Tests of certificates that authorities vouch for: the chain, the name, the time and the purpose must all be right. */
/* Threat P2 of docs/security.md. */
#include "authorities.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "path.h"

struct party {
	EVP_PKEY *key;
	X509 *certificate;
};

struct wanted {
	const char *name;
	const char *names;   /* subjectAltName; NULL for an authority */
	const char *purpose; /* extendedKeyUsage; NULL: none */
	long days;           /* until it ends */
};

static void extend(X509 *certificate, int id, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, id, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

/* ISSUER may be NULL: it signs itself. */
static struct party make(const struct wanted *wanted, const struct party *issuer)
{
	static long serial;
	struct party party = {.key = EVP_EC_gen("P-256"), .certificate = X509_new()};
	const struct party *by = issuer ? issuer : &party;
	X509_NAME *subject = X509_get_subject_name(party.certificate);

	X509_set_version(party.certificate, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(party.certificate), ++serial);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)wanted->name, -1, -1, 0);
	X509_set_issuer_name(party.certificate, X509_get_subject_name(by->certificate));
	X509_gmtime_adj(X509_getm_notBefore(party.certificate), -86400 * 10);
	X509_gmtime_adj(X509_getm_notAfter(party.certificate), 86400 * wanted->days);
	X509_set_pubkey(party.certificate, party.key);
	extend(party.certificate, NID_basic_constraints, wanted->names ? "critical,CA:FALSE" : "critical,CA:TRUE");
	if (wanted->names)
		extend(party.certificate, NID_subject_alt_name, wanted->names);
	if (wanted->purpose)
		extend(party.certificate, NID_ext_key_usage, wanted->purpose);
	assert_true(X509_sign(party.certificate, by->key, EVP_sha256()) > 0);
	return party;
}

static void party_free(struct party *party)
{
	X509_free(party->certificate);
	EVP_PKEY_free(party->key);
}

static struct authorities trusting(const struct party *party)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct authorities authorities;
	const char *text;

	assert_int_equal(PEM_write_bio_X509(bio, party->certificate), 1);
	size_t length = (size_t)BIO_get_mem_data(bio, &text);
	assert_int_equal(authorities_parse((struct span){(const unsigned char *)text, length}, &authorities), STATUS_OK);
	BIO_free(bio);
	return authorities;
}

/* A root that is trusted, and whatever a test makes of it. */
struct court {
	struct party root;
	struct authorities authorities;
};

static int begin(void **state)
{
	static struct court court;

	court.root = make(&(struct wanted){.name = "root", .days = 10}, NULL);
	court.authorities = trusting(&court.root);
	*state = &court;
	return 0;
}

static int end(void **state)
{
	struct court *court = *state;

	authorities_release(&court->authorities);
	party_free(&court->root);
	return 0;
}

static enum status verify(const struct court *court, const struct wanted *wanted, const char *host)
{
	struct party leaf = make(wanted, &court->root);
	const char *reason = NULL;
	enum status status = authorities_verify(&court->authorities, leaf.certificate, NULL, host, &reason);

	assert_non_null(reason);
	party_free(&leaf);
	return status;
}

static void the_host_must_be_named(void **state)
{
	static const struct wanted leaf = {.name = "leaf", .names = "DNS:host.example,DNS:*.wild.example,IP:192.0.2.1,IP:::1", .days = 10};
	static const char *const good[] = {"host.example", "HOST.example", "a.wild.example", "192.0.2.1", "::1"};
	static const char *const bad[] = {
		"leaf", "other.example", "host.example.org", "x.host.example", "a.b.wild.example", "wild.example", "192.0.2.2", "::2",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(verify(*state, &leaf, good[i]), STATUS_OK);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(verify(*state, &leaf, bad[i]), STATUS_UNTRUSTED);
}

static void an_address_is_not_a_name(void **state)
{
	static const struct wanted leaf = {.name = "leaf", .names = "DNS:192.0.2.1", .days = 10};

	assert_int_equal(verify(*state, &leaf, "192.0.2.1"), STATUS_UNTRUSTED);
}

static void time_and_purpose_must_be_right(void **state)
{
	static const struct wanted ended = {.name = "leaf", .names = "DNS:h", .days = -1};
	static const struct wanted for_clients = {.name = "leaf", .names = "DNS:h", .purpose = "clientAuth", .days = 10};
	static const struct wanted for_servers = {.name = "leaf", .names = "DNS:h", .purpose = "serverAuth", .days = 10};

	assert_int_equal(verify(*state, &ended, "h"), STATUS_UNTRUSTED);
	assert_int_equal(verify(*state, &for_clients, "h"), STATUS_UNTRUSTED);
	assert_int_equal(verify(*state, &for_servers, "h"), STATUS_OK);
}

static void an_authority_that_is_not_trusted_does_not_count(void **state)
{
	struct court *court = *state;
	struct party other = make(&(struct wanted){.name = "root", .days = 10}, NULL);
	struct court elsewhere = {.root = other, .authorities = court->authorities};

	assert_int_equal(verify(&elsewhere, &(struct wanted){.name = "leaf", .names = "DNS:h", .days = 10}, "h"), STATUS_UNTRUSTED);
	party_free(&other);
}

static void who_is_no_authority_vouches_for_nobody(void **state)
{
	struct court *court = *state;
	struct party leaf = make(&(struct wanted){.name = "leaf", .names = "DNS:h", .days = 10}, &court->root);
	struct party below = make(&(struct wanted){.name = "below", .names = "DNS:h", .days = 10}, &leaf);
	STACK_OF(X509) *chain = sk_X509_new_null();
	const char *reason;

	sk_X509_push(chain, leaf.certificate);
	assert_int_equal(authorities_verify(&court->authorities, below.certificate, chain, "h", &reason), STATUS_UNTRUSTED);
	sk_X509_free(chain);
	party_free(&leaf);
	party_free(&below);
}

static void a_chain_leads_to_the_authority(void **state)
{
	struct court *court = *state;
	struct party middle = make(&(struct wanted){.name = "middle", .days = 10}, &court->root);
	struct party leaf = make(&(struct wanted){.name = "leaf", .names = "DNS:h", .days = 10}, &middle);
	STACK_OF(X509) *chain = sk_X509_new_null();
	const char *reason;

	assert_int_equal(authorities_verify(&court->authorities, leaf.certificate, NULL, "h", &reason), STATUS_UNTRUSTED);
	sk_X509_push(chain, middle.certificate);
	assert_int_equal(authorities_verify(&court->authorities, leaf.certificate, chain, "h", &reason), STATUS_OK);
	sk_X509_free(chain);
	party_free(&middle);
	party_free(&leaf);
}

static void a_text_without_certificates_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "nothing", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
	struct authorities authorities;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(authorities_parse(span_of(wrong[i]), &authorities), STATUS_INVALID);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(the_host_must_be_named),
		CASE(an_address_is_not_a_name),
		CASE(time_and_purpose_must_be_right),
		CASE(an_authority_that_is_not_trusted_does_not_count),
		CASE(who_is_no_authority_vouches_for_nobody),
		CASE(a_chain_leads_to_the_authority),
		cmocka_unit_test(a_text_without_certificates_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
