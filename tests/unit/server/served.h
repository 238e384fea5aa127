/* A running server under test, and blocking clients on loopback TCP. */
#ifndef SERVED_H
#define SERVED_H

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "access.h"
#include "clock.h"
#include "log.h"
#include "hashing.h"
#include "message.h"
#include "scratch.h"
#include "server.h"
#include "settings_table.h"

#define WORKERS 3
/* More than the kernel keeps for a client that does not read. */
#define BIG_SIZE (12 * PIECE_SIZE + 12345)
#define PATIENCE_MS 60000

struct fixture {
	struct scratch scratch;
	struct settings settings;
	struct share_settings share_settings;
	struct share share;
	struct access *access;
	struct shares shares;
	struct contents *contents;
	struct server *server;
	struct sockaddr_in address;
	unsigned char *big;
};

static inline void write_file(int folder, const char *name, const unsigned char *bytes, size_t length)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);
		assert_true(written > 0);
		bytes += written;
		length -= (size_t)written;
	}
	close(fd);
}

static inline int listen_on_loopback(struct sockaddr_in *address)
{
	socklen_t length = sizeof(*address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address, sizeof(*address)), 0);
	assert_int_equal(listen(fd, 128), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &length), 0);
	return fd;
}

static inline void start(struct fixture *fixture)
{
	int listener = listen_on_loopback(&fixture->address);

	assert_int_equal(server_start(&(struct server_setup){
		.settings = &fixture->settings,
		.shares = &fixture->shares,
		.contents = fixture->contents,
		.access = fixture->access,
		.listeners = &listener,
		.listener_count = 1,
	}, &fixture->server), STATUS_OK);
}

static inline int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(settings_set_defaults(&fixture->settings), STATUS_OK);
	fixture->settings.workers = WORKERS;
	fixture->settings.max_connections = fixture->settings.max_connections_per_address = 64;
	fixture->settings.readers = fixture->settings.readers_per_address = 64;
	fixture->settings.links = 4;
	fixture->settings.hash_budget = fixture->settings.hash_budget_per_address = 8ull << 30;
	log_set_level(LOG_WARN);
	fixture->share = (struct share){.folder = fixture->scratch.folder};
	fixture->shares = (struct shares){.list = &fixture->share, .count = 1};
	fixture->big = random_bytes(BIG_SIZE);
	write_file(fixture->scratch.folder, "big", fixture->big, BIG_SIZE);
	write_file(fixture->scratch.folder, "small", fixture->big, 100);
	fixture->settings.shares = &fixture->share_settings;
	fixture->settings.share_count = 1;
	struct tokens tokens = {.list = NULL};
	assert_int_equal(access_new(&fixture->settings, &fixture->shares, &tokens, &fixture->access), STATUS_OK);
	assert_int_equal(contents_new(8, NULL, &fixture->contents), STATUS_OK);
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *fixture = *state;
	int result;

	server_free(fixture->server);
	contents_free(fixture->contents);
	access_free(fixture->access);
	/* The share is ours. */
	fixture->settings.shares = NULL;
	fixture->settings.share_count = 0;
	settings_release(&fixture->settings);
	free(fixture->big);
	result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

/* --- A blocking client ------------------------------------------------------------------------------------------------ */

struct client {
	int fd;
	uint16_t number;
	unsigned char *payload;
	struct lanes *lanes;
};

static inline void client_send(struct client *client, const struct writer *writer)
{
	assert_int_equal(send(client->fd, writer->start, writer_length(writer), MSG_NOSIGNAL), writer_length(writer));
}

static inline bool receive_all(int fd, void *bytes, size_t length)
{
	return length == 0 || recv(fd, bytes, length, MSG_WAITALL) == (ssize_t)length;
}

/* The next frame; false at the end of the stream. */
static inline bool next_frame(struct client *client, enum frame_phase phase, struct frame *frame)
{
	unsigned char header[FRAME_HEADER_SIZE];

	if (!receive_all(client->fd, header, sizeof(header)))
		return false;
	assert_int_equal(frame_decode(header, FRAME_FROM_SERVER, phase, frame), STATUS_OK);
	return receive_all(client->fd, client->payload, frame->length);
}

static inline void client_open(struct client *client)
{
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};

	client->number = 0;
	client->payload = malloc(FRAME_DATA_MAX);
	assert_int_equal(lanes_new(LANES_OPENSSL, &client->lanes), STATUS_OK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
}

static inline void client_reach(struct fixture *fixture, struct client *client)
{
	assert_int_equal(connect(client->fd, (struct sockaddr *)&fixture->address, sizeof(fixture->address)), 0);
}

