/* Finds peers by their addresses, counts their connections, and forgets idle peers. */
#include "peers.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define CHAINS 1024u

struct peer {
	struct peer *next;
	struct address_peer name;
	unsigned connections;
	struct caps_part part;
};

struct peers {
	unsigned max;
	unsigned max_per_peer;
	struct caps *caps;
	pthread_mutex_t lock;
	/* guarded by lock */
	unsigned connections;
	unsigned refusals;
	struct peer *chains[CHAINS];
};

enum status peers_new(unsigned max, unsigned max_per_peer, struct caps *caps, struct peers **out)
{
	struct peers *peers = calloc(1, sizeof(*peers));

	if (!peers)
		return STATUS_NO_MEMORY;
	peers->max = max;
	peers->max_per_peer = max_per_peer;
	peers->caps = caps;
	pthread_mutex_init(&peers->lock, NULL);
	*out = peers;
	return STATUS_OK;
}

void peers_free(struct peers *peers)
{
	if (!peers)
		return;
	for (unsigned i = 0; i < CHAINS; i++) {
		while (peers->chains[i]) {
			struct peer *peer = peers->chains[i];
			peers->chains[i] = peer->next;
			free(peer);
		}
	}
	pthread_mutex_destroy(&peers->lock);
	free(peers);
}

/* FNV-1a: to fill one chain on purpose takes as many addresses as connections. */
static unsigned chain_of(const struct address_peer *name)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < sizeof(name->bytes); i++)
		hash = (hash ^ name->bytes[i]) * 16777619u;
	return hash % CHAINS;
}

/* A peer that has used more than its share is remembered until that is worked off: connecting again does not help. */
static bool is_forgettable(const struct peer *peer)
{
	return peer->connections == 0 && caps_part_is_idle(&peer->part, clock_now());
}

/* Finds NAME in its chain and forgets idle peers on the way. caller holds lock */
static struct peer *find(struct peer **chain, const struct address_peer *name)
{
	struct peer *found = NULL;

	while (*chain) {
		struct peer *peer = *chain;
		if (memcmp(peer->name.bytes, name->bytes, sizeof(name->bytes)) == 0) {
			found = peer;
		} else if (is_forgettable(peer)) {
			*chain = peer->next;
			free(peer);
			continue;
		}
		chain = &peer->next;
	}
	return found;
}

/* caller holds lock */
static struct peer *find_or_add(struct peers *peers, const struct address_peer *name)
{
	struct peer **chain = &peers->chains[chain_of(name)];
	struct peer *peer = find(chain, name);

	if (peer)
		return peer;
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return NULL;
	peer->name = *name;
	peer->next = *chain;
	*chain = peer;
	return peer;
}

/* caller holds lock */
static enum status enter(struct peers *peers, const struct address_peer *name, struct peer **out)
{
	struct peer *peer = find_or_add(peers, name);

	if (!peer)
		return STATUS_NO_MEMORY;
	if (peers->connections < peers->max && peer->connections < peers->max_per_peer &&
		caps_connect(peers->caps, &peer->part, clock_now()) == STATUS_OK) {
		peers->connections++;
		peer->connections++;
		*out = peer;
		return STATUS_OK;
	}
	if (peers->refusals == PEERS_REFUSALS || caps_refuse(peers->caps, &peer->part, clock_now()) != STATUS_OK)
		return STATUS_LIMIT;
	peers->refusals++;
	*out = NULL;
	return STATUS_BUSY;
}

enum status peers_enter(struct peers *peers, const struct address *address, struct peer **peer)
{
	struct address_peer name = address_peer_of(address);

	pthread_mutex_lock(&peers->lock);
	enum status status = enter(peers, &name, peer);
	pthread_mutex_unlock(&peers->lock);
	return status;
}

void peers_leave(struct peers *peers, struct peer *peer)
{
	pthread_mutex_lock(&peers->lock);
	if (peer) {
		peers->connections--;
		peer->connections--;
	} else {
		peers->refusals--;
	}
	pthread_mutex_unlock(&peers->lock);
}

unsigned peers_connections(struct peers *peers)
{
	pthread_mutex_lock(&peers->lock);
	unsigned connections = peers->connections;
	pthread_mutex_unlock(&peers->lock);
	return connections;
}

struct caps_part *peer_part(struct peer *peer)
{
	return peer ? &peer->part : NULL;
}
