/* A connection under test: its worker is the test itself, its client the other end of a socketpair. */
#ifndef RIG_H
#define RIG_H

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "access.h"
#include "clock.h"
#include "connection.h"
#include "log.h"
#include "message.h"
#include "scratch.h"
#include "services.h"
#include "settings_table.h"
#include "slots.h"
#include "workbench.h"

#define RIG_WINDOW_REQUESTS 4u
#define RIG_WINDOW_BYTES (2 * FRAME_REQUEST_SIZE)
/* No answer takes that long; where one does the test fails. */
#define RIG_PATIENCE (20 * CLOCK_SECOND)

struct rig {
	struct scratch scratch;
	struct settings settings;
	struct share_settings share_settings;
	struct share share;
	struct shares shares;
	struct services services;
	struct workbench bench;
	struct peer *peer;
	struct connection *connection; /* NULL: closed by the server */
	enum connection_verdict verdict;
	struct wish wish;
	int server; /* the server's end */
	int client; /* ours, non-blocking; -1: closed */
	uint16_t number; /* of the request sent last */
	/* Received and not looked at yet. */
	unsigned char *bytes;
	size_t start;
	size_t end;
};

#define RIG_RECEIVED_MAX (4u << 20)

/* One frame that the server sent. */
struct answer {
	struct frame frame;
	struct span payload;
};

/* Nobody waits for the disk but this one connection, which is stepped anyhow. */
static inline void rig_wake(void *context, uint64_t name)
{
	(void)context;
	(void)name;
}

static inline uint64_t rig_folders(struct rig *rig)
{
	return atomic_load(&rig->services.caps.stocks[CAP_FOLDERS].whole.units);
}

/* No more folders than these may be open in listings. */
static inline void rig_allow_folders(struct rig *rig, uint64_t count)
{
	stock_init(&rig->services.caps.stocks[CAP_FOLDERS], count, count);
}

/* So many units of work a second, for one peer and for all, and no burst. */
static inline void rig_allow_work(struct rig *rig, enum cap_work work, uint64_t rate)
{
	budget_release(&rig->services.caps.budgets[work]);
	budget_init(&rig->services.caps.budgets[work], rate, rate);
}

static inline void rig_init_services(struct rig *rig)
{
	struct services *services = &rig->services;

	assert_int_equal(settings_set_defaults(&rig->settings), STATUS_OK);
	rig->settings.max_connections = rig->settings.max_connections_per_address = 8;
	rig->settings.window_requests = RIG_WINDOW_REQUESTS;
	rig->settings.window_bytes = RIG_WINDOW_BYTES;
	rig->settings.links = 4;
	rig->settings.hash_budget = rig->settings.hash_budget_per_address = 8ull << 30;
	rig->settings.handshakes = rig->settings.handshakes_per_address = 1000000;
	rig->settings.readers = rig->settings.readers_per_address = 8;
	rig->settings.listing_folders = rig->settings.listing_folders_per_address = 16;
	rig->settings.shares = &rig->share_settings;
	rig->settings.share_count = 1;
	rig->share = (struct share){.folder = rig->scratch.folder};
	rig->shares = (struct shares){.list = &rig->share, .count = 1};
	services->settings = &rig->settings;
	services->shares = &rig->shares;
	assert_int_equal(access_new(&rig->settings, &rig->shares, &(struct tokens){.list = NULL}, &services->access), STATUS_OK);
	cold_init(&services->cold, 1, rig_wake, NULL);
	assert_int_equal(contents_new(4, NULL, &services->contents), STATUS_OK);
	assert_int_equal(gate_init(&services->gate), STATUS_OK);
	caps_init(&services->caps, &rig->settings);
	assert_int_equal(peers_new(8, 8, &services->caps, &services->peers), STATUS_OK);
	assert_int_equal(workbench_init(&rig->bench, services), STATUS_OK);
}

static inline void rig_connect_as(struct rig *rig, const char *from, struct peer *peer)
{
	struct address address;
	int ends[2];

	assert_int_equal(address_parse(from, &address), STATUS_OK);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
	rig->server = ends[0];
	rig->client = ends[1];
	rig->number = 0;
	rig->start = rig->end = 0;
	assert_int_equal(connection_new(&rig->services, rig->server, &address, peer, &rig->connection), STATUS_OK);
	rig->wish = connection_first_wish(rig->connection);
	rig->verdict = CONNECTION_WAIT;
}

static inline void rig_connect_from(struct rig *rig, const char *from)
{
	struct address address;
	struct peer *peer;

	assert_int_equal(address_parse(from, &address), STATUS_OK);
	assert_int_equal(peers_enter(rig->services.peers, &address, &peer), STATUS_OK);
	rig_connect_as(rig, from, peer);
}

static inline void rig_connect(struct rig *rig)
{
	rig_connect_from(rig, "127.0.0.1:1");
}

/* As one connection too many. */
static inline void rig_connect_refused(struct rig *rig)
{
	struct address address;
	struct peer *peer;

	assert_int_equal(address_parse("127.0.0.1:1", &address), STATUS_OK);
	while (peers_enter(rig->services.peers, &address, &peer) == STATUS_OK)
		;
	assert_null(peer);
	rig_connect_as(rig, "127.0.0.1:1", NULL);
}

static inline void rig_disconnect(struct rig *rig)
{
	if (rig->connection)
		connection_free(rig->connection);
	rig->connection = NULL;
	if (rig->client >= 0)
		close(rig->client);
	rig->client = -1;
}

