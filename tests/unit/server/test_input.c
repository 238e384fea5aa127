/* Tests of the input: frames whatever way they arrive, and what is left between two turns. */
/* Threat C10 of docs/security.md. */
#include "input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "message.h"

#define BUFFER_SIZE 4096

struct fixture {
	int peer;
	struct stream stream;
	struct input input;
	unsigned char buffer[BUFFER_SIZE];
	unsigned char frames[BUFFER_SIZE];
	size_t frames_length;
};

/* Three PINGs of 0, 5 and 64 bytes. */
static void write_frames(struct fixture *fixture)
{
	static const unsigned char bytes[PING_BYTES_MAX] = "hello";
	struct writer writer;

	writer_init(&writer, fixture->frames, sizeof(fixture->frames));
	ping_encode(&writer, 1, &(struct ping){{bytes, 0}});
	ping_encode(&writer, 2, &(struct ping){{bytes, 5}});
	ping_encode(&writer, 3, &(struct ping){{bytes, PING_BYTES_MAX}});
	fixture->frames_length = writer_length(&writer);
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	int ends[2];

	*state = fixture;
	if (!fixture || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
		return -1;
	fixture->peer = ends[0];
	stream_init(&fixture->stream, ends[1]);
	write_frames(fixture);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	input_release(&fixture->input);
	stream_close(&fixture->stream);
	close(fixture->peer);
	free(fixture);
	return 0;
}

/* One turn: what is there is received and judged; the buffer is somebody else's afterwards. Returns the frames judged. */
static unsigned receive(struct fixture *fixture)
{
	struct frame frame;
	unsigned judged = 0;

	assert_int_equal(input_receive(&fixture->input, &fixture->stream, fixture->buffer, BUFFER_SIZE), STATUS_OK);
	while (input_judge(&fixture->input, FRAME_OPEN, &frame) == STATUS_OK)
		judged++;
	return judged;
}

static void end_turn(struct fixture *fixture)
{
	assert_int_equal(input_end(&fixture->input), STATUS_OK);
	memset(fixture->buffer, 0xee, BUFFER_SIZE);
}

static void say(struct fixture *fixture, size_t from, size_t to)
{
	assert_int_equal(write(fixture->peer, fixture->frames + from, to - from), to - from);
}

static void expect_frame(struct fixture *fixture, uint16_t number, uint32_t length)
{
	struct frame frame;
	struct span payload;

	assert_true(input_take(&fixture->input, FRAME_OPEN, &frame, &payload));
	assert_int_equal(frame.number, number);
	assert_int_equal(payload.length, length);
	if (length >= 5)
		assert_memory_equal(payload.bytes, "hello", 5);
}

static void expect_no_frame(struct fixture *fixture)
{
	struct frame frame;
	struct span payload;

	assert_false(input_take(&fixture->input, FRAME_OPEN, &frame, &payload));
}

static void frames_are_taken_whatever_way_they_are_split(void **state)
{
	struct fixture *fixture = *state;

	for (size_t split = 1; split < fixture->frames_length; split++) {
		say(fixture, 0, split);
		unsigned judged = receive(fixture);
		end_turn(fixture);
		say(fixture, split, fixture->frames_length);
		judged += receive(fixture);
		assert_int_equal(judged, 3);
		expect_frame(fixture, 1, 0);
		end_turn(fixture);
		expect_frame(fixture, 2, 5);
		expect_frame(fixture, 3, PING_BYTES_MAX);
		expect_no_frame(fixture);
		end_turn(fixture);
	}
}

static void header_is_judged_before_its_payload_is_there(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, 0, 2 * FRAME_HEADER_SIZE);
	assert_int_equal(receive(fixture), 2);
	expect_frame(fixture, 1, 0);
	expect_no_frame(fixture);
	assert_true(input_is_partial(&fixture->input));
	end_turn(fixture);
	say(fixture, 2 * FRAME_HEADER_SIZE, 2 * FRAME_HEADER_SIZE + 5);
	assert_int_equal(receive(fixture), 0);
	assert_false(input_is_partial(&fixture->input));
	expect_frame(fixture, 2, 5);
}

static void nothing_is_kept_of_what_was_taken(void **state)
{
	struct fixture *fixture = *state;

	say(fixture, 0, fixture->frames_length);
	receive(fixture);
	expect_frame(fixture, 1, 0);
	expect_frame(fixture, 2, 5);
	end_turn(fixture);
	assert_int_equal(fixture->input.end, FRAME_HEADER_SIZE + PING_BYTES_MAX);
	expect_frame(fixture, 3, PING_BYTES_MAX);
	end_turn(fixture);
	assert_null(fixture->input.bytes);
	assert_true(input_is_empty(&fixture->input));
}

static void frame_that_was_not_judged_is_not_taken(void **state)
{
	struct fixture *fixture = *state;
	struct frame frame;

	say(fixture, 0, fixture->frames_length);
	assert_int_equal(input_receive(&fixture->input, &fixture->stream, fixture->buffer, BUFFER_SIZE), STATUS_OK);
	expect_no_frame(fixture);
	assert_int_equal(input_judge(&fixture->input, FRAME_OPEN, &frame), STATUS_OK);
	expect_frame(fixture, 1, 0);
	expect_no_frame(fixture);
}

static void end_of_the_stream_and_silence_are_told_apart(void **state)
{
	struct fixture *fixture = *state;
	struct input *input = &fixture->input;

	assert_int_equal(input_receive(input, &fixture->stream, fixture->buffer, BUFFER_SIZE), STATUS_WANT_READ);
	shutdown(fixture->peer, SHUT_WR);
	assert_int_equal(input_receive(input, &fixture->stream, fixture->buffer, BUFFER_SIZE), STATUS_END);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(frames_are_taken_whatever_way_they_are_split),
		CASE(header_is_judged_before_its_payload_is_there),
		CASE(nothing_is_kept_of_what_was_taken),
		CASE(frame_that_was_not_judged_is_not_taken),
		CASE(end_of_the_stream_and_silence_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
