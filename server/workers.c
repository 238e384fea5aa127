/* Workers: equal threads that each own one connection at a time. */
#include "workers.h"

#include <stdlib.h>

#include "connection.h"
#include "log.h"
#include "threads.h"
#include "workbench.h"

struct worker {
	pthread_t thread;
	struct workbench bench;
	struct slots *slots;
	struct reaper *reaper;
};

struct workers {
	struct slots *slots;
	unsigned count;
	struct worker list[];
};

/* The connection that a worker owns. */
struct hold {
	struct slot *slot; /* NULL: nothing */
	uint32_t events;   /* that led to it */
	struct wish wish;  /* how to arm it when another comes first */
};

static void arm(struct worker *worker, struct hold *hold)
{
	struct wish wish = hold->wish;

	slots_arm(worker->slots, hold->slot, &wish);
	reaper_expect(worker->reaper, wish_time(&wish));
	hold->slot = NULL;
}

static void close_slot(struct worker *worker, struct hold *hold)
{
	struct connection *connection = slot_connection(hold->slot);

	connection_leave(connection);
	slots_close(worker->slots, hold->slot, connection_stream(connection));
	connection_free(connection);
	hold->slot = NULL;
}

/* An event that is there already, else the next one; the log goes out before the thread sleeps. */
static enum slots_next next_event(struct worker *worker, bool sleep, struct slot **slot, uint32_t *events)
{
	enum slots_next next = slots_next(worker->slots, 0, slot, events);

	if (next != SLOTS_NOTHING || !sleep)
		return next;
	log_flush();
	return slots_next(worker->slots, -1, slot, events);
}

/*
 * Takes up a connection that waits, if one does: it comes before the one at hand, which goes to the end of the queue by being
 * armed. If none waits the one at hand goes on.
 */
static enum slots_next take_up(struct worker *worker, struct hold *hold)
{
	struct slot *slot;
	uint32_t events;
	enum slots_next next = next_event(worker, !hold->slot, &slot, &events);

	if (next != SLOTS_TAKEN)
		return next;
	if (hold->slot)
		arm(worker, hold);
	hold->slot = slot;
	hold->events = events;
	return next;
}

static void step(struct worker *worker, struct hold *hold)
{
	struct connection *connection = slot_connection(hold->slot);

	worker->bench.slot = slots_name(worker->slots, hold->slot);
	switch (connection_step(connection, &worker->bench, hold->events, &hold->wish)) {
	case CONNECTION_WAIT:
		arm(worker, hold);
		break;
	case CONNECTION_CLOSE:
		close_slot(worker, hold);
		break;
	case CONNECTION_GO_ON:
		hold->events = 0;
		break;
	}
}

static void *run(void *argument)
{
	struct worker *worker = argument;
	struct hold hold = {.slot = NULL};

	/* Workers are stopped after the last connection was closed: nobody holds one then. */
	while (take_up(worker, &hold) != SLOTS_STOP) {
		if (hold.slot)
			step(worker, &hold);
	}
	return NULL;
}

static enum status start_worker(struct worker *worker, struct services *services, struct slots *slots,
	struct reaper *reaper)
{
	enum status status = workbench_init(&worker->bench, services);

	if (status != STATUS_OK)
		return status;
	worker->slots = slots;
	worker->reaper = reaper;
	status = thread_start(&worker->thread, "worker", run, worker);
	if (status != STATUS_OK)
		workbench_release(&worker->bench);
	return status;
}

enum status workers_start(unsigned count, struct services *services, struct slots *slots, struct reaper *reaper,
	struct workers **out)
{
	struct workers *workers = calloc(1, sizeof(*workers) + count * sizeof(workers->list[0]));
	enum status status = STATUS_OK;

	if (!workers)
		return STATUS_NO_MEMORY;
	workers->slots = slots;
	while (status == STATUS_OK && workers->count < count) {
		status = start_worker(&workers->list[workers->count], services, slots, reaper);
		workers->count += status == STATUS_OK;
	}
	if (status == STATUS_OK)
		*out = workers;
	else
		workers_stop(workers);
	return status;
}

void workers_stop(struct workers *workers)
{
	if (!workers)
		return;
	slots_stop(workers->slots);
	for (unsigned i = 0; i < workers->count; i++) {
		pthread_join(workers->list[i].thread, NULL);
		workbench_release(&workers->list[i].bench);
	}
	free(workers);
}
