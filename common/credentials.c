/* Makes and reads certificates and keys by libcrypto. */
#include "credentials.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "pem.h"

#define SERIAL_BITS 127
#define SECURITY_BITS 112 /* NIST SP 800-57, part 1, table 2: RSA from 2,048 bits on */
#define NAME_MAX_LENGTH 64 /* ub-common-name, RFC 5280 appendix A.1 */

/* The first certificate is the one that is meant; the others are its chain. */
static enum status read_certificates(BIO *text, struct credentials *credentials)
{
	X509 *next;
	enum status status = pem_certificate(text, &credentials->certificate);

	credentials->chain = sk_X509_new_null();
	if (status != STATUS_OK)
		return STATUS_INVALID;
	if (!credentials->chain)
		return STATUS_NO_MEMORY;
	while ((status = pem_certificate(text, &next)) == STATUS_OK) {
		if (sk_X509_push(credentials->chain, next) <= 0) {
			X509_free(next);
			return STATUS_NO_MEMORY;
		}
	}
	return status == STATUS_END ? STATUS_OK : status;
}

static enum status parse(BIO *certificate, BIO *key, struct credentials *credentials)
{
	enum status status = certificate && key ? read_certificates(certificate, credentials) : STATUS_INVALID;

	if (status != STATUS_OK)
		return status;
	if (pem_key(key, &credentials->key) != STATUS_OK)
		return STATUS_INVALID;
	return X509_check_private_key(credentials->certificate, credentials->key) == 1 ? STATUS_OK : STATUS_MISMATCH;
}

enum status credentials_parse(struct span certificate, struct span key, struct credentials *credentials)
{
	struct credentials parsed = {.key = NULL};
	BIO *certificate_text = pem_open(certificate), *key_text = pem_open(key);
	enum status status = parse(certificate_text, key_text, &parsed);

	ERR_clear_error();
	BIO_free(certificate_text);
	BIO_free(key_text);
	if (status == STATUS_OK)
		*credentials = parsed;
	else
		credentials_release(&parsed);
	return status;
}

void credentials_release(struct credentials *credentials)
{
	X509_free(credentials->certificate);
	sk_X509_pop_free(credentials->chain, X509_free);
	EVP_PKEY_free(credentials->key);
	*credentials = (struct credentials){.key = NULL};
}

static bool set_serial(X509 *certificate)
{
	BIGNUM *number = BN_new();
	bool set = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
		BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));

	BN_free(number);
	return set;
}

static bool set_names(X509 *certificate, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	char cut[NAME_MAX_LENGTH + 1];

	snprintf(cut, sizeof(cut), "%s", name);
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)cut, -1, -1, 0) &&
		X509_set_issuer_name(certificate, subject);
}

static bool add_extension(X509 *certificate, int id, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, id, value);
	bool added = extension && X509_add_ext(certificate, extension, -1);

	X509_EXTENSION_free(extension);
	return added;
}

static bool fill(X509 *certificate, const char *name, EVP_PKEY *key)
{
	return X509_set_version(certificate, X509_VERSION_3) && set_serial(certificate) && set_names(certificate, name) &&
		ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z") &&
		ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z") &&
		X509_set_pubkey(certificate, key) && add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
		add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
		X509_sign(certificate, key, EVP_sha256()) > 0;
}

static bool write_text(BIO *text, EVP_PKEY *key, X509 *certificate)
{
	return PEM_write_bio_PKCS8PrivateKey(text, key, NULL, NULL, 0, NULL, NULL) && PEM_write_bio_X509(text, certificate);
}

static enum status copy_out(BIO *bio, char **text, size_t *length)
{
	const char *bytes;
	size_t count = (size_t)BIO_get_mem_data(bio, &bytes);
	char *copy = strndup(bytes, count);

	if (!copy)
		return STATUS_NO_MEMORY;
	*text = copy;
	*length = count;
	return STATUS_OK;
}

enum status credentials_make(const char *name, char **text, size_t *length)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *certificate = X509_new();
	/* This one clears the key when it is freed. */
	BIO *bio = BIO_new(BIO_s_secmem());
	enum status status = STATUS_NO_MEMORY;

	if (key && certificate && bio && fill(certificate, name, key) && write_text(bio, key, certificate))
		status = copy_out(bio, text, length);
	ERR_clear_error();
	BIO_free(bio);
	X509_free(certificate);
	EVP_PKEY_free(key);
	return status;
}

enum status certificate_pin(const X509 *certificate, struct pin *pin)
{
	const EVP_PKEY *read = X509_get0_pubkey(certificate);
	unsigned char *key = NULL;
	struct flat *flat = NULL;

	ERR_clear_error();
	if (!read || EVP_PKEY_get_security_bits(read) < SECURITY_BITS)
		return STATUS_UNTRUSTED;
	int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
	enum status status = length > 0 ? flat_new(&flat) : STATUS_NO_MEMORY;

	if (status == STATUS_OK) {
		flat_add(flat, key, (size_t)length);
		flat_finish(flat, &pin->digest);
	}
	flat_free(flat);
	OPENSSL_free(key);
	return status;
}
