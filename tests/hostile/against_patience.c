/* Many slow clients at once, in every way of being slow: each is let go in time, while a good client is served. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "case.h"
#include "clock.h"
#include "path.h"
#include "raw.h"
#include "scratch.h"
#include "sockets.h"
#include "victim.h"

/* Every deadline of the servers, and how long after it a client may still be there. */
#define DEADLINE_MS 1000
#define GRACE_MS 2000
#define GIVE_UP (60 * CLOCK_SECOND)
#define TICK (50 * CLOCK_MS)
#define ALL 2000u
#define FEW 120u /* where QUICK is set */
#define VISITS_MAX 100000u
#define LARGE "large"
#define LARGE_SIZE (64 * PIECE_SIZE)
#define SMALL "small"
#define SMALL_TEXT "good\n"

struct patience {
	struct scratch scratch;
	struct victim plain, secure;
	struct raw raw;   /* to begin with, and for those who leave */
	struct raw good;
	struct slow *slow;
	struct pollfd *polled;
	unsigned count, alive;
	int64_t *visits;  /* how long each took */
	unsigned visit_count, left;
};

struct slow {
	const struct manner *manner;
	int64_t since;
	int64_t ended; /* 0: not yet */
	size_t said;
};

/* --- Manners ------------------------------------------------------------------------------------------------------------ */

struct manner {
	const char *name;
	unsigned weight; /* of 40; who has asked for much costs the kernel megabytes */
	void (*begin)(struct patience *patience);
	void (*tick)(struct slow *slow, int fd);
};

static void connect_only(struct patience *patience)
{
	raw_open(&patience->raw, patience->plain.port);
}

static void greet(struct patience *patience)
{
	connect_only(patience);
	raw_greet(&patience->raw);
}

static void ask_for_much(struct patience *patience)
{
	struct raw *raw = &patience->raw;

	greet(patience);
	raw_ask(raw, FRAME_STAT, span_of("s/" LARGE));
	struct version version = raw_expect_file(raw).version;
	raw_read(raw, &(struct pieces_request){.path = span_of("s/" LARGE), .version = version, .count = UINT32_MAX});
}

/* A record that promises 512 bytes of a ClientHello. */
static void begin_handshake(struct patience *patience)
{
	raw_open(&patience->raw, patience->secure.port);
	raw_put(&patience->raw, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
}

static void say_nothing(struct slow *slow, int fd)
{
	(void)slow;
	(void)fd;
}

/* The next byte of BYTES, as long as there are any. */
static void drip(struct slow *slow, int fd, const struct writer *writer)
{
	if (slow->said < writer_length(writer) - 1 && send(fd, writer->start + slow->said, 1, MSG_NOSIGNAL) == 1)
		slow->said++;
}

static void drip_greeting(struct slow *slow, int fd)
{
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	drip(slow, fd, &writer);
}

static void drip_request(struct slow *slow, int fd)
{
	static const char path[] = "a/path/that/takes/more/time/than/there/is";
	RAW_WRITER(writer);

	stat_request_encode(&writer, 1, &(struct stat_request){span_of(path)});
	drip(slow, fd, &writer);
}

static void sip(struct slow *slow, int fd)
{
	char byte;

	slow->said += recv(fd, &byte, 1, 0) == 1;
}

static const struct manner manners[] = {
	{"say nothing", 12, connect_only, say_nothing},
	{"greet in drips", 10, connect_only, drip_greeting},
	{"ask in drips", 10, greet, drip_request},
	{"stop in the handshake", 6, begin_handshake, say_nothing},
	{"take nothing", 1, ask_for_much, say_nothing},
	{"take a byte now and then", 1, ask_for_much, sip},
};
#define MANNERS (sizeof(manners) / sizeof(manners[0]))

static const struct manner *manner_of(unsigned index)
{
	unsigned place = index % 40;
	const struct manner *manner = manners;

	while (place >= manner->weight)
		place -= manner++->weight;
	return manner;
}

/*
 * A reset that comes while nothing more fits into our buffers can lie outside the window, where the kernel throws it away. So the
 * kernel asks now and then whether the other end is still there, which a server that has it does not notice.
 */
static void keep_asking(int fd)
{
	const int on = 1, seconds = 1;

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)), 0);
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &seconds, sizeof(seconds)), 0);
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &seconds, sizeof(seconds)), 0);
}

