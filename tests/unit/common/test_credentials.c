/* Tests of credentials: what is made can be read, and what is wrong with a text is told. */
/* Threat P2 of docs/security.md. */
#include "credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "path.h"
#include "pem.h"

static char *make(void)
{
	char *text = NULL;
	size_t length = 0;

	assert_int_equal(credentials_make("ferryd", &text, &length), STATUS_OK);
	assert_int_equal(strlen(text), length);
	return text;
}

static enum status parse(const char *certificate, const char *key, struct credentials *credentials)
{
	return credentials_parse(span_of(certificate), span_of(key), credentials);
}

static void what_is_made_is_p256_and_self_signed(void **state)
{
	struct credentials credentials;
	char group[32];
	char *text = make();

	(void)state;
	assert_int_equal(parse(text, text, &credentials), STATUS_OK);
	assert_int_equal(EVP_PKEY_get_group_name(credentials.key, group, sizeof(group), NULL), 1);
	assert_string_equal(group, "prime256v1");
	assert_int_equal(X509_verify(credentials.certificate, credentials.key), 1);
	assert_int_equal(sk_X509_num(credentials.chain), 0);
	assert_int_equal(X509_cmp_current_time(X509_get0_notBefore(credentials.certificate)), -1);
	assert_int_equal(X509_cmp_current_time(X509_get0_notAfter(credentials.certificate)), 1);
	credentials_release(&credentials);
	free(text);
}

static void two_that_are_made_have_different_pins(void **state)
{
	struct pin pins[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct credentials credentials;
		char *text = make();
		assert_int_equal(parse(text, text, &credentials), STATUS_OK);
		assert_int_equal(certificate_pin(credentials.certificate, &pins[i]), STATUS_OK);
		credentials_release(&credentials);
		free(text);
	}
	assert_false(pin_equal(&pins[0], &pins[1]));
}

/* Its pin by `openssl x509 -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64`. */
static const char fixture[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBejCCASGgAwIBAgIUOHsOL5AzTlDyU0cMA5H9JrtgFXkwCgYIKoZIzj0EAwIw\n"
	"EjEQMA4GA1UEAwwHZml4dHVyZTAgFw0yNjExMjIxOTQ3MTJaGA8yMTI2MTAyOTE5\n"
	"NDcxMlowEjEQMA4GA1UEAwwHZml4dHVyZTBZMBMGByqGSM49AgEGCCqGSM49AwEH\n"
	"A0IABBiHyGLNhzuSLdhF9VkJ3T3wK3xmwoUjJ2KMQ3FtCkTFnzAVBgDoSQsyGiM1\n"
	"QRUAlIoBRK4xBhhpXnprof+FMmqjUzBRMB0GA1UdDgQWBBR5wYSQcukVG6Q6iwiJ\n"
	"FyEIVwAHsTAfBgNVHSMEGDAWgBR5wYSQcukVG6Q6iwiJFyEIVwAHsTAPBgNVHRMB\n"
	"Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIG30SBoirTn4U2LGw4JOBcdREp9g\n"
	"xUT0CaYRdK0dgbmiAiAX9nmV/Juy9p6qf/Mo/mG8s0wOIxU4gFGQBV77eHi88w==\n"
	"-----END CERTIFICATE-----\n";
#define FIXTURE_PIN "sha256:ZxUNRpfUz/C5kcjDHBomMiG3qkwvtN/GHDVJkPsWD4I="

static void the_pin_is_that_of_the_public_key_info(void **state)
{
	BIO *bio = BIO_new_mem_buf(fixture, -1);
	X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	struct pin pin;
	char text[PIN_TEXT_SIZE];

	(void)state;
	assert_int_equal(certificate_pin(certificate, &pin), STATUS_OK);
	pin_text(&pin, text);
	assert_string_equal(text, FIXTURE_PIN);
	X509_free(certificate);
	BIO_free(bio);
}

static enum status pin_of_rsa(unsigned bits)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);
	X509 *certificate = X509_new();
	struct pin pin;

	assert_int_equal(X509_set_pubkey(certificate, key), 1);
	enum status status = certificate_pin(certificate, &pin);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return status;
}

