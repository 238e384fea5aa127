/* Tests of streams over real sockets: what moved, what a call waits for, how a peer is lost. */
/* Threat C15 of docs/security.md. */
#include "stream.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#define FILE_SIZE 300000

/* Two ends of one TCP connection. */
struct pair {
	struct stream near, far;
};

static int listen_on_loopback(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(bind(listener, (struct sockaddr *)address, sizeof(*address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)address, &length), 0);
	return listener;
}

/* NEAR_FLAGS: O_NONBLOCK or nothing; the far end blocks. */
static struct pair pair_open(int near_flags)
{
	struct sockaddr_in address;
	int listener = listen_on_loopback(&address);
	int near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct pair pair;

	assert_int_equal(connect(near, (struct sockaddr *)&address, sizeof(address)), 0);
	int far = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(far >= 0);
	close(listener);
	assert_int_equal(fcntl(near, F_SETFL, near_flags), 0);
	stream_init(&pair.near, near);
	stream_init(&pair.far, far);
	return pair;
}

static void pair_close(struct pair *pair)
{
	stream_close(&pair->near);
	stream_close(&pair->far);
}

static void set_timeout(struct stream *stream, int option)
{
	struct timeval soon = {.tv_usec = 20000};

	assert_int_equal(setsockopt(stream->fd, SOL_SOCKET, option, &soon, sizeof(soon)), 0);
}

