/* Stands for dial(), by the linker's --wrap: each connection hears the next part of the input, which is there at once. */
#ifndef SCRIPTED_DIAL_H
#define SCRIPTED_DIAL_H

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dial.h"
#include "target.h"

/*
 * script_begin(bytes, length);
 * ... links are opened, by any thread ...
 * script_end();
 */
#define SCRIPT_PARTS_MAX 4
#define SCRIPT_BORDER "NEXT" /* between two parts */

static struct {
	pthread_mutex_t lock;
	/* guarded by lock */
	struct span rest;            /* what the next connections hear; nothing any more: they are not answered */
	int fds[SCRIPT_PARTS_MAX];   /* the server's ends */
	size_t count;
} script = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline void script_begin(const void *bytes, size_t length)
{
	script.rest = (struct span){bytes, length};
	script.count = 0;
}

static inline void script_end(void)
{
	for (size_t i = 0; i < script.count; i++)
		close(script.fds[i]);
}

/* caller holds lock */
static inline struct span script_next(void)
{
	const unsigned char *border = memmem(script.rest.bytes, script.rest.length, SCRIPT_BORDER, strlen(SCRIPT_BORDER));
	struct span part = {script.rest.bytes, border ? (size_t)(border - script.rest.bytes) : script.rest.length};
	size_t used = part.length + (border ? strlen(SCRIPT_BORDER) : 0);

	script.rest = (struct span){script.rest.bytes + used, script.rest.length - used};
	return part;
}

/* Says all that it will ever say. */
static inline int script_answer(struct span part, int *server)
{
	int ends[2];

	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
	CHECK(send(ends[0], part.bytes, part.length, MSG_NOSIGNAL) == (ssize_t)part.length);
	CHECK(shutdown(ends[0], SHUT_WR) == 0);
	*server = ends[0];
	return ends[1];
}

enum status __wrap_dial(const char *host, uint16_t port, const struct link_options *options, struct dialed *dialed);
enum status __wrap_dial(const char *host, uint16_t port, const struct link_options *options, struct dialed *dialed)
{
	(void)host;
	(void)port;
	(void)options;
	pthread_mutex_lock(&script.lock);
	bool answered = script.count < SCRIPT_PARTS_MAX && (script.rest.length > 0 || script.count == 0);
	if (answered) {
		*dialed = (struct dialed){.fd = script_answer(script_next(), &script.fds[script.count])};
		script.count++;
	}
	pthread_mutex_unlock(&script.lock);
	return answered ? STATUS_OK : STATUS_UNREACHABLE;
}

#endif
