/* A server that plays one scripted conversation on loopback, for tests of what stands behind a link. */
#ifndef SCRIPTED_SERVER_H
#define SCRIPTED_SERVER_H

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "link.h"
#include "message.h"

/* PLAY runs in a thread of its own, once, with the first client's socket. It asserts nothing: what it saw is in SCRIPT. */
struct script {
	void (*play)(struct script *script, int fd);
	const void *told; /* for PLAY */
	unsigned char heard[16384];
	size_t heard_length;
	bool ended; /* the client's direction came to an orderly end */

	int listener;
	pthread_t thread;
	struct url url;
};

static inline void *script_run(void *argument)
{
	struct script *script = argument;
	int fd = accept4(script->listener, NULL, NULL, SOCK_CLOEXEC);
	struct timeval limit = {.tv_sec = 10};

	if (fd < 0)
		return NULL;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	script->play(script, fd);
	close(fd);
	return NULL;
}

static inline void script_start(struct script *script)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	static char host[] = "127.0.0.1", path[] = "folder/file";

	script->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(script->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(script->listener, 4), 0);
	assert_int_equal(getsockname(script->listener, (struct sockaddr *)&address, &length), 0);
	script->url = (struct url){.host = host, .port = ntohs(address.sin_port), .path = path};
	assert_int_equal(pthread_create(&script->thread, NULL, script_run, script), 0);
}

static inline void script_end(struct script *script)
{
	/* Wakes a thread that still waits for a client. */
	shutdown(script->listener, SHUT_RDWR);
	assert_int_equal(pthread_join(script->thread, NULL), 0);
	close(script->listener);
}

/* --- For PLAY ------------------------------------------------------------------------------------------------------ */

static inline void say(int fd, const void *bytes, size_t length)
{
	const unsigned char *next = bytes;

	while (length > 0) {
		ssize_t sent = send(fd, next, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		next += sent;
		length -= (size_t)sent;
	}
}

/* Waits until LENGTH bytes more have come. */
static inline void hear(struct script *script, int fd, size_t length)
{
	while (length > 0 && script->heard_length + length <= sizeof(script->heard)) {
		ssize_t received = recv(fd, script->heard + script->heard_length, length, 0);
		if (received <= 0)
			return;
		script->heard_length += (size_t)received;
		length -= (size_t)received;
	}
}

static inline void hear_end(struct script *script, int fd)
{
	unsigned char rest[4096];
	ssize_t received;

	while ((received = recv(fd, rest, sizeof(rest), 0)) > 0)
		;
	script->ended = received == 0;
}

/* Builds one frame with a message's encoder and says it. */
#define SAY(fd, encode, ...) \
	do { \
		unsigned char say_bytes[65536]; \
		struct writer say_writer; \
		writer_init(&say_writer, say_bytes, sizeof(say_bytes)); \
		encode(&say_writer, __VA_ARGS__); \
		say(fd, say_bytes, writer_length(&say_writer)); \
	} while (0)

#define HELLO_SIZE 24u
static inline void greet_with(struct script *script, int fd, const struct welcome *welcome)
{
	hear(script, fd, HELLO_SIZE);
	SAY(fd, welcome_encode, welcome);
}

static const struct welcome usual_welcome = {.version = 1, .window_requests = 64, .window_bytes = 65536, .links = 4};

/* --- For tests ----------------------------------------------------------------------------------------------------- */

static const struct link_options usual = {.timeout = 5 * CLOCK_SECOND, .stop_fd = -1};
static const struct link_options hasty = {.timeout = 50 * CLOCK_MS, .stop_fd = -1};

/* Opens a link to SCRIPT, which must answer the greeting. */
static inline struct link *open_link(struct script *script, const struct link_options *options)
{
	struct link *link = NULL;
	struct failure failure;

	script_start(script);
	assert_int_equal(link_open(&script->url, options, &link, &failure), STATUS_OK);
	return link;
}

#endif
