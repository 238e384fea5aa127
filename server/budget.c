/* Books turns in the buckets of a budget. */
#include "budget.h"

#include <stdbool.h>

#include "clock.h"

void budget_init(struct budget *budget, uint64_t rate, uint64_t rate_per_peer)
{
	budget->burst = 0;
	atomic_init(&budget->whole.free_at, 0);
	pthread_mutex_init(&budget->lock, NULL);
	budget_renew(budget, rate, rate_per_peer);
}

void budget_renew(struct budget *budget, uint64_t rate, uint64_t rate_per_peer)
{
	pthread_mutex_lock(&budget->lock);
	budget->rate = rate ? rate : 1;
	budget->rate_per_peer = rate_per_peer ? rate_per_peer : 1;
	pthread_mutex_unlock(&budget->lock);
}

void budget_release(struct budget *budget)
{
	pthread_mutex_destroy(&budget->lock);
}

/* A piece is the most that is asked for at a time, and nothing here overflows before UNITS reaches 9 billion. */
static int64_t duration(uint64_t units, uint64_t rate)
{
	return (int64_t)(units * (uint64_t)CLOCK_SECOND / rate);
}

/* Books the next turn in BUCKET. caller holds lock */
static int64_t book(struct bucket *bucket, int64_t cost, int64_t now)
{
	int64_t free_at = atomic_load(&bucket->free_at);
	int64_t turn = free_at > now ? free_at : now;

	atomic_store(&bucket->free_at, turn + cost);
	return turn;
}

/* Moves TICKET to STAGE, with a turn there; empties it if that turn would come too late. caller holds lock */
static void stand_in_line(struct ticket *ticket, int stage, struct bucket *bucket, int64_t cost, int64_t now)
{
	if (atomic_load(&bucket->free_at) > now + BUDGET_PATIENCE)
		*ticket = (struct ticket){.stage = TICKET_NONE};
	else
		*ticket = (struct ticket){stage, book(bucket, cost, now)};
}

int64_t budget_ask(struct budget *budget, struct bucket *peer, struct ticket *ticket, uint64_t units, int64_t now)
{
	int64_t latest = now + budget->burst;

	pthread_mutex_lock(&budget->lock);
	if (ticket->stage == TICKET_NONE && !peer)
		*ticket = (struct ticket){TICKET_PEER, now};
	else if (ticket->stage == TICKET_NONE)
		stand_in_line(ticket, TICKET_PEER, peer, duration(units, budget->rate_per_peer), now);
	if (ticket->stage == TICKET_PEER && ticket->due <= latest) {
		stand_in_line(ticket, TICKET_WHOLE, &budget->whole, duration(units, budget->rate), now);
		/* The peer's turn is of no use without the other. */
		if (ticket->stage == TICKET_NONE && peer)
			atomic_fetch_sub(&peer->free_at, duration(units, budget->rate_per_peer));
	}
	pthread_mutex_unlock(&budget->lock);
	if (ticket->stage == TICKET_NONE)
		return CLOCK_NEVER;
	if (ticket->due > latest)
		return ticket->due - budget->burst;
	*ticket = (struct ticket){.stage = TICKET_NONE};
	return 0;
}

/* caller holds lock */
static bool is_due(const struct bucket *bucket, int64_t latest)
{
	return atomic_load(&bucket->free_at) <= latest;
}

/* caller holds lock */
static void book_both(struct budget *budget, struct bucket *peer, uint64_t units, int64_t now)
{
	book(&budget->whole, duration(units, budget->rate), now);
	if (peer)
		book(peer, duration(units, budget->rate_per_peer), now);
}

void budget_charge(struct budget *budget, struct bucket *peer, uint64_t units, int64_t now)
{
	pthread_mutex_lock(&budget->lock);
	book_both(budget, peer, units, now);
	pthread_mutex_unlock(&budget->lock);
}

enum status budget_take(struct budget *budget, struct bucket *peer, uint64_t units, int64_t now)
{
	int64_t latest = now + budget->burst;

	pthread_mutex_lock(&budget->lock);
	bool taken = is_due(&budget->whole, latest) && (!peer || is_due(peer, latest));
	if (taken)
		book_both(budget, peer, units, now);
	pthread_mutex_unlock(&budget->lock);
	return taken ? STATUS_OK : STATUS_BUSY;
}
