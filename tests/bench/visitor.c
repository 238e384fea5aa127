/* Visits a server in ways that no ordinary client does: many idle connections, an open-loop probe, bulk without hashing. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "caller.h"
#include "clock.h"
#include "sockets.h"

/*
 * usage: visitor ferry|http HOST PORT PATH hold COUNT            that many idle connections until standard input ends
 *                                          probe RATE SECONDS    p50, p99 and p99.9 in ms, each from when it was due
 *                                          pull COUNT SECONDS    bytes per second in all, and Jain's index
 *                                          each COUNT FILES      every file PATH0000.. once, over COUNT connections
 */
#define WINDOW 48 /* questions that may be unanswered */

static void raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static void *array(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		give_up("memory");
	return memory;
}

/* --- hold ---------------------------------------------------------------------------------------------------------- */

/* An idle HTTP connection is one that had its answer. */
static void hold(const struct place *place, const struct question *question, size_t count)
{
	char byte;

	for (size_t i = 0; i < count; i++) {
		struct caller caller;
		caller_open(&caller, place);
		if (place->protocol == PROTOCOL_FERRY)
			continue;
		caller_ask(&caller, question);
		while (caller_drop(&caller, question) == 0)
			poll(&(struct pollfd){.fd = caller.fd, .events = POLLIN}, 1, -1);
	}
	puts("held");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

/* --- probe --------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

	return (first > second) - (first < second);
}

static double at(const int64_t *sorted, size_t count, double share)
{
	return (double)sorted[(size_t)(share * (double)(count - 1) + 0.5)] / 1e6;
}

static void wait_for(int fd, int64_t until)
{
	int64_t left = until - clock_now();
	struct timespec timeout = {.tv_sec = left / CLOCK_SECOND, .tv_nsec = left % CLOCK_SECOND};

	if (left > 0)
		ppoll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, &timeout, NULL);
}

/* A question is late from the moment when it was due, whether it could be asked then or not. */
static void probe(const struct place *place, const struct question *question, int64_t rate, size_t seconds)
{
	size_t count = (size_t)rate * seconds, asked = 0, answered = 0;
	int64_t *waits = array(count, sizeof(waits[0]));
	struct caller caller;

	caller_open(&caller, place);
	int64_t start = clock_now(), interval = CLOCK_SECOND / rate;
	while (answered < count) {
		int64_t now = clock_now(), due = start + (int64_t)asked * interval;
		if (asked < count && due <= now && asked - answered < WINDOW) {
			caller_ask(&caller, question);
			asked++;
			continue;
		}
		wait_for(caller.fd, asked < count && asked - answered < WINDOW ? due : now + CLOCK_SECOND);
		unsigned answers = caller_drop(&caller, question);
		for (now = clock_now(); answers > 0; answers--, answered++)
			waits[answered] = now - (start + (int64_t)answered * interval);
	}
	qsort(waits, count, sizeof(waits[0]), compare);
	printf("%.3f %.3f %.3f\n", at(waits, count, 0.5), at(waits, count, 0.99), at(waits, count, 0.999));
	free(waits);
}

/* --- pull and each ------------------------------------------------------------------------------------------------- */

struct puller {
	struct caller caller;
	uint64_t bytes;
	size_t next; /* file, for `each` */
};

static int watch(struct puller *pullers, size_t count)
{
	int set = epoll_create1(EPOLL_CLOEXEC);

	for (size_t i = 0; i < count; i++) {
		struct epoll_event event = {.events = EPOLLIN, .data.u64 = i};
		if (epoll_ctl(set, EPOLL_CTL_ADD, pullers[i].caller.fd, &event) < 0)
			give_up("epoll");
	}
	return set;
}

/* Jain's index: 1 when all got the same, 1/n when one got everything. */
static double fairness(const struct puller *pullers, size_t count, double *sum)
{
	double squares = 0;

	*sum = 0;
	for (size_t i = 0; i < count; i++) {
		*sum += (double)pullers[i].bytes;
		squares += (double)pullers[i].bytes * (double)pullers[i].bytes;
	}
	return squares > 0 ? *sum * *sum / ((double)count * squares) : 0;
}

static void pull(const struct place *place, const struct question *question, size_t count, size_t seconds)
{
	struct puller *pullers = array(count, sizeof(pullers[0]));
	struct epoll_event event;
	double sum;

	for (size_t i = 0; i < count; i++) {
		caller_open(&pullers[i].caller, place);
		caller_ask(&pullers[i].caller, question);
	}
	int set = watch(pullers, count);
	int64_t start = clock_now(), end = start + (int64_t)seconds * CLOCK_SECOND;
	while (clock_now() < end) {
		if (epoll_wait(set, &event, 1, 100) != 1)
			continue;
		struct puller *puller = &pullers[event.data.u64];
		uint64_t before = puller->caller.received;
		unsigned answers = caller_drop(&puller->caller, question);
		puller->bytes += answers * question->answer_length + puller->caller.received - before;
		for (; answers > 0; answers--)
			caller_ask(&puller->caller, question);
	}
	double index = fairness(pullers, count, &sum);
	printf("%.3f %.4f\n", sum / 1e9 / ((double)(clock_now() - start) / 1e9), index);
	free(pullers);
}

static void name_file(char *name, size_t size, const char *path, size_t number)
{
	snprintf(name, size, "%s%04zu", path, number);
}

/* All files are equally long: a question differs from another in its path only. */
static void ask_next(struct puller *puller, const struct question *model, const struct place *place, const char *path, size_t files)
{
	struct question question = *model;
	char old[300], name[300];

	if (puller->next >= files)
		return;
	name_file(old, sizeof(old), path, 0);
	name_file(name, sizeof(name), path, puller->next);
	unsigned char *spot = memmem(question.bytes, question.length, old, strlen(old));
	if (!spot)
		give_up(place->host);
	memcpy(spot, name, strlen(name));
	caller_ask(&puller->caller, &question);
}

static void each(const struct place *place, const struct question *question, const char *path, size_t count, size_t files)
{
	struct puller *pullers = array(count, sizeof(pullers[0]));
	struct epoll_event event;

	/* The first file is warm: it was learned from. */
	for (size_t i = 0; i < count; i++) {
		caller_open(&pullers[i].caller, place);
		pullers[i].next = i + 1;
		ask_next(&pullers[i], question, place, path, files);
	}
	int set = watch(pullers, count);
	int64_t start = clock_now();
	for (size_t left = files - 1; left > 0;) {
		if (epoll_wait(set, &event, 1, -1) != 1)
			continue;
		struct puller *puller = &pullers[event.data.u64];
		if (caller_drop(&puller->caller, question) == 0)
			continue;
		left--;
		puller->next += count;
		ask_next(puller, question, place, path, files);
	}
	double bytes = (double)(files - 1) * (double)question->answer_length;
	printf("%.3f\n", bytes / (double)(clock_now() - start));
	free(pullers);
}

/* --- Start --------------------------------------------------------------------------------------------------------- */

int main(int count, char **arguments)
{
	if (count < 7)
		return 2;
	const struct place place = {
		.protocol = strcmp(arguments[1], "http") == 0 ? PROTOCOL_HTTP : PROTOCOL_FERRY,
		.host = arguments[2],
		.port = (uint16_t)strtoul(arguments[3], NULL, 10),
	};
	const char *path = arguments[4], *how = arguments[5];
	size_t first = strtoul(arguments[6], NULL, 10), second = count > 7 ? strtoul(arguments[7], NULL, 10) : 0;
	char name[300];
	struct question question;

	raise_limit();
	name_file(name, sizeof(name), path, 0);
	question_learn(&question, &place, strcmp(how, "each") == 0 ? name : path);
	if (strcmp(how, "hold") == 0)
		hold(&place, &question, first);
	else if (strcmp(how, "probe") == 0)
		probe(&place, &question, (int64_t)first, second);
	else if (strcmp(how, "pull") == 0)
		pull(&place, &question, first, second);
	else if (strcmp(how, "each") == 0)
		each(&place, &question, path, first, second);
	else
		return 2;
	return 0;
}
