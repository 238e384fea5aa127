/* Drives libssl on a socket. */
#include "tls.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tls_socket.h"

#define RECORD_DATA_MAX 16384u
/* Handshake messages that a peer may send after the handshake for each MiB that moves; two tickets are usual. */
#define MESSAGES_MAX 16u
#define MESSAGES_PER (1u << 20)
/* An idle connection takes 14.4 KiB. A certificate takes 6 to 16 bytes for each of its own; the worst shape that was found, 29. */
#define MEMORY 16384u
#define MEMORY_PER_SHOWN 32u
/* A ClientHello may claim up to 131,396 bytes; libssl allocates them before they come. */
#define MEMORY_OF_HANDSHAKE (131396u + 4096)
#define MEMORY_OF_RECEIVING (TLS_RECEIVED_MAX + 64)
/* The types of TLS records (RFC 8446, section 5.1). */
#define RECORD_TYPE_FIRST 0x14
#define RECORD_TYPE_LAST 0x17

struct tls {
	SSL *ssl;
	struct tls_socket socket;
	uint64_t rekey;
	uint64_t written;   /* under the present key */
	uint64_t moved;     /* since messages were counted from 0 */
	size_t shown;       /* bytes of the peer's certificates */
	unsigned messages;  /* of a handshake, received after it */
	bool established;
	bool approved;
	bool writing;       /* a record waits for room: no key may change before it is gone */
	bool broken;        /* libssl must not be asked again */
	enum status read;   /* wanted by the last read and the last write */
	enum status write;
	const char *reason; /* static */
};

/* --- Lifecycle ------------------------------------------------------------------------------------------------------- */

/*
 * libssl reads on past such messages as long as there are any: a flood has to be stopped from below, and libssl throws away
 * those that have come already once it believes that the peer has sent its end.
 */
static void count_message(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *context)
{
	struct tls *tls = context;

	(void)version;
	(void)bytes;
	(void)length;
	if (written || type != SSL3_RT_HANDSHAKE || !tls->established || ++tls->messages <= MESSAGES_MAX)
		return;
	tls->socket.closed = true;
	SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN);
}

static bool prepare(struct tls *tls, const struct tls_setup *setup)
{
	BIO *bio = tls_socket_bio(setup->fd, &tls->socket);

	if (!bio)
		return false;
	SSL_set_bio(tls->ssl, bio, bio);
	SSL_set_msg_callback(tls->ssl, count_message);
	SSL_set_msg_callback_arg(tls->ssl, tls);
	return !setup->host || SSL_set_tlsext_host_name(tls->ssl, setup->host);
}

enum status tls_new(const struct tls_context *context, const struct tls_setup *setup, struct tls **tls)
{
	struct tls *made = calloc(1, sizeof(*made));

	if (made)
		made->ssl = SSL_new(context->ssl);
	if (!made || !made->ssl || !prepare(made, setup)) {
		ERR_clear_error();
		tls_free(made);
		return STATUS_NO_MEMORY;
	}
	made->rekey = setup->rekey;
	/* The method's side decides; a server judges its peer later, by its requests. */
	if (SSL_is_server(made->ssl)) {
		SSL_set_accept_state(made->ssl);
		made->approved = true;
	} else {
		SSL_set_connect_state(made->ssl);
	}
	*tls = made;
	return STATUS_OK;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	free(tls);
}

/* --- Outcomes -------------------------------------------------------------------------------------------------------- */

static enum status break_off(struct tls *tls, enum status status)
{
	tls->broken = true;
	return status;
}

static enum status status_of_socket(const struct tls *tls)
{
	switch (tls->socket.error) {
	case ENOMEM:
	case ENOBUFS:
		return STATUS_NO_MEMORY;
	default:
		return STATUS_LOST;
	}
}

/* RESULT is that of the last call of libssl, none of success. */
static enum status outcome(struct tls *tls, int result)
{
	unsigned long error = ERR_peek_error();

