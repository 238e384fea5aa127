/* Attacks on a server that speaks TLS: before, in and after the handshake, by a client of libssl that does what ours never would. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include <openssl/ssl.h>

#include "path.h"
#include "stage.h"
#include "tls_context.h"

#define ALPN "\x07" TLS_PROTOCOL
#define UPDATES_MAX 1000

static struct raw *connect_secure(struct stage *stage)
{
	raw_open(&stage->raw, stage->secure.port);
	return &stage->raw;
}

/* A client of libssl on the attacker's socket. */
struct stranger {
	SSL_CTX *context;
	SSL *ssl;
};

static struct stranger stranger_new(struct stage *stage, const char *alpn)
{
	struct stranger stranger = {.context = SSL_CTX_new(TLS_client_method())};

	stranger.ssl = SSL_new(stranger.context);
	assert_non_null(stranger.ssl);
	if (alpn)
		assert_int_equal(SSL_set_alpn_protos(stranger.ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn)), 0);
	SSL_set_fd(stranger.ssl, connect_secure(stage)->stream.fd);
	return stranger;
}

static void stranger_free(struct stranger *stranger)
{
	SSL_free(stranger->ssl);
	SSL_CTX_free(stranger->context);
}

/* The handshake may seem to succeed, as the client's part of TLS 1.3 does; the first read tells. */
static bool is_turned_away(struct stranger *stranger)
{
	char byte;

	return SSL_connect(stranger->ssl) != 1 || SSL_read(stranger->ssl, &byte, 1) <= 0;
}

/* No word of the protocol comes, only the end, with an alert or without. */
static void assert_cut(struct raw *raw)
{
	unsigned char record[512];
	size_t length, all = 0;

	while (stream_read(&raw->stream, record + all, sizeof(record) - all, &length) == STATUS_OK)
		all += length;
	/* An alert, RFC 8446, section 6. */
	if (all > 0)
		assert_int_equal(record[0], 0x15);
}

static void assert_bytes_cut(struct stage *stage, const void *bytes, size_t length)
{
	struct raw *raw = connect_secure(stage);

	raw_put(raw, bytes, length);
	raw_half_close(raw);
	assert_cut(raw);
}

/* --- The door ---------------------------------------------------------------------------------------------------------- */

static void a_plain_greeting_is_told_of_tls(struct stage *stage)
{
	struct raw *raw = connect_secure(stage);

	raw_hello(raw);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void other_protocols_at_the_secure_door_are_refused(struct stage *stage)
{
	static const char *const greetings[] = {"GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "\xff\xff\xff\xff\xff\xff\xff\xff"};

	for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
		struct raw *raw = connect_secure(stage);
		raw_put(raw, greetings[i], strlen(greetings[i]));
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
}

static void records_that_claim_too_much_are_cut_off(struct stage *stage)
{
	static const unsigned char lengths[][2] = {{0x00, 0x00}, {0x40, 0x01}, {0x80, 0x00}, {0xff, 0xff}};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		const unsigned char record[] = {0x16, 0x03, 0x01, lengths[i][0], lengths[i][1], 0x01, 0xff, 0xff, 0xff};
		assert_bytes_cut(stage, record, sizeof(record));
	}
}

/* The handshake message itself says that it is 16 MiB long. */
static void a_handshake_message_that_claims_too_much_is_cut_off(struct stage *stage)
{
	unsigned char record[5 + 512] = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0xff, 0xff, 0xff, 0x03, 0x03};

	assert_bytes_cut(stage, record, sizeof(record));
}

static void data_before_the_handshake_is_cut_off(struct stage *stage)
{
	static const unsigned char record[] = {0x17, 0x03, 0x03, 0x00, 0x05, 'h', 'e', 'l', 'l', 'o'};

	assert_bytes_cut(stage, record, sizeof(record));
}

/* What libssl would say first, into MEMORY. */
static size_t client_hello(unsigned char *bytes, size_t capacity)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(context);
	BIO *out = BIO_new(BIO_s_mem());

	assert_non_null(out);
	SSL_set_bio(ssl, BIO_new(BIO_s_mem()), out);
	SSL_set_alpn_protos(ssl, (const unsigned char *)ALPN, sizeof(ALPN) - 1);
	SSL_connect(ssl);
	int length = BIO_read(out, bytes, (int)capacity);
	assert_true(length > 64);
	SSL_free(ssl);
	SSL_CTX_free(context);
	return (size_t)length;
}

static void a_handshake_that_is_cut_off_is_let_go(struct stage *stage)
{
	unsigned char hello[4096];
	size_t whole = client_hello(hello, sizeof(hello));

	for (size_t length = 1; length < whole; length += 9)
		assert_bytes_cut(stage, hello, length);
	assert_true(victim_let_go(&stage->secure));
}

/* Some bits mean nothing to a server, which then waits for the client's turn: it must not wait for somebody who has gone. */
static void a_handshake_with_any_bit_changed_harms_nobody(struct stage *stage)
{
	unsigned char hello[4096];
	size_t whole = client_hello(hello, sizeof(hello));

	for (size_t i = 0; i < whole; i += 5) {
		struct raw *raw = connect_secure(stage);
		hello[i] ^= (unsigned char)(1 << i % 8);
		raw_put(raw, hello, whole);
		hello[i] ^= (unsigned char)(1 << i % 8);
		raw_close(raw);
	}
	assert_true(victim_let_go(&stage->secure));
}

/* --- Who and what ------------------------------------------------------------------------------------------------------- */

static void versions_before_1_3_are_turned_away(struct stage *stage)
{
	struct stranger stranger = stranger_new(stage, ALPN);

	SSL_set_max_proto_version(stranger.ssl, TLS1_2_VERSION);
	assert_true(is_turned_away(&stranger));
	stranger_free(&stranger);
}

