/* Keeps a budget or a stock for each cap. */
#include "caps.h"

#include <stddef.h>

#include "clock.h"

/* A peer that was quiet may spend half a second's worth at once; but not of hashing, where one piece is much work already. */
#define BURST (CLOCK_SECOND / 2)

struct limit {
	size_t in_all; /* offsets in struct settings */
	size_t per_address;
};
#define LIMIT(field) {offsetof(struct settings, field), offsetof(struct settings, field##_per_address)}

static const struct limit works[CAP_WORKS] = {
	[CAP_CONNECTIONS] = LIMIT(new_connections),
	[CAP_HANDSHAKES] = LIMIT(handshakes),
	[CAP_REQUESTS] = LIMIT(requests),
	[CAP_HASHING] = LIMIT(hash_budget),
	[CAP_LISTING] = LIMIT(listing_budget),
};

static const struct limit rooms[CAP_ROOMS] = {
	[CAP_MEMORY] = LIMIT(memory),
	[CAP_FOLDERS] = LIMIT(listing_folders),
	[CAP_READERS] = LIMIT(readers),
};

static uint64_t value(const struct settings *settings, size_t offset)
{
	return *(const uint64_t *)((const char *)settings + offset);
}

void caps_init(struct caps *caps, const struct settings *settings)
{
	caps->handshakes = settings->tls;
	for (int i = 0; i < CAP_WORKS; i++) {
		budget_init(&caps->budgets[i], value(settings, works[i].in_all), value(settings, works[i].per_address));
		caps->budgets[i].burst = i == CAP_HASHING ? 0 : BURST;
	}
	for (int i = 0; i < CAP_ROOMS; i++)
		stock_init(&caps->stocks[i], value(settings, rooms[i].in_all), value(settings, rooms[i].per_address));
}

void caps_renew(struct caps *caps, const struct settings *settings)
{
	for (int i = 0; i < CAP_WORKS; i++)
		budget_renew(&caps->budgets[i], value(settings, works[i].in_all), value(settings, works[i].per_address));
	for (int i = 0; i < CAP_ROOMS; i++)
		stock_renew(&caps->stocks[i], value(settings, rooms[i].in_all), value(settings, rooms[i].per_address));
}

void caps_release(struct caps *caps)
{
	for (int i = 0; i < CAP_WORKS; i++)
		budget_release(&caps->budgets[i]);
}

static struct holding *holding_of(struct caps_part *part, enum cap_room room)
{
	return part ? &part->holdings[room] : NULL;
}

static struct bucket *bucket_of(struct caps_part *part, enum cap_work work)
{
	return part ? &part->buckets[work] : NULL;
}

int64_t caps_ask(struct caps *caps, struct caps_part *part, enum cap_work work, struct ticket *ticket, uint64_t units, int64_t now)
{
	return budget_ask(&caps->budgets[work], bucket_of(part, work), ticket, units, now);
}

void caps_charge(struct caps *caps, struct caps_part *part, enum cap_work work, uint64_t units, int64_t now)
{
	budget_charge(&caps->budgets[work], bucket_of(part, work), units, now);
}

static enum status take_work(struct caps *caps, struct caps_part *part, enum cap_work work, int64_t now)
{
	return budget_take(&caps->budgets[work], bucket_of(part, work), 1, now);
}

enum status caps_connect(struct caps *caps, struct caps_part *part, int64_t now)
{
	return caps_is_spent(caps, part, CAP_MEMORY) ? STATUS_BUSY : take_work(caps, part, CAP_CONNECTIONS, now);
}

enum status caps_refuse(struct caps *caps, struct caps_part *part, int64_t now)
{
	return caps->handshakes ? take_work(caps, part, CAP_HANDSHAKES, now) : STATUS_OK;
}

enum status caps_take(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t units)
{
	return stock_take(&caps->stocks[room], holding_of(part, room), units);
}

void caps_give(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t units)
{
	stock_give(&caps->stocks[room], holding_of(part, room), units);
}

void caps_change(struct caps *caps, struct caps_part *part, enum cap_room room, uint64_t before, uint64_t now)
{
	if (before != now)
		stock_change(&caps->stocks[room], holding_of(part, room), before, now);
}

bool caps_is_spent(const struct caps *caps, const struct caps_part *part, enum cap_room room)
{
	return stock_is_spent(&caps->stocks[room], part ? &part->holdings[room] : NULL);
}

bool caps_part_is_idle(const struct caps_part *part, int64_t now)
{
	for (int i = 0; i < CAP_WORKS; i++) {
		if (atomic_load(&part->buckets[i].free_at) > now)
			return false;
	}
	return true;
}
