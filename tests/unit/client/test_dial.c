/* Tests of what the kernel may hold back of a connection until it is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "dial.h"
#include "tcp.h"

#define TRIES 100

/* A thread that wakes up late, on a machine that is slow or busy, is no longer way. */
int __real_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length)
{
	int result = __real_connect(fd, address, length);

	usleep(DIAL_NEAR / 1000);
	return result;
}

static uint16_t listen_here(int *listener)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;

	*listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(*listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(*listener, TRIES), 0);
	assert_int_equal(getsockname(*listener, (struct sockaddr *)&address, &length), 0);
	return ntohs(address.sin_port);
}

static int buffer_of(int fd)
{
	int bytes;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &(socklen_t){sizeof bytes}), 0);
	return bytes;
}

/* As far as this machine lets anybody choose. */
static int near_buffer(int chosen)
{
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &chosen, sizeof chosen), 0);
	int bytes = buffer_of(fd);
	close(fd);
	return bytes;
}

/* A machine that is busy may make a server next door seem far away, but not always. */
static void expect_buffer(unsigned links, int chosen)
{
	const struct link_options options = {.timeout = 5 * CLOCK_SECOND, .stop_fd = -1, .links = links};
	int listener, near = 0;
	uint16_t port = listen_here(&listener);

	for (int i = 0; i < TRIES && near == 0; i++) {
		struct dialed dialed;
		struct tcp_facts facts;
		assert_int_equal(dial("127.0.0.1", port, &options, &dialed), STATUS_OK);
		assert_int_equal(tcp_look(dialed.fd, &facts), STATUS_OK);
		if (facts.rtt < DIAL_NEAR) {
			assert_int_equal(buffer_of(dialed.fd), near_buffer(chosen));
			near++;
		}
		close(dialed.fd);
	}
	close(listener);
	assert_int_equal(near, 1);
}

static void little_of_a_server_next_door_lies_unread(void **state)
{
	(void)state;
	expect_buffer(0, DIAL_NEAR_BUFFER);
	expect_buffer(2, DIAL_NEAR_BUFFER);
}

static void less_of_many_links(void **state)
{
	(void)state;
	expect_buffer(3, DIAL_NEAR_BUFFER_OF_MANY);
	expect_buffer(64, DIAL_NEAR_BUFFER_OF_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(little_of_a_server_next_door_lies_unread),
		cmocka_unit_test(less_of_many_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
