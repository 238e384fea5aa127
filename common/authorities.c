/* Judges certificates by libcrypto. */
#include "authorities.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "credentials.h"
#include "pem.h"

/* Of SSL_CTX_set_security_level(3): 112 bits, thus RSA from 2,048 bits on, and neither SHA-1 nor MD5. */
#define SECURITY_LEVEL 2

static enum status add_all(X509_STORE *store, BIO *text)
{
	X509 *certificate;
	bool added = true, any = false;
	enum status status = STATUS_OK;

	while (added && (status = pem_certificate(text, &certificate)) == STATUS_OK) {
		added = X509_STORE_add_cert(store, certificate) == 1;
		any = true;
		X509_free(certificate);
	}
	if (!added)
		return STATUS_NO_MEMORY;
	return any && status == STATUS_END ? STATUS_OK : STATUS_INVALID;
}

enum status authorities_parse(struct span pem, struct authorities *authorities)
{
	X509_STORE *store = X509_STORE_new();
	BIO *text = pem_open(pem);
	enum status status = store && text ? add_all(store, text) : STATUS_INVALID;

	ERR_clear_error();
	BIO_free(text);
	if (status == STATUS_OK)
		authorities->store = store;
	else
		X509_STORE_free(store);
	return status;
}

enum status authorities_system(struct authorities *authorities)
{
	X509_STORE *store = X509_STORE_new();

	if (!store || X509_STORE_set_default_paths(store) != 1) {
		X509_STORE_free(store);
		ERR_clear_error();
		return STATUS_NO_MEMORY;
	}
	ERR_clear_error();
	authorities->store = store;
	return STATUS_OK;
}

void authorities_release(struct authorities *authorities)
{
	X509_STORE_free(authorities->store);
	authorities->store = NULL;
}

/* An address is never matched by a name, nor a name by an address; and the subject proves no name at all. */
static bool expect_host(X509_VERIFY_PARAM *expected, const char *host)
{
	if (X509_VERIFY_PARAM_set1_ip_asc(expected, host) == 1)
		return true;
	X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
	return X509_VERIFY_PARAM_set1_host(expected, host, 0) == 1;
}

/* Left alone, libcrypto takes any key and any digest. */
static bool expect(X509_VERIFY_PARAM *expected, const char *host)
{
	X509_VERIFY_PARAM_set_auth_level(expected, SECURITY_LEVEL);
	return expect_host(expected, host);
}

enum status authorities_verify(const struct authorities *authorities, X509 *certificate, STACK_OF(X509) *chain,
	const char *host, const char **reason)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	bool ready = context && X509_STORE_CTX_init(context, authorities->store, certificate, chain) == 1 &&
		X509_STORE_CTX_set_default(context, "ssl_server") == 1 && expect(X509_STORE_CTX_get0_param(context), host);
	bool verified = ready && X509_verify_cert(context) == 1;

	*reason = ready ? X509_verify_cert_error_string(X509_STORE_CTX_get_error(context)) : "out of memory";
	X509_STORE_CTX_free(context);
	ERR_clear_error();
	return verified ? STATUS_OK : STATUS_UNTRUSTED;
}
