/* Stocks: how much all peers hold together, and each of them, of what is given back. */
#ifndef STOCK_H
#define STOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "status.h"

/*
 * Memory and descriptors are a stock: nobody waits for a part of it, since it may be held for long. Who asks for more than there
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

/* Other maxima from now on; what is held stays. */
void stock_renew(struct stock *stock, uint64_t max, uint64_t max_per_peer);

/* Takes UNITS; STATUS_BUSY where that would be too much. PEER is NULL for whoever is only counted among all. */
MUST_CHECK enum status stock_take(struct stock *stock, struct holding *peer, uint64_t units);
void stock_give(struct stock *stock, struct holding *peer, uint64_t units);

/* What was BEFORE is NOW, though that be too much: for what cannot be known before it is held. Then stock_is_spent(). */
void stock_change(struct stock *stock, struct holding *peer, uint64_t before, uint64_t now);
bool stock_is_spent(const struct stock *stock, const struct holding *peer);

#endif