	if (tls->messages > MESSAGES_MAX)
		return break_off(tls, STATUS_PROTOCOL);
	switch (SSL_get_error(tls->ssl, result)) {
	case SSL_ERROR_WANT_READ:
		return tls->socket.ended ? STATUS_LOST : STATUS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return STATUS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return STATUS_END;
	default:
		break;
	}
	tls->reason = error ? ERR_reason_error_string(error) : NULL;
	if (tls->socket.error != 0)
		return break_off(tls, status_of_socket(tls));
	if (ERR_GET_LIB(error) == ERR_LIB_SSL &&
		(ERR_GET_REASON(error) == SSL_R_BAD_SIGNATURE || ERR_GET_REASON(error) == SSL_R_CERTIFICATE_VERIFY_FAILED))
		return break_off(tls, STATUS_UNTRUSTED);
	return break_off(tls, STATUS_PROTOCOL);
}

/* --- Handshake ------------------------------------------------------------------------------------------------------- */

static bool protocol_is_ours(const struct tls *tls)
{
	const unsigned char *name;
	unsigned int length;

	SSL_get0_alpn_selected(tls->ssl, &name, &length);
	return length == strlen(TLS_PROTOCOL) && memcmp(name, TLS_PROTOCOL, length) == 0;
}

static size_t certificate_length(const X509 *certificate)
{
	int length = certificate ? i2d_X509(certificate, NULL) : 0;

	return length > 0 ? (size_t)length : 0;
}

/* A client finds the server's own certificate in the chain, a server has the client's beside it. */
static size_t shown_length(const struct tls *tls)
{
	const STACK_OF(X509) *chain = tls_peer_chain(tls);
	size_t length = SSL_is_server(tls->ssl) ? certificate_length(tls_peer(tls)) : 0;

	for (int i = 0; i < sk_X509_num(chain); i++)
		length += certificate_length(sk_X509_value(chain, i));
	return length;
}

enum status tls_handshake(struct tls *tls)
{
	if (tls->broken)
		return STATUS_LOST;
	if (tls->established)
		return STATUS_OK;
	ERR_clear_error();
	int result = SSL_do_handshake(tls->ssl);
	if (result != 1)
		return outcome(tls, result);
	if (!protocol_is_ours(tls)) {
		tls->reason = "the peer does not name the protocol " TLS_PROTOCOL;
		return break_off(tls, STATUS_PROTOCOL);
	}
	tls->established = true;
	tls->shown = shown_length(tls);
	return STATUS_OK;
}

void tls_approve(struct tls *tls)
{
	assert(tls->established);
	tls->approved = true;
}

static enum status begin(struct tls *tls)
{
	enum status status = tls_handshake(tls);

	assert(tls->approved);
	ERR_clear_error();
	return status;
}

bool tls_met_plain(const struct tls *tls)
{
	return tls->socket.heard && (tls->socket.first < RECORD_TYPE_FIRST || tls->socket.first > RECORD_TYPE_LAST);
}

unsigned char tls_first_byte(const struct tls *tls)
{
	return tls->socket.first;
}

const char *tls_reason(const struct tls *tls)
{
	return tls->reason;
}

size_t tls_memory(const struct tls *tls)
{
	size_t receiving = !tls->established || SSL_has_pending(tls->ssl) ? MEMORY_OF_RECEIVING : 0;

	return MEMORY + MEMORY_PER_SHOWN * tls->shown + receiving + (tls->established ? 0 : MEMORY_OF_HANDSHAKE);
}

X509 *tls_peer(const struct tls *tls)
{
	return SSL_get0_peer_certificate(tls->ssl);
}

STACK_OF(X509) *tls_peer_chain(const struct tls *tls)
{
	return SSL_get_peer_cert_chain(tls->ssl);
}

/* --- Bytes ----------------------------------------------------------------------------------------------------------- */

static void count_moved(struct tls *tls, size_t length)
{
	tls->moved += length;
	if (tls->moved < MESSAGES_PER)
		return;
	tls->moved = 0;
	tls->messages = 0;
}

static enum status read_some(struct tls *tls, void *bytes, size_t capacity, size_t *length)
{
	enum status status = begin(tls);

