/* Starts all threads of the server in their order, and stops them. */
#include "server.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "listener.h"
#include "log.h"
#include "prewarm.h"
#include "reaper.h"
#include "services.h"
#include "slots.h"
#include "threads.h"
#include "workers.h"

struct server {
	struct services services;
	struct slots *slots;
	struct reaper *reaper;
	struct workers *workers;
	struct listener *listener;
	struct prewarm *prewarm; /* NULL: not asked for */
	bool draining;
};

static void wake_slot(void *slots, uint64_t name)
{
	slots_wake(slots, name);
}

/* This many workers, if there are as many, never wait for the disk, and no fewer than can run at once. */
#define ALWAYS_READY 8u

/*
 * A worker hashes the bytes that it has read: more such workers than there are processors would only delay those that answer
 * from memory. A setting above the default means that more may wait.
 */
static unsigned cold_permits(const struct settings *settings)
{
	unsigned cores = threads_cores(), ready = cores > ALWAYS_READY ? cores : ALWAYS_READY;

	if (settings->workers > ready)
		return settings->workers - ready;
	return 1;
}

static enum status init_services(struct services *services, const struct server_setup *setup)
{
	const struct settings *settings = setup->settings;
	enum status status = gate_init(&services->gate);

	if (status != STATUS_OK)
		return status;
	caps_init(&services->caps, settings);
	status = peers_new(settings->max_connections, settings->max_connections_per_address, &services->caps, &services->peers);
	if (status != STATUS_OK) {
		caps_release(&services->caps);
		gate_release(&services->gate);
		return status;
	}
	services->settings = settings;
	services->shares = setup->shares;
	services->contents = setup->contents;
	services->access = setup->access;
	services->identity = setup->identity;
	return STATUS_OK;
}

static void release_services(struct services *services)
{
	cold_release(&services->cold);
	peers_free(services->peers);
	caps_release(&services->caps);
	gate_release(&services->gate);
}

/* In this order each thread finds what it uses. */
static enum status start_threads(struct server *server, const struct server_setup *setup)
{
	enum status status = reaper_start(server->slots, &server->reaper);

	if (status != STATUS_OK)
		return status;
	return workers_start(setup->settings->workers, &server->services, server->slots, server->reaper, &server->workers);
}

static enum status start(struct server *server, const struct server_setup *setup)
{
	enum status status = init_services(&server->services, setup);

	if (status != STATUS_OK)
		return status;
	status = slots_new(setup->settings->max_connections + PEERS_REFUSALS, &server->slots);
	cold_init(&server->services.cold, cold_permits(setup->settings), wake_slot, server->slots);
	if (status == STATUS_OK)
		status = start_threads(server, setup);
	if (status == STATUS_OK)
		return STATUS_OK;
	reaper_stop(server->reaper);
	slots_free(server->slots);
	release_services(&server->services);
	return status;
}

static void stop_threads(struct server *server)
{
	workers_stop(server->workers);
	reaper_stop(server->reaper);
	slots_free(server->slots);
	release_services(&server->services);
}

static enum status start_listener(struct server *server, const struct server_setup *setup)
{
	return listener_start(&(struct listener_setup){
		.fds = setup->listeners,
		.fd_count = setup->listener_count,
		.services = &server->services,
		.slots = server->slots,
		.reaper = server->reaper,
	}, &server->listener);
}

enum status server_start(const struct server_setup *setup, struct server **out)
{
	struct server *server = calloc(1, sizeof(*server));
	enum status status = server ? start(server, setup) : STATUS_NO_MEMORY;

	if (status != STATUS_OK) {
		for (size_t i = 0; i < setup->listener_count; i++)
			close(setup->listeners[i]);
		free(server);
		return status;
	}
	status = start_listener(server, setup);
	if (status == STATUS_OK) {
		*out = server;
		return STATUS_OK;
	}
	stop_threads(server);
	free(server);
	return status;
}

enum status server_prewarm(struct server *server)
{
	return prewarm_start(&server->services, &server->prewarm);
}

void server_renew(struct server *server, const struct settings *settings)
{
	caps_renew(&server->services.caps, settings);
}

void server_drain(struct server *server)
{
	if (server->draining)
		return;
	server->draining = true;
	prewarm_halt(server->prewarm);
	gate_advance(&server->services.gate, GATE_DRAINING);
	listener_close(server->listener);
	reaper_cut_at(server->reaper, clock_now() + server->services.settings->drain_deadline);
	/* Idle connections find out that the server stops, and close. */
	slots_wake_all(server->slots);
}

void server_stop(struct server *server)
{
	server->draining = true;
	prewarm_halt(server->prewarm);
	gate_advance(&server->services.gate, GATE_CUT);
	listener_close(server->listener);
	slots_shut_all(server->slots);
}

int server_done_fd(const struct server *server)
{
	return server->services.gate.empty_fd;
}

void server_totals(const struct server *server, struct server_totals *totals)
{
	const struct tally *tally = &server->services.tally;

	*totals = (struct server_totals){
		.requests = atomic_load(&tally->requests),
		.sent = atomic_load(&tally->sent),
		.hashed = atomic_load(&tally->hashed),
		.connections = atomic_load(&tally->connections),
	};
}

void server_free(struct server *server)
{
	if (!server)
		return;
	server_stop(server);
	poll(&(struct pollfd){.fd = server_done_fd(server), .events = POLLIN}, 1, -1);
	prewarm_free(server->prewarm);
	listener_free(server->listener);
	stop_threads(server);
	free(server);
}