/* Closes STREAM so that its peer is told of a loss (RST) and not of an end, and waits until the peer knows. */
static void abort_stream(struct stream *stream, struct stream *peer)
{
	struct linger now = {.l_onoff = 1};
	struct pollfd reset = {.fd = peer->fd};

	assert_int_equal(setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	stream_close(stream);
	assert_int_equal(poll(&reset, 1, 5000), 1);
}

static void write_all(struct stream *stream, const char *text)
{
	size_t written = 0;

	assert_int_equal(stream_write(stream, text, strlen(text), STREAM_LAST, &written), STATUS_OK);
	assert_int_equal(written, strlen(text));
}

static void assert_reads(struct stream *stream, const char *text)
{
	char bytes[64];
	size_t length = 0;

	assert_int_equal(stream_read(stream, bytes, sizeof(bytes), &length), STATUS_OK);
	assert_int_equal(length, strlen(text));
	assert_memory_equal(bytes, text, length);
}

/* A file of FILE_SIZE bytes that needs no name. */
static int make_file(void)
{
	int file = memfd_create("file", MFD_CLOEXEC);

	assert_true(file >= 0);
	assert_int_equal(ftruncate(file, FILE_SIZE), 0);
	assert_int_equal(pwrite(file, "head", 4, 0), 4);
	assert_int_equal(pwrite(file, "tail", 4, FILE_SIZE - 4), 4);
	return file;
}

static void a_read_gives_what_is_there(void **state)
{
	struct pair pair = pair_open(0);

	(void)state;
	write_all(&pair.near, "hello");
	assert_reads(&pair.far, "hello");
	pair_close(&pair);
}

static void a_non_blocking_read_says_what_to_wait_for(void **state)
{
	struct pair pair = pair_open(O_NONBLOCK);
	char byte;
	size_t length = 77;

	(void)state;
	assert_int_equal(stream_read(&pair.near, &byte, 1, &length), STATUS_WANT_READ);
	assert_int_equal(length, 77);
	pair_close(&pair);
}

static void a_non_blocking_write_says_what_to_wait_for(void **state)
{
	static const char block[65536];
	struct pair pair = pair_open(O_NONBLOCK);
	enum status status = STATUS_OK;
	size_t written, total = 0;

	(void)state;
	while (total < 1 << 30 && status == STATUS_OK) {
		status = stream_write(&pair.near, block, sizeof(block), STREAM_LAST, &written);
		total += status == STATUS_OK ? written : 0;
	}
	assert_int_equal(status, STATUS_WANT_WRITE);
	pair_close(&pair);
}

static void a_blocking_read_times_out(void **state)
{
	struct pair pair = pair_open(0);
	char byte;
	size_t length;

	(void)state;
	set_timeout(&pair.near, SO_RCVTIMEO);
	assert_int_equal(stream_read(&pair.near, &byte, 1, &length), STATUS_TIMEOUT);
	pair_close(&pair);
}

static void a_blocking_write_times_out(void **state)
{
	static const char block[65536];
	struct pair pair = pair_open(0);
	enum status status = STATUS_OK;
	size_t written, total = 0;

	(void)state;
	set_timeout(&pair.near, SO_SNDTIMEO);
	while (total < 1 << 30 && status == STATUS_OK) {
		status = stream_write(&pair.near, block, sizeof(block), STREAM_LAST, &written);
		total += status == STATUS_OK ? written : 0;
	}
	assert_int_equal(status, STATUS_TIMEOUT);
	pair_close(&pair);
}

static void after_a_shut_the_peer_reads_to_the_end_and_may_still_answer(void **state)
{
	struct pair pair = pair_open(0);
	char byte;
	size_t length;

	(void)state;
	write_all(&pair.near, "last words");
	assert_int_equal(stream_shut(&pair.near), STATUS_OK);
	assert_reads(&pair.far, "last words");
	assert_int_equal(stream_read(&pair.far, &byte, 1, &length), STATUS_END);
	write_all(&pair.far, "answer");
	assert_reads(&pair.near, "answer");
	pair_close(&pair);
}

static void a_peer_that_vanishes_is_lost_to_a_reader(void **state)
{
	struct pair pair = pair_open(0);
	char byte;
	size_t length;

	(void)state;
	abort_stream(&pair.far, &pair.near);
	assert_int_equal(stream_read(&pair.near, &byte, 1, &length), STATUS_LOST);
	pair_close(&pair);
}

/* The first write meets ECONNRESET, the second EPIPE, which would kill the program by SIGPIPE. */
static void a_peer_that_vanishes_is_lost_to_a_writer_without_a_signal(void **state)
{
	struct pair pair = pair_open(0);
	size_t written;

	(void)state;
	assert_ptr_not_equal(signal(SIGPIPE, SIG_DFL), SIG_ERR);
	abort_stream(&pair.far, &pair.near);
	assert_int_equal(stream_write(&pair.near, "x", 1, STREAM_LAST, &written), STATUS_LOST);
	assert_int_equal(stream_write(&pair.near, "x", 1, STREAM_LAST, &written), STATUS_LOST);
	assert_int_equal(stream_shut(&pair.near), STATUS_LOST);
	pair_close(&pair);
}

static void what_has_more_to_come_waits_for_it(void **state)
{
	struct pair pair = pair_open(0);
	char bytes[8];
	size_t written;

	(void)state;
	assert_int_equal(stream_write(&pair.near, "one,", 4, STREAM_MORE, &written), STATUS_OK);
	assert_int_equal(recv(pair.far.fd, bytes, sizeof(bytes), MSG_DONTWAIT), -1);
	write_all(&pair.near, "two");
	assert_reads(&pair.far, "one,two");
	pair_close(&pair);
}

/* Reads until COUNT bytes came; the last four must be TAIL. */
static void assert_receives(struct stream *stream, size_t count, const char *tail)
{
	char bytes[65536];
	size_t length = 0, total = 0;

	while (total < count) {
		assert_int_equal(stream_read(stream, bytes, sizeof(bytes), &length), STATUS_OK);
		total += length;
	}
	assert_int_equal(total, count);
	assert_true(length >= 4);
	assert_memory_equal(bytes + length - 4, tail, 4);
}

static void a_file_is_sent_from_its_offset_on(void **state)
{
	struct pair pair = pair_open(0);
	int file = make_file();
	off_t offset = FILE_SIZE - 1000;
	size_t sent;

	(void)state;
	assert_int_equal(stream_send_file(&pair.near, file, &offset, 1000, &sent), STATUS_OK);
	assert_int_equal(sent, 1000);
	assert_int_equal(offset, FILE_SIZE);
	assert_receives(&pair.far, 1000, "tail");
	offset = 0;
	assert_int_equal(stream_send_file(&pair.near, file, &offset, 4, &sent), STATUS_OK);
	assert_int_equal(offset, 4);
	assert_receives(&pair.far, 4, "head");
	close(file);
	pair_close(&pair);
}

static void a_file_that_ends_early_is_told(void **state)
{
	struct pair pair = pair_open(0);
	int file = make_file();
	off_t offset = FILE_SIZE - 4;
	size_t sent = 0;

	(void)state;
	assert_int_equal(stream_send_file(&pair.near, file, &offset, 1000, &sent), STATUS_OK);
	assert_int_equal(sent, 4);
	assert_int_equal(stream_send_file(&pair.near, file, &offset, 1000, &sent), STATUS_END);
	assert_int_equal(offset, FILE_SIZE);
	assert_int_equal(sent, 4);
	close(file);
	pair_close(&pair);
}

/* What the sender saw when nobody took any more; all that was reported as sent must have arrived. */
static void assert_send_file_ends_with(struct pair *pair, enum status expected)
{
	int file = make_file();
	enum status status = STATUS_OK;
	size_t sent, total = 0;

	while (total < 1 << 30 && status == STATUS_OK) {
		off_t offset = 0;
		status = stream_send_file(&pair->near, file, &offset, FILE_SIZE, &sent);
		total += (size_t)offset;
	}
	assert_int_equal(status, expected);
	assert_int_equal(stream_shut(&pair->near), STATUS_OK);
	char bytes[65536];
	while (stream_read(&pair->far, bytes, sizeof(bytes), &sent) == STATUS_OK)
		total -= sent;
	assert_int_equal(total, 0);
	close(file);
}

static void a_non_blocking_file_waits_for_the_peer(void **state)
{
	struct pair pair = pair_open(O_NONBLOCK);

	(void)state;
	assert_send_file_ends_with(&pair, STATUS_WANT_WRITE);
	pair_close(&pair);
}

static void a_blocking_file_times_out(void **state)
{
	struct pair pair = pair_open(0);

	(void)state;
	set_timeout(&pair.near, SO_SNDTIMEO);
	assert_send_file_ends_with(&pair, STATUS_TIMEOUT);
	pair_close(&pair);
}

static void a_file_to_a_vanished_peer_is_lost(void **state)
{
	struct pair pair = pair_open(0);
	int file = make_file();
	off_t offset = 0;
	size_t sent;

	(void)state;
	assert_ptr_not_equal(signal(SIGPIPE, SIG_IGN), SIG_ERR);
	abort_stream(&pair.far, &pair.near);
	assert_int_equal(stream_send_file(&pair.near, file, &offset, 4, &sent), STATUS_LOST);
	assert_int_equal(offset, 0);
	assert_ptr_not_equal(signal(SIGPIPE, SIG_DFL), SIG_ERR);
	close(file);
	pair_close(&pair);
}

static void a_file_that_offers_no_pages_is_unsupported(void **state)
{
	struct pair pair = pair_open(0);
	int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	off_t offset = 0;
	size_t sent;

	(void)state;
	assert_int_equal(stream_send_file(&pair.near, folder, &offset, 1, &sent), STATUS_UNSUPPORTED);
	close(folder);
	pair_close(&pair);
}

static void closing_a_zeroed_or_closed_stream_does_nothing(void **state)
{
	struct stream stream = {.fd = 0};
	struct pair pair = pair_open(0);
	int fd = pair.near.fd;

	(void)state;
	stream_close(&stream);
	assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0);
	stream_close(&pair.near);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	assert_int_equal(dup2(pair.far.fd, fd), fd);
	stream_close(&pair.near);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	close(fd);
	pair_close(&pair);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_gives_what_is_there),
		cmocka_unit_test(a_non_blocking_read_says_what_to_wait_for),
		cmocka_unit_test(a_non_blocking_write_says_what_to_wait_for),
		cmocka_unit_test(a_blocking_read_times_out),
		cmocka_unit_test(a_blocking_write_times_out),
		cmocka_unit_test(after_a_shut_the_peer_reads_to_the_end_and_may_still_answer),
		cmocka_unit_test(a_peer_that_vanishes_is_lost_to_a_reader),
		cmocka_unit_test(a_peer_that_vanishes_is_lost_to_a_writer_without_a_signal),
		cmocka_unit_test(what_has_more_to_come_waits_for_it),
		cmocka_unit_test(a_file_is_sent_from_its_offset_on),
		cmocka_unit_test(a_file_that_ends_early_is_told),
		cmocka_unit_test(a_non_blocking_file_waits_for_the_peer),
		cmocka_unit_test(a_blocking_file_times_out),
		cmocka_unit_test(a_file_to_a_vanished_peer_is_lost),
		cmocka_unit_test(a_file_that_offers_no_pages_is_unsupported),
		cmocka_unit_test(closing_a_zeroed_or_closed_stream_does_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
