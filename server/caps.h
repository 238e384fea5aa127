/* Caps: how much every peer, and all of them together, may make the server do and hold. */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "budget.h"
#include "settings.h"
#include "status.h"
#include "stock.h"

/* Work per second. Over its budget a peer waits for its turn; only new connections are refused. */
enum cap_work {
	CAP_CONNECTIONS, /* accepted, however soon they end */
	CAP_HANDSHAKES,  /* of TLS */
	CAP_REQUESTS,    /* PING too */
	CAP_HASHING,     /* bytes that the client does not receive */
	CAP_LISTING,     /* names looked at */
	CAP_WORKS,
};

/* Things that are held for a while. A peer over its stock gets BUSY. */
enum cap_room {
	CAP_MEMORY,  /* bytes of heap that connections keep from one turn to the next */
	CAP_FOLDERS, /* descriptors of folders that are being listed */
	CAP_READERS, /* connections that have a content open, and with it a descriptor, unless others read the same file */
	CAP_ROOMS,
};

/* One peer's part; zeroed at first. */
struct caps_part {
	struct bucket buckets[CAP_WORKS];
	struct holding holdings[CAP_ROOMS];
};

/* Any thread may call. PART is NULL throughout for work that is only counted in all. */
struct caps {
	bool handshakes; /* every connection begins with one */
	struct budget budgets[CAP_WORKS];
	struct stock stocks[CAP_ROOMS];
};

void caps_init(struct caps *caps, const struct settings *settings);
void caps_release(struct caps *caps);

/* Applies other settings, also to the peers that are there. */
void caps_renew(struct caps *caps, const struct settings *settings);

/* As budget_ask() and budget_charge(). */
int64_t caps_ask(struct caps *caps, struct caps_part *part, enum cap_work work, struct ticket *ticket, uint64_t units, int64_t now);
void caps_charge(struct caps *caps, struct caps_part *part, enum cap_work work, uint64_t units, int64_t now);

/*
 * May a client over a cap be sent a refusal? With TLS that takes a handshake first, which is counted here. STATUS_BUSY: the
 * handshake would have to wait for its turn.
 */
MUST_CHECK enum status caps_refuse(struct caps *caps, struct caps_part *part, int64_t now);

/* Counts one more connection. STATUS_BUSY, and it is not counted: too many came lately, or no memory is left for it. */
MUST_CHECK enum status caps_connect(struct caps *caps, struct caps_part *part, int64_t now);

/* As stock_take() and stock_give(). */
MUST_CHECK enum status caps_take(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t units);
void caps_give(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t units);

/* A connection that held BEFORE units holds NOW; as stock_change(). */
void caps_change(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t before, uint64_t now);
bool caps_is_spent(const struct caps *caps, const struct caps_part *part, enum cap_room room);

/* Has PART nothing left to pay for? */
bool caps_part_is_idle(const struct caps_part *part, int64_t now);

#endif
