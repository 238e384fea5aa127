/* Tests of reading and writing all: over pipes that take and give little, signals between, and ends. */
#include "all_bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "hashing.h"

#define LENGTH 1000000u /* more than a pipe holds */

struct writer_thread {
	pthread_t thread;
	int fd;
	const unsigned char *bytes;
	enum status status;
};

static void *write_all(void *argument)
{
	struct writer_thread *writer = argument;

	writer->status = all_bytes_write(writer->fd, writer->bytes, LENGTH);
	close(writer->fd);
	return NULL;
}

static void wake(int number)
{
	(void)number;
}

static void pass_through_pipe(int flags)
{
	struct sigaction action = {.sa_handler = wake};
	unsigned char *sent = random_bytes(LENGTH), *received = malloc(LENGTH + 1);
	size_t got = 0, part = 0;
	int ends[2];

	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
	struct writer_thread writer = {.fd = ends[1], .bytes = sent};
	assert_int_equal(pthread_create(&writer.thread, NULL, write_all, &writer), 0);
	while (got < LENGTH) {
		assert_int_equal(pthread_kill(writer.thread, SIGUSR1), 0);
		assert_int_equal(all_bytes_read(ends[0], received + got, LENGTH - got < 70000 ? LENGTH - got : 70000, &part), STATUS_OK);
		assert_true(part > 0);
		got += part;
	}
	pthread_join(writer.thread, NULL);
	assert_int_equal(writer.status, STATUS_OK);
	assert_int_equal(all_bytes_read(ends[0], received, 10, &part), STATUS_OK);
	assert_int_equal(part, 0);
	assert_memory_equal(sent, received, LENGTH);
	close(ends[0]);
	free(sent);
	free(received);
}

static void what_goes_through_a_pipe_arrives_whole_whatever_interrupts_it(void **state)
{
	(void)state;
	pass_through_pipe(0);
}

/* As another process may leave a pipe or a terminal that it shares with us. */
static void what_goes_through_a_pipe_that_does_not_block_arrives_whole(void **state)
{
	(void)state;
	pass_through_pipe(O_NONBLOCK);
}

static void a_file_is_read_and_written_where_it_was_said(void **state)
{
	int fd = memfd_create("file", MFD_CLOEXEC);
	char bytes[8] = "";
	size_t got = 99;

	(void)state;
	assert_int_equal(all_bytes_write(fd, "0123456789", 10), STATUS_OK);
	assert_int_equal(all_bytes_write_at(fd, "xyz", 3, 4), STATUS_OK);
	assert_int_equal(all_bytes_read_at(fd, bytes, 5, 3, &got), STATUS_OK);
	assert_int_equal(got, 5);
	assert_memory_equal(bytes, "3xyz7", 5);
	assert_int_equal(all_bytes_read_at(fd, bytes, 5, 8, &got), STATUS_OK);
	assert_int_equal(got, 2);
	assert_memory_equal(bytes, "89", 2);
	assert_int_equal(all_bytes_read_at(fd, bytes, 5, 100, &got), STATUS_OK);
	assert_int_equal(got, 0);
	assert_int_equal(all_bytes_write_at(fd, "", 0, 100), STATUS_OK);
	assert_int_equal(lseek(fd, 0, SEEK_END), 10);
	close(fd);
}

static void what_fails_says_why_and_tells_no_length(void **state)
{
	int fd = open("/dev/full", O_RDWR | O_CLOEXEC);
	char byte = 'x';
	size_t got = 99;

	(void)state;
	assert_int_equal(all_bytes_write(fd, &byte, 1), STATUS_NO_SPACE);
	assert_int_equal(all_bytes_write_at(fd, &byte, 1, 0), STATUS_NO_SPACE);
	close(fd);
	fd = open("/", O_RDONLY | O_CLOEXEC);
	assert_int_equal(all_bytes_read(fd, &byte, 1, &got), STATUS_IS_FOLDER);
	assert_int_equal(all_bytes_read_at(fd, &byte, 1, 0, &got), STATUS_IS_FOLDER);
	assert_int_equal(got, 99);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_through_a_pipe_arrives_whole_whatever_interrupts_it),
		cmocka_unit_test(what_goes_through_a_pipe_that_does_not_block_arrives_whole),
		cmocka_unit_test(a_file_is_read_and_written_where_it_was_said),
		cmocka_unit_test(what_fails_says_why_and_tells_no_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
