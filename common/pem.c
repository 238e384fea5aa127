/* Reads PEM by libcrypto. */
#include "pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

/* Without this, libcrypto would ask the terminal for the password of an encrypted key. */
static int no_password(char *password, int capacity, int writing, void *context)
{
	(void)password;
	(void)capacity;
	(void)writing;
	(void)context;
	return 0;
}

BIO *pem_open(struct span text)
{
	return text.length <= PEM_TEXT_MAX ? BIO_new_mem_buf(text.bytes, (int)text.length) : NULL;
}

/* After nothing was read. */
static enum status why(void)
{
	enum status status = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE ? STATUS_END : STATUS_INVALID;

	ERR_clear_error();
	return status;
}

enum status pem_certificate(BIO *text, X509 **certificate)
{
	ERR_clear_error();
	*certificate = PEM_read_bio_X509(text, NULL, no_password, NULL);
	return *certificate ? STATUS_OK : why();
}

enum status pem_key(BIO *text, EVP_PKEY **key)
{
	ERR_clear_error();
	*key = PEM_read_bio_PrivateKey(text, NULL, no_password, NULL);
	return *key ? STATUS_OK : why();
}