static inline int rig_setup(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	*state = rig;
	if (!rig || scratch_make(&rig->scratch) < 0)
		return -1;
	rig->bytes = malloc(RIG_RECEIVED_MAX);
	rig->client = -1;
	log_set_level(LOG_WARN);
	rig_init_services(rig);
	rig_connect(rig);
	return rig->bytes ? 0 : -1;
}

static inline int rig_teardown(void **state)
{
	struct rig *rig = *state;
	int result;

	rig_disconnect(rig);
	workbench_release(&rig->bench);
	peers_free(rig->services.peers);
	caps_release(&rig->services.caps);
	gate_release(&rig->services.gate);
	contents_free(rig->services.contents);
	access_free(rig->services.access);
	cold_release(&rig->services.cold);
	/* The share is ours. */
	rig->settings.shares = NULL;
	rig->settings.share_count = 0;
	settings_release(&rig->settings);
	result = scratch_remove(&rig->scratch);
	free(rig->bytes);
	free(rig);
	return result;
}

/* The EPOLL bits that the slot would report now; 0: nothing. */
static inline uint32_t rig_events(struct rig *rig)
{
	short wanted = (short)((rig->wish.read ? POLLIN | POLLRDHUP : 0) | (rig->wish.write ? POLLOUT : 0));
	struct pollfd polled = {.fd = rig->server, .events = wanted};

	return poll(&polled, 1, 0) == 1 ? (uint32_t)polled.revents : 0;
}

/* What a worker would do next; false when it would sleep. */
static inline bool rig_turn(struct rig *rig)
{
	uint32_t events = 0;

	if (!rig->connection)
		return false;
	if (rig->verdict == CONNECTION_WAIT) {
		events = rig_events(rig);
		if (!events && clock_now() < rig->wish.wake)
			return false;
	}
	rig->verdict = connection_step(rig->connection, &rig->bench, events, &rig->wish);
	if (rig->verdict == CONNECTION_CLOSE) {
		connection_free(rig->connection);
		rig->connection = NULL;
	}
	return true;
}

/* Runs the server until it would sleep; the client reads nothing meanwhile. */
static inline void rig_settle(struct rig *rig)
{
	while (rig_turn(rig))
		;
}

static inline void rig_send_bytes(struct rig *rig, const void *bytes, size_t length)
{
	assert_int_equal(send(rig->client, bytes, length, MSG_NOSIGNAL), length);
}

/* Receives what is there; false at the end of the stream. */
static inline bool rig_receive(struct rig *rig)
{
	ssize_t length;

	if (rig->start == rig->end)
		rig->start = rig->end = 0;
	length = recv(rig->client, rig->bytes + rig->end, RIG_RECEIVED_MAX - rig->end, 0);
	if (length > 0)
		rig->end += (size_t)length;
	return length != 0;
}

static inline bool rig_take_answer(struct rig *rig, enum frame_phase phase, struct answer *answer)
{
	size_t left = rig->end - rig->start;

	if (left < FRAME_HEADER_SIZE)
		return false;
	assert_int_equal(frame_decode(rig->bytes + rig->start, FRAME_FROM_SERVER, phase, &answer->frame), STATUS_OK);
	if (left - FRAME_HEADER_SIZE < answer->frame.length)
		return false;
	answer->payload = (struct span){rig->bytes + rig->start + FRAME_HEADER_SIZE, answer->frame.length};
	rig->start += FRAME_HEADER_SIZE + answer->frame.length;
	return true;
}

/* Until the client's socket has something, or a parked connection's time has come. */
static inline void rig_wait(struct rig *rig)
{
	int64_t wait = rig->connection ? rig->wish.wake - clock_now() : 0;
	int timeout_ms = wait < 0 ? 0 : wait < CLOCK_SECOND ? (int)(wait / CLOCK_MS) + 1 : 1000;

	poll(&(struct pollfd){.fd = rig->client, .events = POLLIN}, 1, timeout_ms);
}

/* The next frame that the server sends, whatever it is. Its payload is valid until the next call. */
static inline struct answer rig_answer_in(struct rig *rig, enum frame_phase phase)
{
	int64_t patience = clock_now() + RIG_PATIENCE;
	struct answer answer;

	if (rig->start > RIG_RECEIVED_MAX / 2) {
		memmove(rig->bytes, rig->bytes + rig->start, rig->end - rig->start);
		rig->end -= rig->start;
		rig->start = 0;
	}
	while (!rig_take_answer(rig, phase, &answer)) {
		bool turned = rig_turn(rig);
		bool open = rig_receive(rig);
		assert_true(open || turned);
		assert_true(clock_now() < patience);
		if (!turned)
			rig_wait(rig);
	}
	return answer;
}

static inline struct answer rig_answer(struct rig *rig, enum frame_type type, uint16_t number)
{
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);

	assert_int_equal(answer.frame.type, type);
	assert_int_equal(answer.frame.number, number);
	return answer;
}

static inline enum error_code rig_error_in(struct rig *rig, enum frame_phase phase, uint16_t number)
{
	struct answer answer = rig_answer_in(rig, phase);
	struct error error;

	assert_int_equal(answer.frame.type, FRAME_ERROR);
	assert_int_equal(answer.frame.number, number);
	assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
	return error.code;
}

static inline enum error_code rig_error(struct rig *rig, uint16_t number)
{
	return rig_error_in(rig, FRAME_OPEN, number);
}

/* Nothing more comes but the end of the server's stream. */
static inline void rig_expect_end(struct rig *rig)
{
	int64_t patience = clock_now() + RIG_PATIENCE;

	while (rig_turn(rig) || rig_receive(rig))
		assert_true(clock_now() < patience);
	assert_int_equal(rig->end - rig->start, 0);
}

#endif
