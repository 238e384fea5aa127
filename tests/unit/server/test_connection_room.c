/* Tests of connections that have no room to send: they neither keep a worker busy nor are forgotten. */
#include "secure_rig.h"

#include <openssl/ssl.h>

/* Turns without sleep that no honest client ever causes. */
#define TURNS_MAX 1000u

/* A client of libssl alone, which may ask for what ours never does. */
static SSL *shake_hands(struct rig *rig, SSL_CTX *context)
{
	static const unsigned char protocols[] = "\x07" TLS_PROTOCOL;
	int64_t patience = clock_now() + RIG_PATIENCE;
	SSL *ssl = SSL_new(context);

	assert_non_null(ssl);
	assert_int_equal(protocols[0], strlen(TLS_PROTOCOL));
	assert_int_equal(SSL_set_alpn_protos(ssl, protocols, sizeof(protocols) - 1), 0);
	assert_int_equal(SSL_set_fd(ssl, rig->client), 1);
	SSL_set_connect_state(ssl);
	while (SSL_do_handshake(ssl) != 1) {
		rig_turn(rig);
		assert_true(clock_now() < patience);
	}
	return ssl;
}

static void greet(struct rig *rig, SSL *ssl)
{
	unsigned char bytes[256];
	RIG_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	assert_int_equal(SSL_write(ssl, writer.start, (int)writer_length(&writer)), writer_length(&writer));
	rig_settle(rig);
	assert_true(SSL_read(ssl, bytes, sizeof(bytes)) > (int)FRAME_HEADER_SIZE);
	assert_int_equal(bytes[4], FRAME_WELCOME);
}

/* The number of turns that the server took until it slept, or TURNS_MAX. */
static unsigned turns(struct rig *rig)
{
	unsigned count = 0;

	while (count < TURNS_MAX && rig_turn(rig))
		count++;
	return count;
}

/* From here on the client only takes bytes off its socket, LENGTH of them. */
static void take(struct rig *rig, size_t length)
{
	unsigned char bytes[65536];

	while (length > 0) {
		ssize_t part = recv(rig->client, bytes, length < sizeof(bytes) ? length : sizeof(bytes), 0);
		if (part <= 0)
			break;
		length -= (size_t)part;
	}
}

static void who_asks_for_new_keys_and_takes_nothing_costs_nothing(void **state)
{
	struct rig *rig = *state;
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	RIG_WRITER(writer);

	rig_file(rig, "file", PIECE_SIZE);
	assert_int_equal(setsockopt(rig->server, SOL_SOCKET, SO_SNDBUF, &(int){20000}, sizeof(int)), 0);
	SSL *ssl = shake_hands(rig, context);
	greet(rig, ssl);
	for (uint16_t number = 1; number <= RIG_WINDOW_REQUESTS; number++)
		read_request_encode(&writer, number, &(struct pieces_request){.path = span_of("file"), .first = 0, .count = 1});
	assert_int_equal(SSL_write(ssl, writer.start, (int)writer_length(&writer)), writer_length(&writer));
	assert_true(turns(rig) < TURNS_MAX);
	for (size_t i = 0; i < 12; i++) {
		assert_int_equal(SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		assert_int_equal(SSL_do_handshake(ssl), 1);
		/* What it takes lets the server end a record, and begin with its new key, and not always end that. */
		for (size_t j = 0; j < 40; j++) {
			take(rig, 1000 + 400 * i);
			if (j % 8 == 7)
				assert_int_equal(SSL_write(ssl, "", 1), 1);
			assert_true(turns(rig) < TURNS_MAX);
			assert_non_null(rig->connection);
		}
	}
	SSL_free(ssl);
	SSL_CTX_free(context);
}

/* Others come first, and a socket without room would never say that it is its turn again. */
static void a_reply_that_only_computes_needs_no_room(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 3 * PIECE_SIZE);
	rig_greet(rig);
	rig_sum(rig, "file", SUM_FLAT);
	while (rig->verdict != CONNECTION_GO_ON)
		assert_true(rig_turn(rig));
	assert_true(rig->wish.wake <= clock_now() + CLOCK_SECOND);
	rig_answer(rig, FRAME_FILE, rig->number);
	rig_answer(rig, FRAME_SUM_RESULT, rig->number);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_asks_for_new_keys_and_takes_nothing_costs_nothing, secure_rig_setup,
			secure_rig_teardown),
		cmocka_unit_test_setup_teardown(a_reply_that_only_computes_needs_no_room, rig_setup, rig_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
