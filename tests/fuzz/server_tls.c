/* Fuzzes connections with TLS: bytes before, behind and inside of the handshake, whatever they are, bring no answer in clear. */
#include "target.h"

#include <errno.h>

#include <openssl/ssl.h>

#include "cheap_memory.h"
#include "identity.h"
#include "recode.h"
#include "script.h"

enum way {
	WAY_RAW,    /* the input is all that ever comes */
	WAY_BEHIND, /* it stands on the socket behind a handshake */
	WAY_INSIDE, /* TLS carries it */
	WAY_GREETED, /* the same behind HELLO and WELCOME */
	WAYS,
};

static struct rig *rig;
static struct tls_context context;

/* --- Cheap handshakes -------------------------------------------------------------------------------------------------- */

/* Most of a handshake's time goes into signatures and curves, which no input here can bend: a key that both ends share
 * (RFC 8446, section 2.2) does without. Who offers none, as what comes raw does, still meets the certificate. */
#define SHARED_NAME ((const unsigned char *)"fuzz")
#define SHARED_NAME_LENGTH 4u

static SSL_SESSION *shared_key(SSL *ssl)
{
	static const unsigned char key[32] = {1};
	SSL_SESSION *session = SSL_SESSION_new();

	CHECK(session && SSL_SESSION_set1_master_key(session, key, sizeof(key)) == 1);
	CHECK(SSL_SESSION_set_cipher(session, SSL_CIPHER_find(ssl, (const unsigned char *)"\x13\x01")) == 1);
	CHECK(SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) == 1);
	return session;
}

static int find_key(SSL *ssl, const unsigned char *name, size_t length, SSL_SESSION **session)
{
	bool ours = length == SHARED_NAME_LENGTH && memcmp(name, SHARED_NAME, length) == 0;

	*session = ours ? shared_key(ssl) : NULL;
	return 1;
}

static int use_key(SSL *ssl, const EVP_MD *digest, const unsigned char **name, size_t *length, SSL_SESSION **session)
{
	(void)digest;
	*name = SHARED_NAME;
	*length = SHARED_NAME_LENGTH;
	*session = shared_key(ssl);
	return 1;
}

/* No curve in common: the shared key alone makes the keys. */
static void share_key(SSL_CTX *ssl, const char *groups)
{
	SSL_CTX_set_options(ssl, SSL_OP_ALLOW_NO_DHE_KEX);
	CHECK(SSL_CTX_set1_groups_list(ssl, groups) == 1);
	SSL_CTX_set_psk_find_session_callback(ssl, find_key);
	SSL_CTX_set_psk_use_session_callback(ssl, use_key);
}

enum status __real_tls_context_server(const struct credentials *own, enum tls_clients clients, struct tls_context *made);
enum status __wrap_tls_context_server(const struct credentials *own, enum tls_clients clients, struct tls_context *made);
enum status __wrap_tls_context_server(const struct credentials *own, enum tls_clients clients, struct tls_context *made)
{
	enum status status = __real_tls_context_server(own, clients, made);

	if (status == STATUS_OK)
		share_key(made->ssl, "X25519");
	return status;
}

static void *take(size_t length, const char *file, int line)
{
	(void)file;
	(void)line;
	return cheap_malloc(length);
}

static void *take_more(void *block, size_t length, const char *file, int line)
{
	(void)file;
	(void)line;
	return cheap_realloc(block, length);
}

static void give(void *block, const char *file, int line)
{
	(void)file;
	(void)line;
	cheap_free(block);
}

/* --- The rig ----------------------------------------------------------------------------------------------------------- */

static void remove_rig(void)
{
	identity_free(rig->services.identity);
	tls_context_release(&context);
	rig_teardown((void **)&rig);
}

static void make_rig(void)
{
	struct complaint complaint;

	CHECK(CRYPTO_set_mem_functions(take, take_more, give) == 1);
	CHECK(rig_setup((void **)&rig) == 0);
	atexit(remove_rig);
	log_set_level(LOG_ERROR);
	rig_disconnect(rig);
	CHECK(identity_open(&rig->settings, rig->scratch.folder, TLS_CLIENTS_UNASKED, &rig->services.identity, &complaint) == STATUS_OK);
	CHECK(tls_context_client(NULL, &context) == STATUS_OK);
	share_key(context.ssl, "P-256");
	rig_file(rig, "f", 70000);
}

