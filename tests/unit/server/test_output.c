/* Tests of the output over a socketpair: what the kernel does not take, ranges of files, and files that fail. */
/* Threats C10 and E14 of docs/security.md. */
#include "output.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "hashing.h"

#define FILE_SIZE 1000000u
#define RECEIVED_MAX (FILE_SIZE + OUTPUT_CAPACITY)

struct fixture {
	int peer;
	int file;
	struct stream stream;
	struct output output;
	unsigned char *buffer;
	unsigned char *contents;
	unsigned char *received;
	size_t received_length;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	int ends[2];

	*state = fixture;
	if (!fixture || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	fixture->peer = ends[1];
	stream_init(&fixture->stream, ends[0]);
	output_init(&fixture->output, &fixture->stream);
	fixture->file = memfd_create("file", MFD_CLOEXEC);
	fixture->contents = random_bytes(FILE_SIZE);
	fixture->buffer = malloc(OUTPUT_CAPACITY);
	fixture->received = malloc(RECEIVED_MAX);
	return write(fixture->file, fixture->contents, FILE_SIZE) == FILE_SIZE ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	output_release(&fixture->output);
	stream_close(&fixture->stream);
	close(fixture->peer);
	close(fixture->file);
	free(fixture->contents);
	free(fixture->buffer);
	free(fixture->received);
	free(fixture);
	return 0;
}

static void receive(struct fixture *fixture)
{
	ssize_t length;

	do {
		length = recv(fixture->peer, fixture->received + fixture->received_length,
		              RECEIVED_MAX - fixture->received_length, 0);
		fixture->received_length += length > 0 ? (size_t)length : 0;
	} while (length > 0);
}

/* Turn after turn, each with a buffer that others have used meanwhile, until all has left. */
static void send_all(struct fixture *fixture)
{
	struct output *output = &fixture->output;
	enum status status;

	do {
		assert_int_equal(output_end(output), STATUS_OK);
		memset(fixture->buffer, 0xee, OUTPUT_CAPACITY);
		output_begin(output, fixture->buffer);
		status = output_send(output);
		assert_true(status == STATUS_OK || status == STATUS_BUSY || status == STATUS_WANT_WRITE);
		receive(fixture);
	} while (status != STATUS_OK);
	assert_false(output_is_pending(output));
	assert_int_equal(output_handed(output), fixture->received_length);
}

static void put(struct fixture *fixture, const void *bytes, size_t length)
{
	assert_true(output_ready(&fixture->output));
	writer_bytes(output_writer(&fixture->output), bytes, length);
}

static void many_small_answers_leave_in_one_send(void **state)
{
	struct fixture *fixture = *state;
	int type = SOCK_SEQPACKET;
	int ends[2];

	/* A socket that keeps the borders of what was sent. */
	assert_int_equal(socketpair(AF_UNIX, type, 0, ends), 0);
	stream_close(&fixture->stream);
	close(fixture->peer);
	fixture->peer = ends[1];
	stream_init(&fixture->stream, ends[0]);
	output_begin(&fixture->output, fixture->buffer);
	for (int i = 0; i < 100; i++)
		put(fixture, "answer", 6);
	assert_int_equal(output_send(&fixture->output), STATUS_OK);
	assert_int_equal(recv(fixture->peer, fixture->received, RECEIVED_MAX, 0), 600);
}

static void no_more_is_written_once_a_send_is_full(void **state)
{
	struct fixture *fixture = *state;

	output_begin(&fixture->output, fixture->buffer);
	put(fixture, fixture->contents, OUTPUT_PACKED - 1);
	assert_true(output_ready(&fixture->output));
	put(fixture, fixture->contents, OUTPUT_ROOM);
	assert_false(output_writer(&fixture->output)->failed);
	assert_false(output_ready(&fixture->output));
}

static void what_the_kernel_does_not_take_is_kept_in_its_size(void **state)
{
	struct fixture *fixture = *state;
	unsigned turns = 0;

	output_begin(&fixture->output, fixture->buffer);
	/* The peer reads nothing: sooner or later its buffer is full. */
	while (output_send(&fixture->output) == STATUS_OK) {
		put(fixture, fixture->contents, OUTPUT_PACKED);
		turns++;
	}
	assert_int_equal(output_end(&fixture->output), STATUS_OK);
	assert_non_null(fixture->output.kept);
	assert_true(fixture->output.kept_length <= OUTPUT_PACKED);
	output_begin(&fixture->output, fixture->buffer);
	assert_false(output_ready(&fixture->output));
	receive(fixture);
	send_all(fixture);
	assert_null(fixture->output.kept);
	assert_int_equal(fixture->received_length, turns * OUTPUT_PACKED);
	assert_memory_equal(fixture->received + (turns - 1) * OUTPUT_PACKED, fixture->contents, OUTPUT_PACKED);
}

static void send_range(struct fixture *fixture, uint64_t offset, uint64_t length)
{
	output_begin(&fixture->output, fixture->buffer);
	put(fixture, "header", 6);
	output_file(&fixture->output, fixture->file, offset, length);
	assert_false(output_ready(&fixture->output));
	assert_int_equal(output_position(&fixture->output), 6 + length);
	send_all(fixture);
	put(fixture, "trailer", 7);
	send_all(fixture);
	assert_int_equal(fixture->received_length, 6 + length + 7);
	assert_memory_equal(fixture->received, "header", 6);
	assert_memory_equal(fixture->received + 6 + length, "trailer", 7);
}

static void range_of_a_file_follows_the_bytes(void **state)
{
	struct fixture *fixture = *state;

	send_range(fixture, 12345, 900000);
	assert_int_equal(output_file_status(&fixture->output), STATUS_OK);
	assert_memory_equal(fixture->received + 6, fixture->contents + 12345, 900000);
	assert_int_equal(fixture->output.file_bytes, 900000);
}

static void range_is_read_and_written_where_the_stream_cannot_send_it(void **state)
{
	struct fixture *fixture = *state;

	fixture->output.copies_file = true;
	send_range(fixture, 12345, 900000);
	assert_int_equal(output_file_status(&fixture->output), STATUS_OK);
	assert_memory_equal(fixture->received + 6, fixture->contents + 12345, 900000);
	assert_int_equal(fixture->output.file_bytes, 900000);
}

/* A file that changes while it is copied: nothing is read twice. */
static void bytes_that_were_read_are_sent_though_the_file_changes(void **state)
{
	struct fixture *fixture = *state;
	struct output *output = &fixture->output;

	output->copies_file = true;
	output_begin(output, fixture->buffer);
	output_file(output, fixture->file, 0, FILE_SIZE);
	while (output_send(output) != STATUS_WANT_WRITE)
		output_begin(output, fixture->buffer);
	uint64_t read = output->file_bytes;
	assert_int_equal(output_end(output), STATUS_OK);
	assert_int_equal(ftruncate(fixture->file, 0), 0);
	output_begin(output, fixture->buffer);
	send_all(fixture);
	assert_int_equal(output_file_status(output), STATUS_END);
	assert_int_equal(fixture->received_length, FILE_SIZE);
	assert_memory_equal(fixture->received, fixture->contents, read);
}

static void assert_zeros(const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		assert_int_equal(bytes[i], 0);
}

static void file_that_ends_early_is_filled_up_with_zeros(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(ftruncate(fixture->file, 500000), 0);
	send_range(fixture, 1000, 900000);
	assert_int_equal(output_file_status(&fixture->output), STATUS_END);
	assert_memory_equal(fixture->received + 6, fixture->contents + 1000, 499000);
	assert_zeros(fixture->received + 6 + 499000, 900000 - 499000);
	assert_int_equal(fixture->output.file_bytes, 499000);
}

static void file_that_cannot_be_read_is_filled_up_with_zeros(void **state)
{
	struct fixture *fixture = *state;

	/* Neither sendfile nor pread work on a directory. */
	close(fixture->file);
	fixture->file = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	send_range(fixture, 0, 300000);
	assert_int_equal(output_file_status(&fixture->output), STATUS_IS_FOLDER);
	assert_zeros(fixture->received + 6, 300000);
	assert_int_equal(fixture->output.file_bytes, 0);
}

static void next_range_starts_without_the_failure_of_the_last(void **state)
{
	struct fixture *fixture = *state;

	output_begin(&fixture->output, fixture->buffer);
	output_file(&fixture->output, fixture->file, FILE_SIZE, 10);
	send_all(fixture);
	assert_int_equal(output_file_status(&fixture->output), STATUS_END);
	output_file(&fixture->output, fixture->file, 0, 10);
	send_all(fixture);
	assert_int_equal(output_file_status(&fixture->output), STATUS_OK);
	assert_memory_equal(fixture->received + 10, fixture->contents, 10);
}

static void one_turn_sends_no_more_than_a_quantum(void **state)
{
	struct fixture *fixture = *state;
	enum status status;

	output_begin(&fixture->output, fixture->buffer);
	put(fixture, "header", 6);
	output_file(&fixture->output, fixture->file, 0, FILE_SIZE);
	do {
		status = output_send(&fixture->output);
		receive(fixture);
	} while (status == STATUS_WANT_WRITE);
	assert_int_equal(status, STATUS_BUSY);
	assert_int_equal(output_handed(&fixture->output), OUTPUT_QUANTUM);
}

static void peer_that_is_gone_is_lost(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->peer);
	output_begin(&fixture->output, fixture->buffer);
	put(fixture, "header", 6);
	output_file(&fixture->output, fixture->file, 0, FILE_SIZE);
	assert_int_equal(output_send(&fixture->output), STATUS_LOST);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(many_small_answers_leave_in_one_send),
		CASE(no_more_is_written_once_a_send_is_full),
		CASE(what_the_kernel_does_not_take_is_kept_in_its_size),
		CASE(range_of_a_file_follows_the_bytes),
		CASE(range_is_read_and_written_where_the_stream_cannot_send_it),
		CASE(bytes_that_were_read_are_sent_though_the_file_changes),
		CASE(file_that_ends_early_is_filled_up_with_zeros),
		CASE(file_that_cannot_be_read_is_filled_up_with_zeros),
		CASE(next_range_starts_without_the_failure_of_the_last),
		CASE(one_turn_sends_no_more_than_a_quantum),
		CASE(peer_that_is_gone_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