static void a_client_that_names_no_protocol_is_turned_away(struct stage *stage)
{
	struct stranger stranger = stranger_new(stage, NULL);

	assert_true(is_turned_away(&stranger));
	stranger_free(&stranger);
}

static void a_client_that_names_another_protocol_is_turned_away(struct stage *stage)
{
	struct stranger stranger = stranger_new(stage, "\x08http/1.1\x07" "ferry/2");

	assert_true(is_turned_away(&stranger));
	stranger_free(&stranger);
}

static void a_client_with_weak_ciphers_only_is_turned_away(struct stage *stage)
{
	struct stranger stranger = stranger_new(stage, ALPN);

	assert_int_equal(SSL_set_ciphersuites(stranger.ssl, "TLS_AES_128_CCM_8_SHA256"), 1);
	assert_true(is_turned_away(&stranger));
	stranger_free(&stranger);
}

/* --- Inside ------------------------------------------------------------------------------------------------------------ */

static struct stranger stranger_inside(struct stage *stage)
{
	struct stranger stranger = stranger_new(stage, ALPN);

	assert_int_equal(SSL_connect(stranger.ssl), 1);
	return stranger;
}

static void stranger_says_hello(struct stranger *stranger)
{
	unsigned char bytes[64];
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	assert_int_equal(SSL_write(stranger->ssl, writer.start, (int)writer_length(&writer)), writer_length(&writer));
	assert_int_equal(SSL_read(stranger->ssl, bytes, sizeof(bytes)), FRAME_HEADER_SIZE + 22);
}

static void no_ticket_is_given_out_and_no_early_data_taken(struct stage *stage)
{
	struct stranger stranger = stranger_inside(stage);

	stranger_says_hello(&stranger);
	const SSL_SESSION *session = SSL_get0_session(stranger.ssl);
	assert_false(SSL_SESSION_is_resumable(session));
	assert_int_equal(SSL_SESSION_get_max_early_data(session), 0);
	stranger_free(&stranger);
}

static void a_flood_of_key_updates_is_cut_off(struct stage *stage)
{
	struct stranger stranger = stranger_inside(stage);
	unsigned char byte;
	int updates = 0;

	stranger_says_hello(&stranger);
	/* Writing fails once the server has gone. */
	while (updates < UPDATES_MAX && SSL_key_update(stranger.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
	       SSL_do_handshake(stranger.ssl) == 1)
		updates++;
	assert_true(SSL_read(stranger.ssl, &byte, 1) <= 0);
	stranger_free(&stranger);
}

/* Behind the handshake, a record that nobody has encrypted. */
static void a_forged_record_is_cut_off(struct stage *stage)
{
	unsigned char record[5 + 64] = {0x17, 0x03, 0x03, 0x00, 64};
	struct stranger stranger = stranger_inside(stage);
	unsigned char byte;

	stranger_says_hello(&stranger);
	raw_put(&stage->raw, record, sizeof(record));
	assert_true(SSL_read(stranger.ssl, &byte, 1) <= 0);
	stranger_free(&stranger);
}

static void an_end_that_tls_was_not_told_of_drops_what_was_asked(struct stage *stage)
{
	for (int i = 0; i < 20; i++) {
		raw_secure(connect_secure(stage));
		raw_greet(&stage->raw);
		raw_ask(&stage->raw, FRAME_READ, span_of("public/large"));
		shutdown(stage->raw.stream.fd, SHUT_WR);
	}
	raw_close(&stage->raw);
	assert_true(victim_let_go(&stage->secure));
}

static void a_breach_inside_tls_is_answered_inside_tls(struct stage *stage)
{
	raw_secure(connect_secure(stage));
	raw_greet(&stage->raw);
	raw_header(&stage->raw, &(struct frame){.type = FRAME_PING, .number = 7});
	raw_expect_fatal(&stage->raw, ERROR_PROTOCOL);
}

static void a_hello_that_lies_about_its_length_inside_tls_is_refused(struct stage *stage)
{
	raw_secure(connect_secure(stage));
	raw_header(&stage->raw, &(struct frame){.type = FRAME_HELLO, .length = UINT32_MAX});
	raw_expect_fatal(&stage->raw, ERROR_PROTOCOL);
}

static const struct hostile_case cases[] = {
	ATTACK(P1, a_plain_greeting_is_told_of_tls),
	ATTACK(P1, other_protocols_at_the_secure_door_are_refused),
	ATTACK(C5, records_that_claim_too_much_are_cut_off),
	ATTACK(C5, a_handshake_message_that_claims_too_much_is_cut_off),
	ATTACK(P1, data_before_the_handshake_is_cut_off),
	ATTACK(C11, a_handshake_that_is_cut_off_is_let_go),
	ATTACK(C11, a_handshake_with_any_bit_changed_harms_nobody),
	ATTACK(P1, versions_before_1_3_are_turned_away),
	ATTACK(P1, a_client_that_names_no_protocol_is_turned_away),
	ATTACK(P1, a_client_that_names_another_protocol_is_turned_away),
	ATTACK(P1, a_client_with_weak_ciphers_only_is_turned_away),
	ATTACK(C12, no_ticket_is_given_out_and_no_early_data_taken),
	ATTACK(C12, a_flood_of_key_updates_is_cut_off),
	ATTACK(P4, a_forged_record_is_cut_off),
	ATTACK(P4, an_end_that_tls_was_not_told_of_drops_what_was_asked),
	ATTACK(C14, a_breach_inside_tls_is_answered_inside_tls),
	ATTACK(C5, a_hello_that_lies_about_its_length_inside_tls_is_refused),
};
const struct hostile_table against_tls = HOSTILE_TABLE(cases);