/* The server may have closed by now: then nobody hears it. */
static void say_raw(const void *bytes, size_t length)
{
	ssize_t sent = send(rig->client, bytes, length, MSG_NOSIGNAL);

	CHECK(sent == (ssize_t)length || errno == EPIPE || errno == ECONNRESET || errno == EAGAIN);
}

/* What comes in clear are records of TLS, or the one word for who speaks plain. */
static void check_clear(const unsigned char *bytes, size_t length, bool plain)
{
	struct frame frame;

	/* By its first byte alone: libssl gives an alert the version that the peer's record or ClientHello named. */
	if (length == 0 || (bytes[0] >= 0x14 && bytes[0] <= 0x17))
		return;
	CHECK(plain && length >= FRAME_HEADER_SIZE);
	CHECK(frame_decode(bytes, FRAME_FROM_SERVER, FRAME_GREETING, &frame) == STATUS_OK && frame.type == FRAME_ERROR);
}

static void hear_raw(bool plain)
{
	rig_settle(rig);
	while (rig_receive(rig) && rig->end < RIG_RECEIVED_MAX / 2 && rig_turn(rig))
		;
	check_clear(rig->bytes, rig->end, plain);
}

static bool shake_hands(struct stream *stream)
{
	enum status status;

	CHECK(stream_secure(stream, &context, "localhost") == STATUS_OK);
	while ((status = stream_handshake(stream)) == STATUS_WANT_READ && rig_turn(rig))
		;
	if (status == STATUS_OK)
		tls_approve(stream->tls);
	return status == STATUS_OK;
}

static void say_inside(struct stream *stream, const unsigned char *bytes, size_t length)
{
	size_t written = 0;

	for (size_t said = 0; said < length; said += written) {
		enum status status = stream_write(stream, bytes + said, length - said, STREAM_LAST, &written);
		rig_settle(rig);
		if (status != STATUS_OK)
			return;
	}
}

/* All that is said inside are sound frames; in *PHASE. */
static void hear_inside(struct stream *stream, enum frame_phase *phase)
{
	static unsigned char again[FRAME_HEADER_SIZE + FRAME_DATA_MAX];
	struct answer answer;
	struct writer writer;
	size_t length = 0;

	do {
		rig->end += length;
		while (rig_take_answer(rig, *phase, &answer)) {
			writer_init(&writer, again, sizeof(again));
			CHECK(recoder_of(answer.frame.type)(&answer.frame, answer.payload, &writer) == STATUS_OK);
			*phase = FRAME_OPEN;
		}
		rig_settle(rig);
	} while (rig->end < RIG_RECEIVED_MAX &&
		stream_read(stream, rig->bytes + rig->end, RIG_RECEIVED_MAX - rig->end, &length) == STATUS_OK);
}

static void greet_inside(struct stream *stream, enum frame_phase *phase)
{
	RIG_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	say_inside(stream, writer.start, writer_length(&writer));
	hear_inside(stream, phase);
	CHECK(*phase == FRAME_OPEN);
}

/* It knows that nothing follows. */
static void check_end(void)
{
	shutdown(rig->client, SHUT_RDWR);
	rig_settle(rig);
	CHECK(!rig->connection);
}

static void behind_a_handshake(enum way way, const unsigned char *bytes, size_t length)
{
	enum frame_phase phase = FRAME_GREETING;
	struct stream stream;

	stream_init(&stream, rig->client);
	CHECK(shake_hands(&stream));
	if (way == WAY_GREETED)
		greet_inside(&stream, &phase);
	if (way == WAY_BEHIND) {
		say_raw(bytes, length);
		hear_raw(false);
	} else {
		say_inside(&stream, bytes, length);
		hear_inside(&stream, &phase);
	}
	check_end();
	stream_close(&stream);
	rig->client = -1;
}

/* The first byte says which way the rest goes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 0 || bytes[0] >= WAYS)
		return 0;
	if (!rig)
		make_rig();
	rig_connect(rig);
	if (bytes[0] == WAY_RAW) {
		say_raw(bytes + 1, length - 1);
		hear_raw(length > 1 && bytes[1] != 0x16);
		check_end();
	} else {
		behind_a_handshake((enum way)bytes[0], bytes + 1, length - 1);
	}
	rig_disconnect(rig);
	return 0;
}