/* Its socket is nobody's but the poll's from now on. */
static void begin(struct patience *patience, unsigned index)
{
	struct slow *slow = &patience->slow[index];

	slow->manner = manner_of(index);
	slow->manner->begin(patience);
	slow->since = clock_now();
	int fd = patience->raw.stream.fd;
	patience->raw.stream = (struct stream){.open = false};
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	keep_asking(fd);
	patience->polled[index] = (struct pollfd){.fd = fd, .events = POLLRDHUP};
	patience->alive++;
}

/* --- Meanwhile ----------------------------------------------------------------------------------------------------------- */

static void visit(struct patience *patience)
{
	int64_t start = clock_now();

	raw_open(&patience->good, patience->plain.port);
	raw_visit(&patience->good, "s/" SMALL, SMALL_TEXT);
	if (patience->visit_count < VISITS_MAX)
		patience->visits[patience->visit_count++] = clock_now() - start;
}

/* Somebody who has work done and does not wait for it. */
static void leave_with_work_pending(struct patience *patience)
{
	greet(patience);
	raw_ask(&patience->raw, FRAME_SUM, span_of("s/" LARGE));
	raw_ask(&patience->raw, FRAME_READ, span_of("s/" LARGE));
	raw_reset(&patience->raw);
	patience->left++;
}

/* They stay where they are: it is the server that has to let go. */
static void note_ends(struct patience *patience)
{
	int64_t now = clock_now();

	if (poll(patience->polled, patience->count, 0) <= 0)
		return;
	for (unsigned i = 0; i < patience->count; i++) {
		if (patience->slow[i].ended || !(patience->polled[i].revents & (POLLRDHUP | POLLHUP | POLLERR)))
			continue;
		patience->slow[i].ended = now;
		patience->polled[i].events = 0;
		patience->alive--;
	}
}

static void tick(struct patience *patience)
{
	for (unsigned i = 0; i < patience->count; i++) {
		if (!patience->slow[i].ended)
			patience->slow[i].manner->tick(&patience->slow[i], patience->polled[i].fd);
	}
	for (int i = 0; i < 10; i++)
		leave_with_work_pending(patience);
}

/* --- What is told ---------------------------------------------------------------------------------------------------------- */

static int compare_times(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return left < right ? -1 : left > right;
}

static double seconds(int64_t time)
{
	return (double)time / CLOCK_SECOND;
}

/* How many were not let go in time. */
static unsigned tell_of(const struct patience *patience, const struct manner *manner)
{
	int64_t first = INT64_MAX, last = 0;
	unsigned count = 0, late = 0;

	for (unsigned i = 0; i < patience->count; i++) {
		if (patience->slow[i].manner != manner)
			continue;
		int64_t time = patience->slow[i].ended - patience->slow[i].since;
		first = time < first ? time : first;
		last = time > last ? time : last;
		late += time > (DEADLINE_MS + GRACE_MS) * CLOCK_MS;
		count++;
	}
	print_message("%5u that %-24s let go after %.2f to %.2f s, %u late\n", count, manner->name, seconds(first), seconds(last), late);
	return late;
}

static void tell_of_visits(struct patience *patience)
{
	qsort(patience->visits, patience->visit_count, sizeof(patience->visits[0]), compare_times);
	print_message("%5u that leave with work pending; a good client meanwhile: %u visits, median %.2f ms, p99 %.2f ms, worst %.2f ms\n",
		patience->left, patience->visit_count, 1e3 * seconds(patience->visits[patience->visit_count / 2]),
		1e3 * seconds(patience->visits[patience->visit_count * 99 / 100]), 1e3 * seconds(patience->visits[patience->visit_count - 1]));
}

