/* Counts what is held of a stock. */
#include "stock.h"

void stock_init(struct stock *stock, uint64_t max, uint64_t max_per_peer)
{
	atomic_init(&stock->whole.units, 0);
	stock_renew(stock, max, max_per_peer);
}

void stock_renew(struct stock *stock, uint64_t max, uint64_t max_per_peer)
{
	atomic_store(&stock->max, max ? max : 1);
	atomic_store(&stock->max_per_peer, max_per_peer ? max_per_peer : 1);
}

/* Two that meet at the last unit may both be refused: neither was promised it. */
static enum status take(struct holding *holding, uint64_t max, uint64_t units)
{
	uint64_t before = atomic_fetch_add(&holding->units, units);

	if (before <= max && units <= max - before)
		return STATUS_OK;
	atomic_fetch_sub(&holding->units, units);
	return STATUS_BUSY;
}

enum status stock_take(struct stock *stock, struct holding *peer, uint64_t units)
{
	enum status status = peer ? take(peer, atomic_load(&stock->max_per_peer), units) : STATUS_OK;

	if (status != STATUS_OK)
		return status;
	status = take(&stock->whole, atomic_load(&stock->max), units);
	if (status != STATUS_OK && peer)
		atomic_fetch_sub(&peer->units, units);
	return status;
}

void stock_give(struct stock *stock, struct holding *peer, uint64_t units)
{
	atomic_fetch_sub(&stock->whole.units, units);
	if (peer)
		atomic_fetch_sub(&peer->units, units);
}

void stock_change(struct stock *stock, struct holding *peer, uint64_t before, uint64_t now)
{
	/* Unsigned arithmetic wraps around: adding a negative difference subtracts it. */
	atomic_fetch_add(&stock->whole.units, now - before);
	if (peer)
		atomic_fetch_add(&peer->units, now - before);
}

bool stock_is_spent(const struct stock *stock, const struct holding *peer)
{
	return atomic_load(&stock->whole.units) >= atomic_load(&stock->max) ||
		(peer && atomic_load(&peer->units) >= atomic_load(&stock->max_per_peer));
}
