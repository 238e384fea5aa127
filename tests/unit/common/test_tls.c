/* Tests of streams with TLS over real sockets: handshake, bytes, ends, and peers that do not keep to the rules. */
/* Threats C15 and P4 of docs/security.md. */
#include "stream.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "hashing.h"
#include "secured.h"

/* --- Handshake ------------------------------------------------------------------------------------------------------- */

static void both_sides_talk_after_the_handshake(void **state)
{
	struct pair pair = pair_plain_secure();

	(void)state;
	write_text(&pair.client, "question");
	assert_reads(&pair.server, "question");
	write_text(&pair.server, "answer");
	assert_reads(&pair.client, "answer");
	pair_close(&pair);
}

static void a_server_shakes_hands_while_it_reads(void **state)
{
	struct pair pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	char bytes[16];
	size_t length;

	(void)state;
	assert_int_equal(stream_secure(&pair.server, &pair.server_context, NULL), STATUS_OK);
	assert_int_equal(stream_secure(&pair.client, &pair.client_context, NULL), STATUS_OK);
	assert_int_equal(stream_handshake(&pair.client), STATUS_WANT_READ);
	await_byte(pair.server.fd);
	assert_int_equal(stream_read(&pair.server, bytes, sizeof(bytes), &length), STATUS_WANT_READ);
	await_byte(pair.client.fd);
	assert_int_equal(stream_handshake(&pair.client), STATUS_OK);
	tls_approve(pair.client.tls);
	write_text(&pair.client, "hello");
	assert_reads(&pair.server, "hello");
	pair_close(&pair);
}

static void the_client_sees_the_servers_pin(void **state)
{
	struct pair pair = pair_plain_secure();
	struct pin pin;

	(void)state;
	assert_int_equal(certificate_pin(tls_peer(pair.client.tls), &pin), STATUS_OK);
	assert_true(pin_equal(&pin, &pair.server_pin));
	pair_close(&pair);
}

static void a_server_that_asks_sees_the_clients_pin(void **state)
{
	struct pair pair = pair_secure(TLS_CLIENTS_ASKED, CLIENT_WITH);
	struct pin pin;

	(void)state;
	assert_int_equal(certificate_pin(tls_peer(pair.server.tls), &pin), STATUS_OK);
	assert_true(pin_equal(&pin, &pair.client_pin));
	pair_close(&pair);
}

static void a_server_sees_no_pin_where_none_is_given_or_asked_for(void **state)
{
	struct pair asked = pair_secure(TLS_CLIENTS_ASKED, CLIENT_WITHOUT);
	struct pair unasked = pair_secure(TLS_CLIENTS_UNASKED, CLIENT_WITH);

	(void)state;
	assert_null(tls_peer(asked.server.tls));
	assert_null(tls_peer(unasked.server.tls));
	pair_close(&asked);
	pair_close(&unasked);
}

static void nothing_comes_after_the_handshake_unasked(void **state)
{
	struct pair pair = pair_plain_secure();
	char byte;

	(void)state;
	/* A session ticket would. */
	assert_int_equal(recv(pair.client.fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK), -1);
	pair_close(&pair);
}

static void a_context_may_go_before_its_connections(void **state)
{
	struct pair pair = pair_plain_secure();

	(void)state;
	tls_context_release(&pair.server_context);
	tls_context_release(&pair.client_context);
	write_text(&pair.client, "still here");
	assert_reads(&pair.server, "still here");
	pair_close(&pair);
}

/* --- Bytes ----------------------------------------------------------------------------------------------------------- */

/* Sends COUNT bytes as fast as the other side takes them; both sides' bytes must be the same. */
static void carry(struct stream *from, struct stream *to, const unsigned char *bytes, size_t count, size_t capacity)
{
	unsigned char *read = malloc(count + capacity);
	size_t sent = 0, received = 0, part;

	while (received < count) {
		if (sent < count && stream_write(from, bytes + sent, count - sent, STREAM_LAST, &part) == STATUS_OK)
			sent += part;
		if (stream_read(to, read + received, capacity, &part) == STATUS_OK)
			received += part;
	}
	assert_int_equal(received, count);
	assert_memory_equal(read, bytes, count);
	free(read);
}

