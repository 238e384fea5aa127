/* Budgets: how much work per second is done for clients that do not pay for it by receiving, per peer and in all. */
#ifndef BUDGET_H
#define BUDGET_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "clock.h"
#include "status.h"

/*
 * Each kind of work has a budget of its own, see caps.h.
 *
 * Work that can wait is given the time at which its turn comes. Turns are handed out in the order of asking, first among
 * those of one peer, then among all, so that a peer over its own budget uses up nothing of the others'. A turn that would
 * come later than BUDGET_PATIENCE is refused: with up to four turns to wait for, two in each of two budgets, a client might
 * give up before, ask again, and delay its own next turn.
 */
#define BUDGET_PATIENCE (5 * CLOCK_SECOND)

struct bucket {
	_Atomic int64_t free_at; /* when all that was granted so far has been worked off; 0 at first */
};

struct budget {
	int64_t burst;          /* nanoseconds that turns may be ahead of their time; 0 unless set after budget_init() */
	pthread_mutex_t lock;
	/* guarded by lock, as are the peers' buckets */
	uint64_t rate;          /* units per second in all */
	uint64_t rate_per_peer; /* of one peer */
	struct bucket whole;
};

/* Held by work that waits for its turn; zeroed: there is no turn yet. */
struct ticket {
	enum {
		TICKET_NONE,
		TICKET_PEER,  /* has a turn among its peer's */
		TICKET_WHOLE, /* has a turn among all */
	} stage;
	int64_t due;
};

/* A rate of 0 counts as 1: there is no "unlimited" by accident. */
void budget_init(struct budget *budget, uint64_t rate, uint64_t rate_per_peer);
void budget_release(struct budget *budget);

/* Sets other rates; turns already given stay as they are. */
void budget_renew(struct budget *budget, uint64_t rate, uint64_t rate_per_peer);

/*
 * Asks for UNITS of work: 0 when it may be done now, and the ticket is used up; else the time to ask again with the same
 * ticket and the same UNITS, or CLOCK_NEVER if it is refused: then the ticket is empty, and no turn is kept.
 * PEER is NULL for work that is only counted in all.
 */
int64_t budget_ask(struct budget *budget, struct bucket *peer, struct ticket *ticket, uint64_t units, int64_t now);

/* Books UNITS of work that was done already. */
void budget_charge(struct budget *budget, struct bucket *peer, uint64_t units, int64_t now);

/* For work that cannot wait: STATUS_BUSY, and nothing is used up, unless it may be done now. */
MUST_CHECK enum status budget_take(struct budget *budget, struct bucket *peer, uint64_t units, int64_t now);

#endif