static inline void client_connect(struct fixture *fixture, struct client *client)
{
	client_open(client);
	client_reach(fixture, client);
}

/* Says HELLO: is the answer WELCOME, or else BUSY? */
static inline bool client_is_welcome(struct client *client)
{
	unsigned char bytes[64];
	struct writer writer;
	struct error error;
	struct frame frame;

	writer_init(&writer, bytes, sizeof(bytes));
	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	client_send(client, &writer);
	assert_true(next_frame(client, FRAME_GREETING, &frame));
	if (frame.type == FRAME_WELCOME)
		return true;
	assert_int_equal(frame.type, FRAME_ERROR);
	assert_int_equal(error_decode((struct span){client->payload, frame.length}, &error), STATUS_OK);
	assert_int_equal(error.code, ERROR_BUSY);
	return false;
}

static inline void client_greet_on(struct client *client)
{
	assert_true(client_is_welcome(client));
}

static inline void client_greet(struct fixture *fixture, struct client *client)
{
	client_connect(fixture, client);
	client_greet_on(client);
}

static inline void client_read(struct client *client, const struct pieces_request *request)
{
	unsigned char bytes[8192];
	struct writer writer;

	writer_init(&writer, bytes, sizeof(bytes));
	read_request_encode(&writer, ++client->number, request);
	client_send(client, &writer);
}

static inline void client_close(struct client *client)
{
	close(client->fd);
	lanes_free(client->lanes);
	free(client->payload);
}

/* GOODBYE, half-close, and nothing but the end may come. */
static inline void client_leave(struct client *client)
{
	unsigned char bytes[16];
	struct writer writer;
	struct frame frame;

	writer_init(&writer, bytes, sizeof(bytes));
	goodbye_encode(&writer);
	client_send(client, &writer);
	assert_int_equal(shutdown(client->fd, SHUT_WR), 0);
	assert_false(next_frame(client, FRAME_OPEN, &frame));
	client_close(client);
}

static inline struct file expect_file_of(struct client *client, uint16_t number)
{
	struct frame frame;
	struct file file;

	assert_true(next_frame(client, FRAME_OPEN, &frame));
	assert_int_equal(frame.type, FRAME_FILE);
	assert_int_equal(frame.number, number);
	assert_int_equal(file_decode((struct span){client->payload, frame.length}, &file), STATUS_OK);
	return file;
}

static inline struct file expect_file(struct client *client)
{
	return expect_file_of(client, client->number);
}

static inline void expect_piece(struct fixture *fixture, struct client *client, uint64_t index)
{
	struct data_trailer trailer;
	struct digest digest;
	struct piece piece;
	struct frame frame;
	uint32_t length = piece_length(BIG_SIZE, index);

	assert_true(next_frame(client, FRAME_OPEN, &frame));
	assert_int_equal(frame.type, FRAME_DATA);
	assert_int_equal(frame.length, length + DATA_TRAILER_SIZE);
	assert_memory_equal(client->payload, fixture->big + index * PIECE_SIZE, length);
	assert_int_equal(data_trailer_decode(client->payload + length, &trailer), STATUS_OK);
	assert_int_equal(trailer.status, DATA_PROVEN);
	piece_start(&piece, BIG_SIZE);
	piece_add(&piece, client->lanes, client->payload, length);
	piece_finish(&piece, client->lanes, &digest);
	assert_true(digest_equal(&digest, &trailer.digest));
}

static inline void fetch_big(struct fixture *fixture, struct client *client)
{
	struct pieces_request request = {.path = span_of("big"), .count = 1};
	uint64_t pieces = piece_count(BIG_SIZE);

	client_read(client, &request);
	struct file file = expect_file(client);
	assert_int_equal(file.size, BIG_SIZE);
	expect_piece(fixture, client, 0);
	request.version = file.version;
	request.first = 1;
	request.count = pieces;
	client_read(client, &request);
	expect_file(client);
	for (uint64_t i = 1; i < pieces; i++)
		expect_piece(fixture, client, i);
}

/* The ERROR that ends the connection. */
static inline uint16_t expect_error(struct client *client, enum frame_phase phase)
{
	struct error error;
	struct frame frame;

	assert_true(next_frame(client, phase, &frame));
	assert_int_equal(frame.type, FRAME_ERROR);
	assert_int_equal(frame.number, 0);
	assert_int_equal(error_decode((struct span){client->payload, frame.length}, &error), STATUS_OK);
	return error.code;
}

#endif
