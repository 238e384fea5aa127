/* A bad network between two real programs: flips bits, cuts, stalls, drips, or gathers a crowd before it lets it in. */
#include <getopt.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "damage.h"
#include "sockets.h"

/*
 * usage: proxy [OPTION...] PORT     forwards to that port of 127.0.0.1 until standard input ends; prints its own port
 *   --flip-pieces      one bit in the bytes of every DATA frame      --flip-trailers   in its digest
 *   --flip-anywhere    in either, somewhere else each time           --spare-fresh     but not in answers to FRESH
 *   --flips N          only the first N of these; how many there were is said at the end: "flipped N"
 *   --flip-at N        one bit of byte N of what the server sends on each connection
 *   --cut N            ends each connection after N bytes from the server
 *   --stall N          after N bytes from the server over all connections prints "stalled" and holds everything back
 *                      until a line comes on standard input
 *   --drip             one byte at a time, both ways
 *   --gather N         forwards nothing until N clients are connected
 */
struct gate { /* guarded by lock */
	pthread_mutex_t lock;
	pthread_cond_t opened;
	unsigned long clients;
	uint64_t bytes;
	bool stalled;
	bool released;
};

struct proxy {
	uint16_t port;
	struct damage_plan plan;
	uint64_t cut;
	uint64_t stall;
	unsigned long gather;
	bool drip;
	struct gate gate;
};

static struct proxy proxy = {
	.plan = {.flips_left = LONG_MAX, .flip_at = UINT64_MAX},
	.cut = UINT64_MAX,
	.stall = UINT64_MAX,
	.gate = {.lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER},
};

struct connection {
	int client;
	int server;
	struct damage damage;
};

static void gate_release(void)
{
	pthread_mutex_lock(&proxy.gate.lock);
	proxy.gate.released = true;
	pthread_cond_broadcast(&proxy.gate.opened);
	pthread_mutex_unlock(&proxy.gate.lock);
}

/* Returns once as many clients have come as --gather asks for. */
static void gate_gather(void)
{
	struct gate *gate = &proxy.gate;
	pthread_mutex_lock(&gate->lock);
	gate->clients++;
	pthread_cond_broadcast(&gate->opened);
	while (gate->clients < proxy.gather)
		pthread_cond_wait(&gate->opened, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

/* Counts bytes from the server; from the one that --stall names on, waits until it is released. */
static void gate_pass(size_t length)
{
	struct gate *gate = &proxy.gate;
	pthread_mutex_lock(&gate->lock);
	gate->bytes += length;
	if (gate->bytes >= proxy.stall && !gate->stalled) {
		gate->stalled = true;
		puts("stalled");
		fflush(stdout);
	}
	while (gate->stalled && !gate->released)
		pthread_cond_wait(&gate->opened, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static bool forward(int to, const unsigned char *bytes, size_t length)
{
	if (!proxy.drip)
		return socket_send(to, bytes, length);
	for (size_t i = 0; i < length; i++)
		if (!socket_send(to, bytes + i, 1))
			return false;
	return true;
}

static void copy_from_server(struct connection *connection)
{
	unsigned char bytes[65536];
	uint64_t passed = 0;
	ssize_t length;
	while (passed < proxy.cut && (length = recv(connection->server, bytes, sizeof bytes, 0)) > 0) {
		size_t kept = (uint64_t)length < proxy.cut - passed ? (size_t)length : (size_t)(proxy.cut - passed);
		damage_apply(&connection->damage, bytes, kept);
		if (!forward(connection->client, bytes, kept))
			break;
		passed += kept;
		gate_pass(kept);
	}
	shutdown(connection->client, SHUT_WR);
	if (passed == proxy.cut)
		shutdown(connection->client, SHUT_RDWR);
}

static void *copy_from_client(void *argument)
{
	struct connection *connection = argument;
	unsigned char bytes[65536];
	ssize_t length;
	while ((length = recv(connection->client, bytes, sizeof bytes, 0)) > 0) {
		damage_watch(&connection->damage, bytes, (size_t)length);
		if (!forward(connection->server, bytes, (size_t)length))
			break;
	}
	shutdown(connection->server, SHUT_WR);
	return NULL;
}

static void set_no_delay(int fd)
{
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
}

static void *serve(void *argument)
{
	struct connection *connection = argument;
	pthread_t upstream;
	gate_gather();
	connection->server = socket_connect(proxy.port);
	if (connection->server >= 0) {
		set_no_delay(connection->client);
		set_no_delay(connection->server);
		if (pthread_create(&upstream, NULL, copy_from_client, connection))
			give_up("pthread_create");
		copy_from_server(connection);
		pthread_join(upstream, NULL);
		close(connection->server);
	}
	close(connection->client);
	free(connection);
	return NULL;
}

static void read_options(int count, char **arguments)
{
	static const struct option options[] = {
		{"flip-pieces", no_argument, NULL, 'p'}, {"flip-trailers", no_argument, NULL, 't'},
		{"flip-anywhere", no_argument, NULL, 'w'}, {"spare-fresh", no_argument, NULL, 'f'},
		{"flips", required_argument, NULL, 'n'}, {"flip-at", required_argument, NULL, 'a'},
		{"cut", required_argument, NULL, 'c'},   {"stall", required_argument, NULL, 's'},
		{"drip", no_argument, NULL, 'd'},        {"gather", required_argument, NULL, 'g'},
		{0},
	};
	int option;
	while ((option = getopt_long(count, arguments, "", options, NULL)) != -1) {
		switch (option) {
		case 'p': proxy.plan.flip_pieces = true; break;
		case 't': proxy.plan.flip_trailers = true; break;
		case 'w': proxy.plan.flip_anywhere = true; break;
		case 'f': proxy.plan.spare_fresh = true; break;
		case 'n': proxy.plan.flips_left = strtol(optarg, NULL, 10); break;
		case 'a': proxy.plan.flip_at = strtoull(optarg, NULL, 10); break;
		case 'c': proxy.cut = strtoull(optarg, NULL, 10); break;
		case 's': proxy.stall = strtoull(optarg, NULL, 10); break;
		case 'd': proxy.drip = true; break;
		case 'g': proxy.gather = strtoul(optarg, NULL, 10); break;
		default: exit(2);
		}
	}
	if (optind + 1 != count)
		exit(2);
	proxy.port = (uint16_t)strtoul(arguments[optind], NULL, 10);
}

int main(int count, char **arguments)
{
	int client;
	read_options(count, arguments);
	int listener = socket_listen();
	while ((client = socket_accept(listener, gate_release)) >= 0) {
		struct connection *connection = malloc(sizeof *connection);
		pthread_t thread;
		if (!connection)
			give_up("malloc");
		connection->client = client;
		damage_start(&connection->damage, &proxy.plan);
		if (pthread_create(&thread, NULL, serve, connection) || pthread_detach(thread))
			give_up("pthread_create");
	}
	printf("flipped %ld\n", proxy.plan.flipped);
	fflush(stdout);
	_exit(0);
}
