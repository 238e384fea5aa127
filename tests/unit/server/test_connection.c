/* Tests of a connection by a scripted client: greeting, deadlines, refusal, drain and every way to end. */
#include "script.h"

#include <errno.h>

static void greets_whatever_way_the_bytes_are_split(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);
	struct welcome welcome;

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 3});
	for (size_t split = 1; split < writer_length(&writer); split++) {
		rig_send_bytes(rig, writer.start, split);
		rig_settle(rig);
		rig_send_bytes(rig, writer.start + split, writer_length(&writer) - split);
		struct answer answer = rig_answer_in(rig, FRAME_GREETING);
		assert_int_equal(answer.frame.type, FRAME_WELCOME);
		assert_int_equal(welcome_decode(answer.payload, &welcome), STATUS_OK);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void greeting_that_is_no_greeting_is_a_protocol_error(void **state)
{
	static const char texts[][32] = {
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
		"SSH-2.0-OpenSSH_9.2\r\n",
		"\xff\xff\xff\xff\xff\xff\xff\xff",
		"\0\0\0\x10\x01\0\0\0FERRY\n\x1a",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rig_send_bytes(rig, texts[i], sizeof(texts[i]));
		assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
		assert_int_equal(shutdown(rig->client, SHUT_WR), 0);
		rig_expect_end(rig);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void greeting_of_another_version_is_told_so(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 2, .version_max = 9});
	rig_send(rig, &writer);
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_VERSION);
}

static void request_before_the_welcome_is_a_protocol_error(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	ping_encode(&writer, 1, &(struct ping){span_of("early")});
	rig_send(rig, &writer);
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
}

static void client_that_was_told_an_error_is_drained_until_it_goes(void **state)
{
	char flood[4096] = {0};
	struct rig *rig = *state;

	rig_send_bytes(rig, "GET / HTTP/1.1\r\n", 16);
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
	for (int i = 0; i < 100; i++) {
		rig_send_bytes(rig, flood, sizeof(flood));
		rig_settle(rig);
		assert_non_null(rig->connection);
	}
	assert_true(rig->wish.deadline <= clock_now() + 2 * CLOCK_SECOND);
	shutdown(rig->client, SHUT_WR);
	rig_expect_end(rig);
	assert_null(rig->connection);
}

static void who_goes_on_after_that_without_end_is_closed(void **state)
{
	struct rig *rig = *state;
	unsigned drained = 0;

	rig_send_bytes(rig, "GET / HTTP/1.1\r\n", 16);
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
	for (; rig->connection && drained < 10000; drained++) {
		rig_send_bytes(rig, "x", 1);
		rig_settle(rig);
	}
	assert_null(rig->connection);
	assert_in_range(drained, 100, 2000);
}

/* --- Deadlines -------------------------------------------------------------------------------------------------------- */

static void greeting_deadline_counts_from_accept_whatever_arrives(void **state)
{
	struct rig *rig = *state;
	int64_t deadline = rig->wish.deadline;

	assert_true(deadline <= clock_now() + rig->settings.greeting_deadline);
	rig_send_bytes(rig, "\0\0\0", 3);
	rig_settle(rig);
	assert_int_equal(rig->wish.deadline, deadline);
}

static void frame_deadline_counts_from_its_first_byte(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	rig_settle(rig);
	assert_true(rig->wish.deadline > clock_now() + rig->settings.frame_deadline);
	rig_send_bytes(rig, "\0\0\0\2", 4);
	rig_settle(rig);
	int64_t deadline = rig->wish.deadline;
	assert_true(deadline <= clock_now() + rig->settings.frame_deadline);
	/* The rest of the header, a part of the payload: still the same frame. */
	rig_send_bytes(rig, "\x10\0\0\1\0", 5);
	rig_settle(rig);
	assert_int_equal(rig->wish.deadline, deadline);
	/* Its last byte; the next frame begins. */
	rig_send_bytes(rig, "\0\0", 2);
	rig_settle(rig);
	rig_answer(rig, FRAME_FILE, 1);
	assert_true(rig->wish.deadline > deadline);
	assert_true(rig->wish.deadline <= clock_now() + rig->settings.frame_deadline);
}

