/* Stocks: how much each peer holds, and all together, of things that are given back. */
#ifndef STOCK_H
#define STOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/*
 * Memory and descriptors are a stock: nobody waits for a part of it, since it may be held for long. A request for more than
 * is left, for that peer or in all, is refused. Any thread may call; nothing is locked.
 */
struct holding {
	_Atomic uint64_t units;
};

struct stock {
	_Atomic uint64_t max;
	_Atomic uint64_t max_per_peer;
	struct holding whole;
};

/* A maximum of 0 counts as 1: there is no "unlimited" by accident. */
void stock_init(struct stock *stock, uint64_t max, uint64_t max_per_peer);

/* Sets other maxima; present holdings stay. */
void stock_renew(struct stock *stock, uint64_t max, uint64_t max_per_peer);

/* Takes UNITS; STATUS_BUSY where that would be too much. PEER is NULL for a holder that is only counted in all. */
MUST_CHECK enum status stock_take(struct stock *stock, struct holding *peer, uint64_t units);
void stock_give(struct stock *stock, struct holding *peer, uint64_t units);

/* Changes a holding of BEFORE to NOW, even beyond the maximum: for amounts that are only known once held. See stock_is_spent(). */
void stock_change(struct stock *stock, struct holding *peer, uint64_t before, uint64_t now);
bool stock_is_spent(const struct stock *stock, const struct holding *peer);

#endif
