/* Tests of TLS against peers of another kind: plain ones, older ones, strangers, and those who flood or damage. */
/* Threats C12, P1 and P5 of docs/security.md. */
#include "tls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <openssl/ssl.h>

#include "hashing.h"
#include "secured.h"

/* A client by libssl alone, which does what ours never would. */
struct stranger {
	SSL_CTX *context;
	SSL *ssl;
	unsigned updates; /* key updates received */
};

static void count_updates(int written, int version, int type, const void *bytes, size_t length, SSL *ssl, void *context)
{
	struct stranger *stranger = context;

	(void)version;
	(void)ssl;
	if (!written && type == SSL3_RT_HANDSHAKE && length > 0 && *(const unsigned char *)bytes == SSL3_MT_KEY_UPDATE)
		stranger->updates++;
}

/* In the place of the pair's client. */
static struct stranger stranger_new(struct pair *pair)
{
	struct stranger stranger = {.context = SSL_CTX_new(TLS_client_method())};

	stranger.ssl = SSL_new(stranger.context);
	SSL_set_fd(stranger.ssl, pair->client.fd);
	SSL_set_connect_state(stranger.ssl);
	return stranger;
}

static void stranger_free(struct stranger *stranger)
{
	SSL_free(stranger->ssl);
	SSL_CTX_free(stranger->context);
}

static void stranger_names(struct stranger *stranger, const char *protocol)
{
	unsigned char list[32];

	list[0] = (unsigned char)strlen(protocol);
	memcpy(list + 1, protocol, list[0]);
	assert_int_equal(SSL_set_alpn_protos(stranger->ssl, list, list[0] + 1u), 0);
}

/* The server's outcome; the stranger's is 1 where its handshake succeeded. */
static enum status meet(struct pair *pair, struct stranger *stranger, int *succeeded)
{
	enum status server = STATUS_WANT_READ;

	assert_int_equal(stream_secure(&pair->server, &pair->server_context, NULL), STATUS_OK);
	while (server == STATUS_WANT_READ) {
		*succeeded = SSL_do_handshake(stranger->ssl);
		await_byte(pair->server.fd);
		server = stream_handshake(&pair->server);
		if (*succeeded != 1)
			await_byte(pair->client.fd);
	}
	*succeeded = SSL_do_handshake(stranger->ssl);
	return server;
}

static struct pair pair_with(struct stranger *stranger)
{
	struct pair pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);

	*stranger = stranger_new(&pair);
	return pair;
}

static void part(struct pair *pair, struct stranger *stranger)
{
	stranger_free(stranger);
	pair_close(pair);
}

/* --- Strangers ------------------------------------------------------------------------------------------------------- */

static void a_client_of_tls_1_2_is_turned_away(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_with(&stranger);
	int succeeded;

	(void)state;
	stranger_names(&stranger, TLS_PROTOCOL);
	assert_int_equal(SSL_set_max_proto_version(stranger.ssl, TLS1_2_VERSION), 1);
	assert_int_equal(meet(&pair, &stranger, &succeeded), STATUS_PROTOCOL);
	assert_int_not_equal(succeeded, 1);
	assert_false(tls_met_plain(pair.server.tls));
	assert_non_null(tls_reason(pair.server.tls));
	part(&pair, &stranger);
}

static void a_client_that_names_another_protocol_is_turned_away(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_with(&stranger);
	int succeeded;

	(void)state;
	stranger_names(&stranger, "http/1.1");
	assert_int_equal(meet(&pair, &stranger, &succeeded), STATUS_PROTOCOL);
	assert_int_not_equal(succeeded, 1);
	part(&pair, &stranger);
}

static void a_client_that_names_no_protocol_is_turned_away(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_with(&stranger);
	int succeeded;

	(void)state;
	assert_int_equal(meet(&pair, &stranger, &succeeded), STATUS_PROTOCOL);
	assert_non_null(strstr(tls_reason(pair.server.tls), TLS_PROTOCOL));
	part(&pair, &stranger);
}

