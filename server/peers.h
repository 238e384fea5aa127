/* Peers: how many connections each address has and all have together, and each one's part of the caps. */
#ifndef PEERS_H
#define PEERS_H

#include "address.h"
#include "caps.h"
#include "status.h"

/* Connections beyond the caps that may be sent a refusal at one time; further ones are closed without one. */
#define PEERS_REFUSALS 16

struct peers;
struct peer;

/*
 * At most MAX connections, MAX_PER_PEER of them from one peer (see struct address_peer), and no more than CAPS allow, which
 * outlive the peers. Any thread may call.
 */
MUST_CHECK enum status peers_new(unsigned max, unsigned max_per_peer, struct caps *caps, struct peers **peers);
void peers_free(struct peers *peers);

/*
 * Counts a connection from ADDRESS. STATUS_BUSY: over a cap, but it may be sent a refusal; *PEER is NULL then, it counts as a
 * refusal until peers_leave, and its address has paid for the handshake that this takes. STATUS_LIMIT: not even that.
 * STATUS_NO_MEMORY likewise.
 */
MUST_CHECK enum status peers_enter(struct peers *peers, const struct address *address, struct peer **peer);
/* The connection ended. PEER may be NULL: it was a refusal. */
void peers_leave(struct peers *peers, struct peer *peer);

/* How many connections there are, refusals not counted. */
unsigned peers_connections(struct peers *peers);

/* Its part of the caps; NULL for NULL, a refusal. */
struct caps_part *peer_part(struct peer *peer);

#endif