static void many_bytes_arrive_as_they_were_sent(void **state)
{
	struct pair pair = pair_plain_secure();
	unsigned char *bytes = random_bytes(20 << 20);

	(void)state;
	carry(&pair.server, &pair.client, bytes, 20 << 20, 100000);
	carry(&pair.client, &pair.server, bytes, 300000, 7);
	free(bytes);
	pair_close(&pair);
}

static void a_full_socket_says_what_to_wait_for_and_goes_on_from_another_place(void **state)
{
	struct pair pair = pair_plain_secure();
	unsigned char *bytes = random_bytes(32 << 20), *read = malloc(32 << 20);
	size_t sent = 0, received = 0, part;
	enum status status;

	(void)state;
	while ((status = stream_write(&pair.server, bytes + sent, 70000, STREAM_LAST, &part)) == STATUS_OK)
		sent += part;
	assert_int_equal(status, STATUS_WANT_WRITE);
	unsigned char *copy = malloc(70000);
	memcpy(copy, bytes + sent, 70000);
	size_t end = sent + 70000, left = 70000;
	while (received < end) {
		if (left > 0 && stream_write(&pair.server, copy + 70000 - left, left, STREAM_LAST, &part) == STATUS_OK)
			left -= part;
		if (stream_read(&pair.client, read + received, (32 << 20) - received, &part) == STATUS_OK)
			received += part;
	}
	assert_int_equal(left, 0);
	assert_memory_equal(read, bytes, end);
	free(copy);
	free(read);
	free(bytes);
	pair_close(&pair);
}

static void what_was_received_but_not_read_needs_no_waiting(void **state)
{
	struct pair pair = pair_plain_secure();
	char byte;
	size_t length;

	(void)state;
	write_text(&pair.client, "a");
	write_text(&pair.client, "b");
	assert_false(stream_has_input(&pair.server));
	assert_int_equal(read_some(&pair.server, &byte, 1, &length), STATUS_OK);
	assert_true(stream_has_input(&pair.server));
	assert_int_equal(stream_read(&pair.server, &byte, 1, &length), STATUS_OK);
	assert_int_equal(byte, 'b');
	assert_false(stream_has_input(&pair.server));
	pair_close(&pair);
}

/* Whoever took it for input would ask for ever. */
static void a_part_of_a_record_is_no_input(void **state)
{
	struct pair pair = pair_plain_secure();
	unsigned char record[64];
	char byte;
	size_t length;
	int between[2];

	(void)state;
	connect_sockets(between);
	write_text(&pair.client, "x");
	await_byte(pair.server.fd);
	assert_int_equal(recv(pair.server.fd, record, sizeof(record), MSG_PEEK), 5 + 1 + 1 + 16);
	/* Another socket in its place brings the record in two parts. */
	int kept = dup(pair.server.fd);
	assert_int_equal(dup2(between[0], pair.server.fd), pair.server.fd);
	assert_int_equal(send(between[1], record, 10, 0), 10);
	await_byte(pair.server.fd);
	assert_int_equal(stream_read(&pair.server, &byte, 1, &length), STATUS_WANT_READ);
	assert_false(stream_has_input(&pair.server));
	assert_int_equal(send(between[1], record + 10, 13, 0), 13);
	assert_int_equal(read_some(&pair.server, &byte, 1, &length), STATUS_OK);
	assert_int_equal(byte, 'x');
	close(kept);
	close(between[0]);
	close(between[1]);
	pair_close(&pair);
}

static void a_blocking_read_times_out(void **state)
{
	struct pair pair = pair_plain_secure();
	struct timeval soon = {.tv_usec = 20000};
	char byte;
	size_t length;

	(void)state;
	assert_int_equal(fcntl(pair.client.fd, F_SETFL, 0), 0);
	assert_int_equal(setsockopt(pair.client.fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)), 0);
	pair.client.blocking = true;
	assert_int_equal(stream_read(&pair.client, &byte, 1, &length), STATUS_TIMEOUT);
	pair_close(&pair);
}