static void a_client_that_names_ours_gets_tls_1_3(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_with(&stranger);
	int succeeded;

	(void)state;
	stranger_names(&stranger, TLS_PROTOCOL);
	assert_int_equal(meet(&pair, &stranger, &succeeded), STATUS_OK);
	assert_int_equal(succeeded, 1);
	assert_string_equal(SSL_get_version(stranger.ssl), "TLSv1.3");
	part(&pair, &stranger);
}

/* --- Plain meets TLS ------------------------------------------------------------------------------------------------- */

static void a_plain_client_is_recognised_and_can_be_told(void **state)
{
	struct pair pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	char byte;
	size_t length;

	(void)state;
	assert_int_equal(stream_secure(&pair.server, &pair.server_context, NULL), STATUS_OK);
	write_bytes(&pair.client, "\0\0\0\x10\x01\0\0\0", 8);
	await_byte(pair.server.fd);
	assert_int_equal(stream_read(&pair.server, &byte, 1, &length), STATUS_PROTOCOL);
	assert_true(tls_met_plain(pair.server.tls));
	stream_expose(&pair.server);
	write_text(&pair.server, "wrong door");
	assert_reads(&pair.client, "wrong door");
	pair_close(&pair);
}

static void a_plain_server_is_recognised(void **state)
{
	struct pair pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);

	(void)state;
	assert_int_equal(stream_secure(&pair.client, &pair.client_context, NULL), STATUS_OK);
	assert_int_equal(stream_handshake(&pair.client), STATUS_WANT_READ);
	write_bytes(&pair.server, "\0\0\0\x16\x81\0\0\0", 8);
	await_byte(pair.client.fd);
	assert_int_equal(stream_handshake(&pair.client), STATUS_PROTOCOL);
	assert_true(tls_met_plain(pair.client.tls));
	pair_close(&pair);
}

/* --- Floods and damage ----------------------------------------------------------------------------------------------- */

static struct pair pair_established_with(struct stranger *stranger)
{
	struct pair pair = pair_with(stranger);
	int succeeded;

	stranger_names(stranger, TLS_PROTOCOL);
	assert_int_equal(meet(&pair, stranger, &succeeded), STATUS_OK);
	return pair;
}

static void send_updates(struct stranger *stranger, int count)
{
	for (int i = 0; i < count; i++) {
		assert_int_equal(SSL_key_update(stranger->ssl, SSL_KEY_UPDATE_NOT_REQUESTED), 1);
		assert_int_equal(SSL_do_handshake(stranger->ssl), 1);
	}
}

static void a_few_key_updates_are_fine(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_established_with(&stranger);

	(void)state;
	send_updates(&stranger, 16);
	assert_int_equal(SSL_write(stranger.ssl, "x", 1), 1);
	assert_reads(&pair.server, "x");
	part(&pair, &stranger);
}

static void a_flood_of_key_updates_ends_the_connection(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_established_with(&stranger);

	(void)state;
	send_updates(&stranger, 17);
	assert_ends(&pair.server, STATUS_PROTOCOL);
	part(&pair, &stranger);
}

static void count_step(const SSL *ssl, int where, int value)
{
	unsigned *steps = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));

	(void)value;
	*steps += (where & SSL_CB_LOOP) != 0;
}

/* What was received ahead, in one piece, is thrown away too. */
static void a_flood_that_has_come_already_is_not_worked_off(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_established_with(&stranger);
	unsigned steps = 0;

	(void)state;
	SSL_CTX_set_app_data(pair.server_context.ssl, &steps);
	SSL_CTX_set_info_callback(pair.server_context.ssl, count_step);
	send_updates(&stranger, 500);
	assert_ends(&pair.server, STATUS_PROTOCOL);
	assert_in_range(steps, 17, 100);
	part(&pair, &stranger);
}