static void a_key_that_can_be_computed_has_no_pin(void **state)
{
	(void)state;
	assert_int_equal(pin_of_rsa(1024), STATUS_UNTRUSTED);
	assert_int_equal(pin_of_rsa(2048), STATUS_OK);
}

static void a_key_of_another_certificate_is_a_mismatch(void **state)
{
	struct credentials credentials;
	char *one = make(), *other = make();

	(void)state;
	assert_int_equal(parse(one, other, &credentials), STATUS_MISMATCH);
	free(one);
	free(other);
}

static void a_chain_is_kept_in_its_order(void **state)
{
	struct credentials credentials, second;
	char *one = make(), *two = make(), *both = NULL;

	(void)state;
	assert_true(asprintf(&both, "%s%s", one, strstr(two, "-----BEGIN CERTIFICATE")) > 0);
	assert_int_equal(parse(both, one, &credentials), STATUS_OK);
	assert_int_equal(parse(two, two, &second), STATUS_OK);
	assert_int_equal(sk_X509_num(credentials.chain), 1);
	assert_int_equal(X509_cmp(sk_X509_value(credentials.chain, 0), second.certificate), 0);
	credentials_release(&credentials);
	credentials_release(&second);
	free(one);
	free(two);
	free(both);
}

/* Would wait for the terminal if somebody were asked. */
static void nobody_is_asked_for_the_password_of_a_key(void **state)
{
	struct credentials credentials, locked;
	char *text = make(), *bytes;
	BIO *bio = BIO_new(BIO_s_mem());

	(void)state;
	assert_int_equal(parse(text, text, &credentials), STATUS_OK);
	assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, credentials.key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL), 1);
	size_t length = (size_t)BIO_get_mem_data(bio, &bytes);
	assert_int_equal(credentials_parse(span_of(text), (struct span){(unsigned char *)bytes, length}, &locked), STATUS_INVALID);
	credentials_release(&credentials);
	BIO_free(bio);
	free(text);
}

static void a_cut_or_damaged_text_is_refused(void **state)
{
	struct credentials credentials;
	char *text = make();
	size_t length = strlen(text);

	(void)state;
	for (size_t cut = 0; cut < length - 1; cut++)
		assert_int_not_equal(credentials_parse((struct span){(unsigned char *)text, cut}, span_of(text), &credentials), STATUS_OK);
	for (size_t at = 0; at < length; at++) {
		text[at] ^= 1;
		if (parse(text, text, &credentials) == STATUS_OK)
			credentials_release(&credentials);
		text[at] ^= 1;
	}
	assert_int_equal(parse(text, text, &credentials), STATUS_OK);
	credentials_release(&credentials);
	free(text);
}

static void a_text_beyond_the_limit_is_refused(void **state)
{
	struct credentials credentials;
	char *text = make();
	char *padded = calloc(1, PEM_TEXT_MAX + 2);
	size_t length = strlen(text);

	(void)state;
	memset(padded, '\n', PEM_TEXT_MAX + 1);
	memcpy(padded, text, length);
	struct span whole = {(unsigned char *)padded, PEM_TEXT_MAX};
	assert_int_equal(credentials_parse(whole, whole, &credentials), STATUS_OK);
	credentials_release(&credentials);
	whole.length++;
	assert_int_equal(credentials_parse(whole, whole, &credentials), STATUS_INVALID);
	free(padded);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_made_is_p256_and_self_signed),
		cmocka_unit_test(two_that_are_made_have_different_pins),
		cmocka_unit_test(the_pin_is_that_of_the_public_key_info),
		cmocka_unit_test(a_key_that_can_be_computed_has_no_pin),
		cmocka_unit_test(a_key_of_another_certificate_is_a_mismatch),
		cmocka_unit_test(a_chain_is_kept_in_its_order),
		cmocka_unit_test(nobody_is_asked_for_the_password_of_a_key),
		cmocka_unit_test(a_cut_or_damaged_text_is_refused),
		cmocka_unit_test(a_text_beyond_the_limit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
