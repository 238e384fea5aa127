/* Accepts connections, tunes their sockets and gives them slots. */
#include "listener.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "clock.h"
#include "connection.h"
#include "log.h"
#include "threads.h"

/* Connections accepted from one socket before the others are looked at. */
#define BATCH_MAX 64
/* How long nothing is accepted after descriptors or memory ran out; the kernel queues new connections. */
#define PAUSE_MS 100
#define LOG_INTERVAL (5 * CLOCK_SECOND)
/* With more connections than these the kernel keeps at most so many unsent bytes for each further one, not megabytes. */
#define CONNECTIONS_FEW 64u
#define UNSENT_MAX (256 * 1024)

struct listener {
	struct services *services;
	struct slots *slots;
	struct reaper *reaper;
	pthread_t thread;
	int wake;           /* eventfd: time to close */
	int64_t complained; /* when the last line about missing resources was written */
	bool pausing;
	size_t fd_count;
	struct pollfd polled[]; /* the wake-up first, then the sockets */
};

/* Once a worker may own it, the connection is touched no more. */
static void open_connection(struct listener *listener, struct connection *connection)
{
	struct wish wish = connection_first_wish(connection);
	enum status status = slots_open(listener->slots, connection, connection_stream(connection), &wish);

	if (status != STATUS_OK) {
		log_line(LOG_WARN, "event=accept status=\"%s\"", status_text(status));
		connection_free(connection);
		return;
	}
	reaper_expect(listener->reaper, wish_time(&wish));
	/* A drain that began meanwhile may have woken everybody but this one. */
	if (gate_stage(&listener->services->gate) != GATE_SERVING)
		slots_wake_all(listener->slots);
}

static void set_option(int fd, int option, int value)
{
	setsockopt(fd, IPPROTO_TCP, option, &value, sizeof(value));
}

/* Send buffers are not set: the kernel sizes them better. */
static void tune(struct services *services, int fd)
{
	/* We pack answers ourselves; every send is meant to leave at once. */
	set_option(fd, TCP_NODELAY, 1);
	if (peers_connections(services->peers) > CONNECTIONS_FEW)
		set_option(fd, TCP_NOTSENT_LOWAT, UNSENT_MAX);
}

static void admit(struct listener *listener, int fd, const struct address *address)
{
	struct services *services = listener->services;
	struct connection *connection;
	struct peer *peer;
	enum status status = peers_enter(services->peers, address, &peer);

	atomic_fetch_add(&services->tally.connections, 1);
	if (status != STATUS_OK && status != STATUS_BUSY) {
		close(fd);
		return;
	}
	tune(services, fd);
	if (connection_new(services, fd, address, peer, &connection) == STATUS_OK)
		open_connection(listener, connection);
}

static void complain(struct listener *listener, int error)
{
	int64_t now = clock_now();

	listener->pausing = true;
	if (listener->complained && now - listener->complained < LOG_INTERVAL)
		return;
	listener->complained = now;
	log_line(LOG_WARN, "event=accept status=\"%s\"", status_text(status_from_errno(error)));
}

/* False when there is nothing more to accept for now. */
static bool accept_one(struct listener *listener, int socket)
{
	struct address address = {.length = sizeof(address.storage)};
	int fd = accept4(socket, (struct sockaddr *)&address.storage, &address.length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		admit(listener, fd, &address);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		complain(listener, errno);
		return false;
	default:
		/* The connection's own misfortune: accept(2) reports pending network errors of the new socket. */
		return true;
	}
}

static void accept_batch(struct listener *listener, int socket)
{
	for (int i = 0; i < BATCH_MAX; i++) {
		if (!accept_one(listener, socket))
			return;
	}
}

static void close_sockets(struct listener *listener)
{
	for (size_t i = 1; i <= listener->fd_count; i++)
		close(listener->polled[i].fd);
}

static void *run(void *argument)
{
	struct listener *listener = argument;
	struct services *services = listener->services;

	while (!listener->polled[0].revents) {
		bool pausing = listener->pausing;
		listener->pausing = false;
		poll(listener->polled, pausing ? 1 : listener->fd_count + 1, pausing ? PAUSE_MS : -1);
		for (size_t i = 1; i <= listener->fd_count && !pausing; i++) {
			if (listener->polled[i].revents)
				accept_batch(listener, listener->polled[i].fd);
		}
		log_flush();
	}
	close_sockets(listener);
	gate_leave(&services->gate);
	return NULL;
}

enum status listener_start(const struct listener_setup *setup, struct listener **out)
{
	size_t size = sizeof(struct listener) + (setup->fd_count + 1) * sizeof(struct pollfd);
	struct listener *listener = calloc(1, size);
	enum status status = STATUS_NO_MEMORY;

	if (!listener)
		goto failed;
	listener->services = setup->services;
	listener->slots = setup->slots;
	listener->reaper = setup->reaper;
	listener->fd_count = setup->fd_count;
	for (size_t i = 0; i < setup->fd_count; i++)
		listener->polled[i + 1] = (struct pollfd){.fd = setup->fds[i], .events = POLLIN};
	listener->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	status = status_from_errno(errno);
	if (listener->wake < 0)
		goto failed;
	listener->polled[0] = (struct pollfd){.fd = listener->wake, .events = POLLIN};
	status = thread_start(&listener->thread, "listener", run, listener);
	if (status == STATUS_OK) {
		*out = listener;
		return STATUS_OK;
	}
	close(listener->wake);
failed:
	for (size_t i = 0; i < setup->fd_count; i++)
		close(setup->fds[i]);
	free(listener);
	return status;
}

void listener_close(struct listener *listener)
{
	eventfd_write(listener->wake, 1);
}

void listener_free(struct listener *listener)
{
	if (!listener)
		return;
	listener_close(listener);
	pthread_join(listener->thread, NULL);
	close(listener->wake);
	free(listener);
}
