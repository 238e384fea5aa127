/* Sets up libssl's contexts. */
#include "tls_context.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

/* AES-128 first: no weaker in TLS 1.3 against anything known, and a fifth faster. */
#define CIPHERS "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define GROUPS "X25519:P-256"
#define RSA_BITS_MAX 8192
#define RSA_EXPONENT_BITS_MAX 32

/* A length and the name, as ALPN writes a list of one. */
static const unsigned char protocols[] = "\x07" TLS_PROTOCOL;
#define PROTOCOLS_LENGTH (sizeof(protocols) - 1)

/*
 * A client chooses how much work the proof of its key is: libcrypto bounds exponents only of RSA keys of more than 3,072 bits. All
 * exponents in use fit into 32 bits.
 */
static bool is_cheap(const X509 *certificate)
{
	EVP_PKEY *key = certificate ? X509_get0_pubkey(certificate) : NULL;
	BIGNUM *exponent = NULL;

	if (!key || !EVP_PKEY_is_a(key, "RSA"))
		return true;
	bool cheap = EVP_PKEY_get_bits(key) <= RSA_BITS_MAX && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1 &&
		BN_num_bits(exponent) <= RSA_EXPONENT_BITS_MAX;
	BN_free(exponent);
	return cheap;
}

/*
 * The caller, who knows what this peer should be, judges chains after the handshake, which proves possession of the key. A client
 * ignores the result: it asks libssl to verify nothing.
 */
static int accept_any_chain(X509_STORE_CTX *store, void *context)
{
	(void)context;
	return is_cheap(X509_STORE_CTX_get0_cert(store));
}

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_length, const unsigned char *offered,
	unsigned int offered_length, void *context)
{
	unsigned char *selected;

	(void)ssl;
	(void)context;
	if (SSL_select_next_proto(&selected, out_length, protocols, PROTOCOLS_LENGTH, offered, offered_length) !=
		OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = selected;
	return SSL_TLSEXT_ERR_OK;
}

static bool set_common(SSL_CTX *ssl)
{
	SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_ENABLE_KTLS |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_read_ahead(ssl, 1);
	SSL_CTX_set_default_read_buffer_len(ssl, TLS_RECEIVED_MAX);
	SSL_CTX_set_cert_verify_callback(ssl, accept_any_chain, NULL);
	return SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION) && SSL_CTX_set_max_proto_version(ssl, TLS1_3_VERSION) &&
		SSL_CTX_set_ciphersuites(ssl, CIPHERS) && SSL_CTX_set1_groups_list(ssl, GROUPS) && SSL_CTX_set_num_tickets(ssl, 0);
}

static bool set_credentials(SSL_CTX *ssl, const struct credentials *own)
{
	return SSL_CTX_use_certificate(ssl, own->certificate) == 1 && SSL_CTX_set1_chain(ssl, own->chain) == 1 &&
		SSL_CTX_use_PrivateKey(ssl, own->key) == 1;
}

static enum status finish(SSL_CTX *ssl, bool set, struct tls_context *context)
{
	/* Its certificate was refused, e.g. for a key that is too weak, or there is no memory: libssl does not tell them apart. */
	enum status status = ssl ? STATUS_INVALID : STATUS_NO_MEMORY;

	ERR_clear_error();
	if (ssl && set) {
		context->ssl = ssl;
		return STATUS_OK;
	}
	SSL_CTX_free(ssl);
	return status;
}

enum status tls_context_server(const struct credentials *own, enum tls_clients clients, struct tls_context *context)
{
	SSL_CTX *ssl = SSL_CTX_new(TLS_server_method());
	bool set = ssl && set_common(ssl) && set_credentials(ssl, own);

	if (ssl) {
		SSL_CTX_set_alpn_select_cb(ssl, select_protocol, NULL);
		SSL_CTX_set_max_cert_list(ssl, TLS_CLIENTS_SHOW_MAX);
		SSL_CTX_set_verify(ssl, clients == TLS_CLIENTS_ASKED ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, NULL);
	}
	return finish(ssl, set, context);
}

enum status tls_context_client(const struct credentials *own, struct tls_context *context)
{
	SSL_CTX *ssl = SSL_CTX_new(TLS_client_method());
	/* Success is 0 here. */
	bool set = ssl && set_common(ssl) && (!own || set_credentials(ssl, own)) &&
		SSL_CTX_set_alpn_protos(ssl, protocols, PROTOCOLS_LENGTH) == 0;

	return finish(ssl, set, context);
}

void tls_context_release(struct tls_context *context)
{
	SSL_CTX_free(context->ssl);
	context->ssl = NULL;
}