static void a_file_is_not_for_it_to_send(void **state)
{
	struct pair pair = pair_plain_secure();
	off_t offset = 0;
	size_t sent;
	int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	(void)state;
	enum status status = stream_send_file(&pair.server, file, &offset, 4, &sent);
	/* Unless the kernel encrypts: then what arrives must be the file. */
	assert_true(status == STATUS_UNSUPPORTED || status == STATUS_OK);
	if (status == STATUS_OK)
		assert_reads(&pair.client, "\x7f" "ELF");
	close(file);
	pair_close(&pair);
}

/* --- Ends ------------------------------------------------------------------------------------------------------------ */

static void after_a_shut_the_peer_reads_to_the_end_and_may_still_answer(void **state)
{
	struct pair pair = pair_plain_secure();

	(void)state;
	write_text(&pair.client, "last words");
	assert_int_equal(stream_shut(&pair.client), STATUS_OK);
	assert_reads(&pair.server, "last words");
	assert_ends(&pair.server, STATUS_END);
	write_text(&pair.server, "answer");
	assert_reads(&pair.client, "answer");
	pair_close(&pair);
}

static void an_end_without_tls_saying_so_is_a_loss(void **state)
{
	struct pair pair = pair_plain_secure();

	(void)state;
	write_text(&pair.client, "half a wo");
	assert_int_equal(shutdown(pair.client.fd, SHUT_WR), 0);
	assert_reads(&pair.server, "half a wo");
	assert_ends(&pair.server, STATUS_LOST);
	assert_ends(&pair.server, STATUS_LOST);
	pair_close(&pair);
}

static void an_end_in_the_handshake_is_a_loss(void **state)
{
	struct pair pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);

	(void)state;
	assert_int_equal(stream_secure(&pair.client, &pair.client_context, NULL), STATUS_OK);
	assert_int_equal(stream_handshake(&pair.client), STATUS_WANT_READ);
	stream_close(&pair.server);
	await_byte(pair.client.fd);
	assert_int_equal(stream_handshake(&pair.client), STATUS_LOST);
	pair_close(&pair);
}

static void a_peer_that_vanishes_is_lost_without_a_signal(void **state)
{
	struct pair pair = pair_plain_secure();
	struct linger now = {.l_onoff = 1};
	size_t written;

	(void)state;
	assert_ptr_not_equal(signal(SIGPIPE, SIG_DFL), SIG_ERR);
	assert_int_equal(setsockopt(pair.client.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	close(pair.client.fd);
	pair.client.open = false;
	while (stream_write(&pair.server, "x", 1, STREAM_LAST, &written) == STATUS_OK)
		continue;
	assert_int_equal(stream_write(&pair.server, "x", 1, STREAM_LAST, &written), STATUS_LOST);
	assert_int_equal(stream_shut(&pair.server), STATUS_LOST);
	pair_close(&pair);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_talk_after_the_handshake),
		cmocka_unit_test(a_server_shakes_hands_while_it_reads),
		cmocka_unit_test(the_client_sees_the_servers_pin),
		cmocka_unit_test(a_server_that_asks_sees_the_clients_pin),
		cmocka_unit_test(a_server_sees_no_pin_where_none_is_given_or_asked_for),
		cmocka_unit_test(nothing_comes_after_the_handshake_unasked),
		cmocka_unit_test(a_context_may_go_before_its_connections),
		cmocka_unit_test(many_bytes_arrive_as_they_were_sent),
		cmocka_unit_test(a_full_socket_says_what_to_wait_for_and_goes_on_from_another_place),
		cmocka_unit_test(what_was_received_but_not_read_needs_no_waiting),
		cmocka_unit_test(a_part_of_a_record_is_no_input),
		cmocka_unit_test(a_blocking_read_times_out),
		cmocka_unit_test(a_file_is_not_for_it_to_send),
		cmocka_unit_test(after_a_shut_the_peer_reads_to_the_end_and_may_still_answer),
		cmocka_unit_test(an_end_without_tls_saying_so_is_a_loss),
		cmocka_unit_test(an_end_in_the_handshake_is_a_loss),
		cmocka_unit_test(a_peer_that_vanishes_is_lost_without_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
