/* Caps: what every peer, and all of them together, may make the server do and hold. */
#ifndef CAPS_H
#define CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "budget.h"
#include "settings.h"
#include "status.h"
#include "stock.h"

/* Work by the second. Over its budget a peer waits for its turn, only new connections are refused. */
enum cap_work {
	CAP_CONNECTIONS, /* accepted, however short they last */
	CAP_HANDSHAKES,  /* of TLS */
	CAP_REQUESTS,    /* PING too */
	CAP_HASHING,     /* bytes, for whoever does not receive them */
	CAP_LISTING,     /* names looked at */
	CAP_WORKS,
};

/* What is held for a while. Over its stock a peer is told BUSY. */
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

/* Any thread may call. PART is NULL throughout for whoever is only counted among all. */
struct caps {
	bool handshakes; /* every connection begins with one */
	struct budget budgets[CAP_WORKS];
	struct stock stocks[CAP_ROOMS];
};

void caps_init(struct caps *caps, const struct settings *settings);
void caps_release(struct caps *caps);

/* What the settings say now holds from now on, also for whoever is there. */
void caps_renew(struct caps *caps, const struct settings *settings);

/* As budget_ask() and budget_charge(). */
int64_t caps_ask(struct caps *caps, struct caps_part *part, enum cap_work work, struct ticket *ticket, uint64_t units, int64_t now);
void caps_charge(struct caps *caps, struct caps_part *part, enum cap_work work, uint64_t units, int64_t now);

/*
 * May who is over a cap be told so? With TLS a handshake comes before the word, and is counted here. STATUS_BUSY: it would have to
 * wait for its turn.
 */
MUST_CHECK enum status caps_refuse(struct caps *caps, struct caps_part *part, int64_t now);

/* May one more connection come? It is counted then. STATUS_BUSY: too many came lately, or no memory is left for it. */
MUST_CHECK enum status caps_connect(struct caps *caps, struct caps_part *part, int64_t now);

/* As stock_take() and stock_give(). */
MUST_CHECK enum status caps_take(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t units);
void caps_give(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t units);

/* What a connection held is as much as this now; as stock_change(). */
void caps_change(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t before, uint64_t now);
bool caps_is_spent(const struct caps *caps, const struct caps_part *part, enum cap_room room);

/* Has PART nothing left to pay for? */
bool caps_part_is_idle(const struct caps_part *part, int64_t now);

#endif
