/* Tests of what a client may ask: frames, numbers, window, order, and a client that never reads. */
/* Threat C14 of docs/security.md. */
#include "script.h"

#include <malloc.h>

static void frames_that_nobody_may_send_are_protocol_errors(void **state)
{
	static const struct frame frames[] = {
		{.type = FRAME_HELLO, .length = 16},
		{.type = FRAME_AUTH},
		{.type = FRAME_WELCOME, .length = 22},
		{.type = FRAME_FILE, .number = 1, .length = 72},
		{.type = 0, .number = 1},
		{.type = 0x1e, .number = 1},
		{.type = FRAME_PING, .number = 1, .flags = 1},
		{.type = FRAME_LIST, .number = 1, .flags = FLAG_FRESH, .length = 2},
		{.type = FRAME_READ, .number = 1, .flags = FLAG_RECURSIVE},
		{.type = FRAME_PING},
		{.type = FRAME_GOODBYE, .number = 1},
		{.type = FRAME_GOODBYE, .length = 1},
		{.type = FRAME_STAT, .number = 1, .length = FRAME_REQUEST_MAX + 1},
		{.type = FRAME_STAT, .number = 1, .length = UINT32_MAX},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		rig_greet(rig);
		rig_frame(rig, &frames[i], NULL, 0);
		assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
		shutdown(rig->client, SHUT_WR);
		rig_expect_end(rig);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void payload_with_a_byte_too_many_or_too_few_is_a_protocol_error(void **state)
{
	static const struct {
		struct frame frame;
		const char *payload;
	} requests[] = {
		{{.type = FRAME_STAT, .number = 1, .length = 4}, "\0\1ab"},
		{{.type = FRAME_STAT, .number = 1, .length = 2}, "\0\1"},
		{{.type = FRAME_STAT, .number = 1, .length = 0}, ""},
		{{.type = FRAME_SUM, .number = 1, .length = 4}, "\0\1a\3"},
		{{.type = FRAME_SUM, .number = 1, .length = 5}, "\0\1a\1\1"},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		rig_greet(rig);
		rig_frame(rig, &requests[i].frame, requests[i].payload, requests[i].frame.length);
		assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void ping_of_more_than_its_limit_is_a_protocol_error(void **state)
{
	char bytes[PING_BYTES_MAX + 1] = {0};
	struct rig *rig = *state;

	rig_greet(rig);
	rig_frame(rig, &(struct frame){.type = FRAME_PING, .number = 1, .length = sizeof(bytes)}, bytes, sizeof(bytes));
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
}

static void request_with_another_number_than_the_next_is_a_protocol_error(void **state)
{
	static const uint16_t numbers[] = {1, 3, 65535};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		rig_greet(rig);
		rig_ping(rig, "");
		rig_answer(rig, FRAME_PONG, 1);
		rig->number = (uint16_t)(numbers[i] - 1);
		rig_ping(rig, "");
		assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void numbers_go_round_after_65535(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	for (uint32_t i = 1; i <= 65536; i++) {
		rig->number = i == 65536 ? 0 : (uint16_t)(i - 1);
		rig_ping(rig, "");
		rig_answer(rig, FRAME_PONG, rig->number);
	}
}

static void nothing_may_follow_goodbye(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);

	rig_greet(rig);
	goodbye_encode(&writer);
	ping_encode(&writer, 1, &(struct ping){span_of("")});
	rig_send(rig, &writer);
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
	rig_disconnect(rig);

	rig_connect(rig);
	rig_greet(rig);
	rig_send_bytes(rig, "\0\0\0\0\x1f\0\0\0\0", FRAME_HEADER_SIZE + 1);
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
}

/* --- Window ----------------------------------------------------------------------------------------------------------- */

/* A reply that can't finish while nobody reads; its request has this many bytes. */
#define BLOCKER_BYTES (FRAME_HEADER_SIZE + 2 + 3 + 16 + 8 + 8)

static void block(struct rig *rig)
{
	rig_file(rig, "big", 2 * PIECE_SIZE);
	rig_greet(rig);
	rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_settle(rig);
	assert_true(rig->wish.write);
}

static void window_holds_r_requests(void **state)
{
	struct rig *rig = *state;

	block(rig);
	for (unsigned i = 1; i < RIG_WINDOW_REQUESTS; i++)
		rig_ping(rig, "");
	rig_settle(rig);
	rig_answer(rig, FRAME_FILE, 1);
	rig_answer(rig, FRAME_DATA, 1);
	for (uint16_t i = 2; i <= RIG_WINDOW_REQUESTS; i++)
		rig_answer(rig, FRAME_PONG, i);
}

static void window_holds_not_one_request_more(void **state)
{
	struct rig *rig = *state;
	struct data_trailer trailer;

	block(rig);
	for (unsigned i = 1; i < RIG_WINDOW_REQUESTS + 1; i++)
		rig_ping(rig, "");
	rig_settle(rig);
	/* The frame that was begun is completed, nothing else is answered. */
	rig_answer(rig, FRAME_FILE, 1);
	struct answer answer = rig_answer(rig, FRAME_DATA, 1);
	assert_int_equal(data_trailer_decode(answer.payload.bytes + PIECE_SIZE, &trailer), STATUS_OK);
	assert_int_equal(trailer.status, DATA_PROVEN);
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
}

/* Three requests that fill the window but for LESS bytes; their paths are too long to be legal. */
static void fill(struct rig *rig, size_t less)
{
	static char path[FRAME_REQUEST_MAX];
	size_t room = RIG_WINDOW_BYTES - BLOCKER_BYTES - 3 * (FRAME_HEADER_SIZE + 2) - less;

	for (unsigned i = 0; i < 3; i++) {
		size_t length = room < 7000 || i == 2 ? room : 7000;
		memset(path, 'x', length);
		path[length] = '\0';
		rig_stat(rig, path);
		room -= length;
	}
	rig_settle(rig);
	assert_int_equal(room, 0);
}

static void window_holds_b_bytes(void **state)
{
	struct rig *rig = *state;

	for (size_t less = 0; less < 2; less++) {
		block(rig);
		fill(rig, less);
		rig_answer(rig, FRAME_FILE, 1);
		rig_answer(rig, FRAME_DATA, 1);
		for (uint16_t i = 2; i <= 4; i++)
			assert_int_equal(rig_error(rig, i), ERROR_NAME);
		rig_disconnect(rig);
		rig_connect(rig);
	}
}

static void window_holds_not_one_byte_more(void **state)
{
	struct rig *rig = *state;

	block(rig);
	fill(rig, (size_t)-1);
	rig_answer(rig, FRAME_FILE, 1);
	rig_answer(rig, FRAME_DATA, 1);
	assert_int_equal(rig_error(rig, 0), ERROR_PROTOCOL);
}

static void window_opens_with_every_answer_that_arrives(void **state)
{
	struct rig *rig = *state;
	struct pieces_request request = {.path = span_of("file"), .count = 1};

	rig_file(rig, "file", 60000);
	rig_greet(rig);
	for (unsigned i = 0; i < RIG_WINDOW_REQUESTS; i++)
		rig_read(rig, &request);
	for (uint16_t i = 1; i < 200; i++) {
		rig_answer(rig, FRAME_FILE, i);
		rig_answer(rig, FRAME_DATA, i);
		/* As soon as its last byte is here, and however much waits behind it. */
		rig_read(rig, &request);
	}
}

/* --- Order and bounds ------------------------------------------------------------------------------------------------- */

static void pipelined_requests_are_answered_in_their_order(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 5);
	rig_greet(rig);
	rig_stat(rig, "nothing");
	rig_ping(rig, "a");
	rig_stat(rig, "file");
	rig_ping(rig, "b");
	rig_settle(rig);
	assert_int_equal(rig_error(rig, 1), ERROR_NOT_FOUND);
	rig_answer(rig, FRAME_PONG, 2);
	rig_answer(rig, FRAME_FILE, 3);
	struct answer answer = rig_answer(rig, FRAME_PONG, 4);
	assert_int_equal(answer.payload.length, 1);
	assert_memory_equal(answer.payload.bytes, "b", 1);
}

static void requests_may_come_byte_by_byte(void **state)
{
	struct rig *rig = *state;
	RIG_WRITER(writer);

	rig_greet(rig);
	stat_request_encode(&writer, 1, &(struct stat_request){span_of("nothing")});
	ping_encode(&writer, 2, &(struct ping){span_of("x")});
	for (size_t i = 0; i < writer_length(&writer); i++) {
		rig_send_bytes(rig, writer.start + i, 1);
		rig_settle(rig);
	}
	assert_int_equal(rig_error(rig, 1), ERROR_NOT_FOUND);
	rig_answer(rig, FRAME_PONG, 2);
}

static void client_that_never_reads_costs_bounded_memory(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "big", 64 * PIECE_SIZE);
	rig_greet(rig);
	rig_settle(rig);
	size_t before = mallinfo2().uordblks;
	rig_list(rig, "", true);
	for (unsigned i = 1; i < RIG_WINDOW_REQUESTS; i++)
		rig_read(rig, &(struct pieces_request){.path = span_of("big"), .count = 1});
	rig_settle(rig);
	/* The window, an output that the kernel did not take, two replies. */
	assert_true(mallinfo2().uordblks - before < RIG_WINDOW_BYTES + OUTPUT_CAPACITY + 32768);
}

static void idle_connection_holds_no_buffers(void **state)
{
	struct rig *rig = *state;

	rig_disconnect(rig);
	size_t before = mallinfo2().uordblks;
	rig_connect(rig);
	rig_greet(rig);
	rig_ping(rig, "");
	rig_answer(rig, FRAME_PONG, 1);
	rig_settle(rig);
	assert_true(mallinfo2().uordblks - before <= 1024);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(frames_that_nobody_may_send_are_protocol_errors),
		CASE(payload_with_a_byte_too_many_or_too_few_is_a_protocol_error),
		CASE(ping_of_more_than_its_limit_is_a_protocol_error),
		CASE(request_with_another_number_than_the_next_is_a_protocol_error),
		CASE(numbers_go_round_after_65535),
		CASE(nothing_may_follow_goodbye),
		CASE(window_holds_r_requests),
		CASE(window_holds_not_one_request_more),
		CASE(window_holds_b_bytes),
		CASE(window_holds_not_one_byte_more),
		CASE(window_opens_with_every_answer_that_arrives),
		CASE(pipelined_requests_are_answered_in_their_order),
		CASE(requests_may_come_byte_by_byte),
		CASE(client_that_never_reads_costs_bounded_memory),
		CASE(idle_connection_holds_no_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