static void who_is_slow_is_let_go_while_others_are_served(void *stage, const void *argument)
{
	struct patience *patience = stage;
	int64_t next_tick = 0, limit = clock_now() + GIVE_UP;
	unsigned begun = 0, late = 0;

	(void)argument;
	while ((begun < patience->count || patience->alive > 0) && clock_now() < limit) {
		for (int i = 0; i < 20 && begun < patience->count; i++)
			begin(patience, begun++);
		visit(patience);
		if (begun == patience->count)
			note_ends(patience);
		if (clock_now() < next_tick)
			continue;
		if (begun == patience->count)
			tick(patience);
		next_tick = clock_now() + TICK;
	}
	assert_int_equal(patience->alive, 0);
	for (size_t i = 0; i < MANNERS; i++)
		late += tell_of(patience, &manners[i]);
	tell_of_visits(patience);
	assert_true(victim_let_go(&patience->plain) && victim_let_go(&patience->secure));
	if (!getenv("QUICK"))
		assert_int_equal(late, 0);
}

/* --- The servers ------------------------------------------------------------------------------------------------------------ */

static void write_settings(const struct scratch *scratch, const char *name, const char *tls)
{
	char *text = NULL;
	size_t length;
	FILE *file = open_memstream(&text, &length);

	if (!file)
		give_up(name);
	fprintf(file, "[server]\nmax_connections = 4096\nmax_connections_per_address = 4096\nhandshakes = 1M\nhandshakes_per_address = 1M\n");
	fprintf(file, "greeting_deadline = %dms\nframe_deadline = %dms\nidle_deadline = %dms\nrate_window = %dms\n", DEADLINE_MS, DEADLINE_MS,
		DEADLINE_MS, DEADLINE_MS);
	fprintf(file, "log_level = warn\ntls = %s\nstate = %s/state\n[share s]\npath = %s/share\n", tls, scratch->path, scratch->path);
	fclose(file);
	if (scratch_write(scratch->folder, name, text) < 0)
		give_up(name);
	free(text);
}

static void build(struct patience *patience)
{
	struct scratch *scratch = &patience->scratch;
	struct rlimit limit;

	*patience = (struct patience){.count = getenv("QUICK") ? FEW : ALL};
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	patience->slow = calloc(patience->count, sizeof(*patience->slow));
	patience->polled = calloc(patience->count, sizeof(*patience->polled));
	patience->visits = calloc(VISITS_MAX, sizeof(*patience->visits));
	if (!patience->slow || !patience->polled || !patience->visits || scratch_make(scratch) < 0)
		give_up("scratch");
	if (mkdirat(scratch->folder, "share", 0755) < 0 || scratch_write(scratch->folder, "share/" SMALL, SMALL_TEXT) < 0 ||
	    scratch_write(scratch->folder, "share/" LARGE, "") < 0)
		give_up("share");
	int fd = openat(scratch->folder, "share/" LARGE, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || ftruncate(fd, LARGE_SIZE) < 0)
		give_up(LARGE);
	close(fd);
	write_settings(scratch, "plain.conf", "no");
	write_settings(scratch, "secure.conf", "yes");
	victim_start(&patience->plain, scratch->path, "plain");
	victim_start(&patience->secure, scratch->path, "secure");
}

static bool take_down(struct patience *patience)
{
	for (unsigned i = 0; i < patience->count; i++) {
		if (patience->slow[i].manner)
			close(patience->polled[i].fd);
	}
	raw_release(&patience->raw);
	raw_release(&patience->good);
	free(patience->slow);
	free(patience->polled);
	free(patience->visits);
	bool plain = victim_stop(&patience->plain), secure = victim_stop(&patience->secure);
	return scratch_remove(&patience->scratch) == 0 && plain && secure;
}

int main(void)
{
	static const struct hostile_case cases[] = {HOSTILE(C7, who_is_slow_is_let_go_while_others_are_served)};
	const struct hostile_table table = HOSTILE_TABLE(cases);
	struct patience patience;

	build(&patience);
	int failed = hostile_run(&(struct hostile_suite){
		.title = "against the server's patience", .tables = &table, .table_count = 1, .stage = &patience}, NULL);
	return take_down(&patience) && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