static void key_updates_among_many_bytes_are_no_flood(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_established_with(&stranger);
	unsigned char *bytes = random_bytes(1 << 14);
	unsigned char read[1 << 14];

	(void)state;
	for (int i = 0; i < 512; i++) {
		size_t length = 0, part_length;
		if (i % 5 == 0)
			send_updates(&stranger, 1);
		assert_int_equal(SSL_write(stranger.ssl, bytes, 1 << 14), 1 << 14);
		for (; length < 1 << 14; length += part_length)
			assert_int_equal(read_some(&pair.server, read, sizeof(read), &part_length), STATUS_OK);
	}
	free(bytes);
	part(&pair, &stranger);
}

static void a_server_changes_its_key_after_as_many_bytes_as_it_was_told(void **state)
{
	struct stranger stranger;
	struct pair pair = pair_with(&stranger);
	unsigned char block[1 << 14] = {0};
	int succeeded, received = 0;
	size_t written;

	(void)state;
	stranger_names(&stranger, TLS_PROTOCOL);
	SSL_set_msg_callback(stranger.ssl, count_updates);
	SSL_set_msg_callback_arg(stranger.ssl, &stranger);
	struct tls_setup setup = {.fd = pair.server.fd, .rekey = 1 << 20};
	struct tls *tls;
	assert_int_equal(tls_new(&pair.server_context, &setup, &tls), STATUS_OK);
	enum status server = STATUS_WANT_READ;
	while (server == STATUS_WANT_READ) {
		succeeded = SSL_do_handshake(stranger.ssl);
		server = tls_handshake(tls);
	}
	assert_int_equal(server, STATUS_OK);
	for (int sent = 0; sent < 10 << 20; sent += (int)sizeof(block)) {
		assert_int_equal(tls_write(tls, block, sizeof(block), false, &written), STATUS_OK);
		assert_int_equal(written, sizeof(block));
		while (received < sent + (int)sizeof(block)) {
			succeeded = SSL_read(stranger.ssl, block, sizeof(block));
			received += succeeded > 0 ? succeeded : 0;
		}
	}
	assert_int_equal(stranger.updates, 9);
	tls_free(tls);
	part(&pair, &stranger);
}

/* The first byte of the record that comes next is changed at the place AT. */
static void assert_damage_is_noticed(size_t at)
{
	struct pair pair = pair_plain_secure();
	unsigned char record[64];
	int between[2];

	connect_sockets(between);
	write_text(&pair.client, "precious");
	await_byte(pair.server.fd);
	ssize_t length = recv(pair.server.fd, record, sizeof(record), 0);
	assert_int_equal(length, 5 + 8 + 1 + 16);
	record[at] ^= 1;
	assert_int_equal(dup2(between[0], pair.server.fd), pair.server.fd);
	assert_int_equal(send(between[1], record, (size_t)length, 0), length);
	assert_int_equal(shutdown(between[1], SHUT_WR), 0);
	char byte;
	size_t read;
	enum status status = read_some(&pair.server, &byte, 1, &read);
	/* A length that was made longer is an end in mid-record. */
	assert_true(status == STATUS_PROTOCOL || status == STATUS_LOST);
	close(between[0]);
	close(between[1]);
	pair_close(&pair);
}

static void one_changed_bit_of_a_record_ends_the_connection(void **state)
{
	(void)state;
	for (size_t at = 0; at < 5 + 8 + 1 + 16; at++)
		assert_damage_is_noticed(at);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_of_tls_1_2_is_turned_away),
		cmocka_unit_test(a_client_that_names_another_protocol_is_turned_away),
		cmocka_unit_test(a_client_that_names_no_protocol_is_turned_away),
		cmocka_unit_test(a_client_that_names_ours_gets_tls_1_3),
		cmocka_unit_test(a_plain_client_is_recognised_and_can_be_told),
		cmocka_unit_test(a_plain_server_is_recognised),
		cmocka_unit_test(a_few_key_updates_are_fine),
		cmocka_unit_test(a_flood_of_key_updates_ends_the_connection),
		cmocka_unit_test(a_flood_that_has_come_already_is_not_worked_off),
		cmocka_unit_test(key_updates_among_many_bytes_are_no_flood),
		cmocka_unit_test(a_server_changes_its_key_after_as_many_bytes_as_it_was_told),
		cmocka_unit_test(one_changed_bit_of_a_record_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
