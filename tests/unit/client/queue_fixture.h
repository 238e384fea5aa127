/* A queue with one server and files to take from it, for the tests of queues. */
#ifndef QUEUE_FIXTURE_H
#define QUEUE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "plan_root.h"
#include "queue.h"

/* A queue with one remote and a plan to take files from. */
struct fixture {
	struct queue *queue;
	struct remote *remote;
	struct plan *plan;
	struct plan_source *source;
	struct download *download;
	unsigned files;
};

static const struct failure lost = {.code = EXIT_NETWORK, .retry = true};
static const struct failure refused = {.code = EXIT_NETWORK, .retry = false};
static const struct failure busy = {.code = EXIT_BUSY, .retry = true};
static const struct failure interrupted = {.code = EXIT_INTERRUPTED};

static inline struct remote *add_remote(struct fixture *fixture, char *host)
{
	char path[] = "";
	const struct url url = {.host = host, .port = 7440, .path = path};
	struct remote *remote = NULL;

	assert_int_equal(queue_remote(fixture->queue, &url, &remote), STATUS_OK);
	return remote;
}

static inline struct fixture make(unsigned jobs, unsigned retry)
{
	const struct queue_options options = {.jobs = jobs, .retry = retry};
	struct fixture fixture = {0};
	char host[] = "host", path[] = "";
	const struct url url = {.host = host, .port = 7440, .path = path};
	struct plan_node *taken = NULL;

	assert_int_equal(queue_new(&options, &fixture.queue), STATUS_OK);
	fixture.remote = add_remote(&fixture, host);
	assert_int_equal(plan_new(&fixture.plan), STATUS_OK);
	assert_int_equal(plan_add_source(fixture.plan, &url, NULL, &fixture.source, &taken), STATUS_OK);
	fixture.source->remote = fixture.remote;
	return fixture;
}

static inline void end(struct fixture *fixture)
{
	download_free(fixture->download);
	queue_free(fixture->queue);
	plan_free(fixture->plan);
}

static inline struct plan_file *add(struct fixture *fixture, uint64_t size)
{
	char name[16];
	struct plan_entry entry = {.source = fixture->source, .parent = plan_root(fixture->plan), .size = size, .attributes_known = true};
	struct plan_file *file;
	struct plan_node *taken;

	snprintf(name, sizeof(name), "%u", fixture->files++);
	entry.name = span_of(name);
	assert_int_equal(plan_add_file(fixture->plan, &entry, &file, &taken), STATUS_OK);
	assert_int_equal(queue_add(fixture->queue, file), STATUS_OK);
	return file;
}

/* A download of COUNT pieces, shared. */
static inline struct download *share(struct fixture *fixture, uint64_t count)
{
	struct queue_task task;
	struct plan_file *file = add(fixture, count * PIECE_SIZE);

	assert_int_equal(queue_take(fixture->queue, fixture->remote, QUEUE_NOW, &task), QUEUE_TASK);
	assert_int_equal(download_new(file, NULL, &fixture->download), STATUS_OK);
	fixture->download->source.size = count * PIECE_SIZE;
	assert_int_equal(piece_map_init(&fixture->download->pieces, count), STATUS_OK);
	queue_share(fixture->queue, fixture->download, NULL);
	return fixture->download;
}

static inline struct queue_task take(struct fixture *fixture)
{
	struct queue_task task;

	assert_int_equal(queue_take(fixture->queue, fixture->remote, QUEUE_NOW, &task), QUEUE_TASK);
	return task;
}

static inline enum queue_answer ask(struct fixture *fixture)
{
	struct queue_task task;

	return queue_take(fixture->queue, fixture->remote, QUEUE_NOW, &task);
}

static inline enum run_duty run_over(struct fixture *fixture, const struct piece_run *run, enum run_end how)
{
	return queue_run_over(fixture->queue, fixture->download, run, how, &refused);
}

#endif
