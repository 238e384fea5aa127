/* Tests of a run that cannot be started. */
#include "commands.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "scratch.h"

/* A server that says nothing: whoever connects waits for its greeting. */
static int silent_server(uint16_t *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	*port = ntohs(address.sin_port);
	return listener;
}

/* Behind the one that watches over signals comes the listing's: once that is connecting, no more threads are to be had. */
static int listener = -1;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *argument), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *argument), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *argument), void *argument)
{
	static unsigned started;
	struct pollfd connected = {.fd = listener, .events = POLLIN};

	if (started++ < 2)
		return __real_pthread_create(thread, attributes, start, argument);
	assert_int_equal(poll(&connected, 1, 10000), 1);
	return EAGAIN;
}

static const struct command get = {"get", "URL...", "Fetches.", 1, SIZE_MAX, command_get};

static void threads_that_were_started_are_not_waited_for_where_others_cannot_be(void **state)
{
	struct scratch *scratch = *state;
	char url[64];
	char words[][10] = {"ferry", "get", "-q", "-r", "--timeout", "20", "-d"};
	char *argv[] = {words[0], words[1], words[2], words[3], words[4], words[5], words[6], scratch->path, url, NULL};
	struct options options;
	struct failure failure;
	uint16_t port;

	listener = silent_server(&port);
	snprintf(url, sizeof(url), "ferry://127.0.0.1:%u/folder", port);
	if (options_parse(9, argv, &get, 1, &options, &failure) != STATUS_OK)
		fail_msg("%s", failure.text);
	int64_t begun = clock_now();
	assert_int_not_equal(command_get(&options), EXIT_OK);
	assert_true(clock_now() - begun < 10 * CLOCK_SECOND);
	options_release(&options);
	close(listener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(threads_that_were_started_are_not_waited_for_where_others_cannot_be, scratch_setup,
			scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