static void minimum_rate_counts_only_while_output_is_pending(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "big", 2 * PIECE_SIZE);
	rig_greet(rig);
	rig->settings.rate_window = 7 * CLOCK_SECOND;
	rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_settle(rig);
	int64_t due = rig->wish.wake;
	assert_true(rig->wish.write);
	assert_int_equal(rig->wish.deadline, CLOCK_NEVER);
	assert_in_range(due, clock_now() + 6 * CLOCK_SECOND, clock_now() + 7 * CLOCK_SECOND);
	/* Another turn without progress does not move it, enough progress does. */
	rig_ping(rig, "");
	rig_settle(rig);
	assert_int_equal(rig->wish.wake, due);
	rig_receive(rig);
	rig_settle(rig);
	assert_true(rig->wish.wake > due);
	rig_answer(rig, FRAME_FILE, 1);
	rig_answer(rig, FRAME_DATA, 1);
	rig_answer(rig, FRAME_PONG, 2);
	rig_settle(rig);
	assert_int_equal(rig->wish.wake, CLOCK_NEVER);
	assert_true(rig->wish.deadline > clock_now() + 7 * CLOCK_SECOND);
}

static void who_is_late_is_told_so(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	rig->settings.idle_deadline = 0;
	/* What the reaper does. */
	shutdown(rig->server, SHUT_RD);
	assert_int_equal(rig_error(rig, 0), ERROR_DEADLINE);
	rig_expect_end(rig);
	assert_null(rig->connection);
}

/* --- Ends ------------------------------------------------------------------------------------------------------------- */

static void goodbye_lets_the_replies_finish(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "big", 3 * PIECE_SIZE);
	rig_greet(rig);
	rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_ping(rig, "last");
	rig_goodbye(rig);
	rig_settle(rig);
	assert_non_null(rig->connection);
	assert_false(rig->wish.read);
	rig_answer(rig, FRAME_FILE, 1);
	rig_answer(rig, FRAME_DATA, 1);
	rig_answer(rig, FRAME_PONG, 2);
	rig_expect_end(rig);
	assert_null(rig->connection);
}

static void end_without_goodbye_closes_at_once(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "big", 3 * PIECE_SIZE);
	rig_greet(rig);
	rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_settle(rig);
	shutdown(rig->client, SHUT_WR);
	rig_settle(rig);
	assert_null(rig->connection);
}

static void end_within_a_frame_closes_at_once(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	rig_send_bytes(rig, "\0\0\0\2\x10\0\0\1\0", 9);
	rig_settle(rig);
	assert_non_null(rig->connection);
	shutdown(rig->client, SHUT_WR);
	rig_expect_end(rig);
	assert_null(rig->connection);
}

static void goodbye_without_an_end_is_waited_for_but_not_long(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);

	rig_greet(rig);
	goodbye_encode(&writer);
	rig_send(rig, &writer);
	rig_settle(rig);
	assert_non_null(rig->connection);
	assert_true(rig->wish.deadline <= clock_now() + rig->settings.frame_deadline);
}

/* --- Refusal, drain, cut ---------------------------------------------------------------------------------------------- */

static void refused_client_hears_busy_without_having_spoken(void **state)
{
	struct rig *rig = *state;
	struct answer answer;
	struct error error;

	rig_disconnect(rig);
	rig_connect_refused(rig);
	answer = rig_answer_in(rig, FRAME_GREETING);
	assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
	assert_int_equal(error.code, ERROR_BUSY);
	assert_true(error.retry_after_ms > 0);
	rig_hello(rig);
	rig_settle(rig);
	assert_non_null(rig->connection);
	shutdown(rig->client, SHUT_WR);
	rig_expect_end(rig);
}

static void every_request_puts_the_idle_deadline_off(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	rig_settle(rig);
	for (int64_t before = rig->wish.deadline; rig->number < 3; before = rig->wish.deadline) {
		assert_true(before < CLOCK_NEVER);
		rig_ping(rig, "");
		rig_answer(rig, FRAME_PONG, rig->number);
		rig_settle(rig);
		assert_true(rig->wish.deadline > before);
	}
}