	if (status != STATUS_OK)
		return status;
	tls->socket.starved = false;
	int result = SSL_read_ex(tls->ssl, bytes, capacity, length);
	if (result != 1)
		return outcome(tls, result);
	count_moved(tls, *length);
	return STATUS_OK;
}

enum status tls_read(struct tls *tls, void *bytes, size_t capacity, size_t *length)
{
	tls->read = read_some(tls, bytes, capacity, length);
	return tls->read;
}

/* Only our own sending is ours to rekey; the peer sees to its own. */
static enum status rekey(struct tls *tls)
{
	if (tls->written < tls->rekey || tls->writing)
		return STATUS_OK;
	/* The kernel's key cannot be changed everywhere: a new connection has a new one. */
	if (BIO_get_ktls_send(SSL_get_wbio(tls->ssl)) || SSL_key_update(tls->ssl, SSL_KEY_UPDATE_NOT_REQUESTED) != 1)
		return break_off(tls, STATUS_LOST);
	tls->written = 0;
	return STATUS_OK;
}

static enum status write_record(struct tls *tls, const unsigned char *bytes, size_t length, size_t *written)
{
	enum status status = rekey(tls);

	if (status != STATUS_OK)
		return status;
	int result = SSL_write_ex(tls->ssl, bytes, length, written);
	tls->writing = result != 1;
	if (result != 1)
		return outcome(tls, result);
	tls->written += *written;
	count_moved(tls, *written);
	return STATUS_OK;
}

enum status tls_write(struct tls *tls, const void *bytes, size_t length, bool more, size_t *written)
{
	enum status status = begin(tls);
	size_t done = 0, part;

	while (status == STATUS_OK && done < length) {
		size_t left = length - done;
		tls->socket.more = more || left > RECORD_DATA_MAX;
		status = write_record(tls, (const unsigned char *)bytes + done, left < RECORD_DATA_MAX ? left : RECORD_DATA_MAX, &part);
		done += status == STATUS_OK ? part : 0;
	}
	tls->write = status;
	/* The same failure comes again with the next call. */
	if (done == 0 && length > 0)
		return status;
	*written = done;
	return STATUS_OK;
}

enum status tls_send_file(struct tls *tls, int file, off_t *offset, size_t length, size_t *sent)
{
	enum status status = begin(tls);

	if (status != STATUS_OK)
		return status;
	if (!BIO_get_ktls_send(SSL_get_wbio(tls->ssl)))
		return STATUS_UNSUPPORTED;
	status = rekey(tls);
	if (status != STATUS_OK)
		return status;
	ossl_ssize_t result = SSL_sendfile(tls->ssl, file, *offset, length, 0);
	if (result < 0 && errno == EIO)
		return STATUS_IO;
	/* A file that offers no pages to send, as some virtual ones do. */
	if (result < 0 && errno == EINVAL)
		return STATUS_UNSUPPORTED;
	if (result < 0)
		return outcome(tls, (int)result);
	if (result == 0)
		return STATUS_END;
	tls->written += (uint64_t)result;
	count_moved(tls, (size_t)result);
	*offset += result;
	*sent = (size_t)result;
	return STATUS_OK;
}

bool tls_read_wants_room(const struct tls *tls)
{
	return tls->read == STATUS_WANT_WRITE;
}

bool tls_write_wants_input(const struct tls *tls)
{
	return tls->write == STATUS_WANT_READ;
}

bool tls_has_input(const struct tls *tls)
{
	/* A part of a record, too, is pending for libssl: when it was last asked it found nothing to go on with. */
	return tls->established && !tls->broken && !tls->socket.starved && SSL_has_pending(tls->ssl);
}

enum status tls_shut(struct tls *tls)
{
	if (tls->broken || !tls->established)
		return STATUS_LOST;
	ERR_clear_error();
	tls->socket.more = false;
	int result = SSL_shutdown(tls->ssl);
	return result >= 0 ? STATUS_OK : outcome(tls, result);
}