static void drain_sends_idle_clients_away(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	rig_settle(rig);
	gate_advance(&rig->services.gate, GATE_DRAINING);
	rig->wish.write = true; /* what slots_wake_all does */
	assert_int_equal(rig_error(rig, 0), ERROR_STOPPING);
	rig_expect_end(rig);
	assert_null(rig->connection);
}

static void drain_lets_a_running_reply_finish_and_starts_no_other(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "big", 3 * PIECE_SIZE);
	rig_greet(rig);
	rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_ping(rig, "queued");
	rig_settle(rig);
	gate_advance(&rig->services.gate, GATE_DRAINING);
	rig_answer(rig, FRAME_FILE, 1);
	rig_answer(rig, FRAME_DATA, 1);
	assert_int_equal(rig_error(rig, 2), ERROR_STOPPING);
	assert_int_equal(rig_error(rig, 0), ERROR_STOPPING);
	rig_expect_end(rig);
}

static void drain_reaches_who_has_not_greeted_yet(void **state)
{
	struct rig *rig = *state;

	rig_send_bytes(rig, "\0\0", 2);
	rig_settle(rig);
	gate_advance(&rig->services.gate, GATE_DRAINING);
	rig->wish.write = true;
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_STOPPING);
	rig_expect_end(rig);
}

static void cut_closes_in_the_middle(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "big", 3 * PIECE_SIZE);
	rig_greet(rig);
	rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_settle(rig);
	gate_advance(&rig->services.gate, GATE_CUT);
	assert_true(rig_receive(rig));
	rig_settle(rig);
	assert_null(rig->connection);
}

static void closed_connections_leave_the_gate_and_their_peer(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	gate_leave(&rig->services.gate); /* the listener */
	gate_advance(&rig->services.gate, GATE_DRAINING);
	assert_int_equal(poll(&(struct pollfd){.fd = rig->services.gate.empty_fd, .events = POLLIN}, 1, 0), 0);
	rig_disconnect(rig);
	assert_int_equal(poll(&(struct pollfd){.fd = rig->services.gate.empty_fd, .events = POLLIN}, 1, 0), 1);
}

static void the_place_is_free_before_the_client_sees_the_end(void **state)
{
	struct rig *rig = *state;
	char byte;

	rig_greet(rig);
	assert_int_equal(peers_connections(rig->services.peers), 1);
	connection_leave(rig->connection);
	assert_int_equal(peers_connections(rig->services.peers), 0);
	assert_int_equal(recv(rig->client, &byte, 1, MSG_DONTWAIT), -1);
	assert_int_equal(errno, EAGAIN);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(greets_whatever_way_the_bytes_are_split),
		CASE(greeting_that_is_no_greeting_is_a_protocol_error),
		CASE(greeting_of_another_version_is_told_so),
		CASE(request_before_the_welcome_is_a_protocol_error),
		CASE(client_that_was_told_an_error_is_drained_until_it_goes),
		CASE(who_goes_on_after_that_without_end_is_closed),
		CASE(greeting_deadline_counts_from_accept_whatever_arrives),
		CASE(frame_deadline_counts_from_its_first_byte),
		CASE(minimum_rate_counts_only_while_output_is_pending),
		CASE(who_is_late_is_told_so),
		CASE(goodbye_lets_the_replies_finish),
		CASE(end_without_goodbye_closes_at_once),
		CASE(end_within_a_frame_closes_at_once),
		CASE(goodbye_without_an_end_is_waited_for_but_not_long),
		CASE(refused_client_hears_busy_without_having_spoken),
		CASE(every_request_puts_the_idle_deadline_off),
		CASE(drain_sends_idle_clients_away),
		CASE(drain_lets_a_running_reply_finish_and_starts_no_other),
		CASE(drain_reaches_who_has_not_greeted_yet),
		CASE(cut_closes_in_the_middle),
		CASE(the_place_is_free_before_the_client_sees_the_end),
		CASE(closed_connections_leave_the_gate_and_their_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
