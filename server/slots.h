/* Slots: one per connection, in one epoll set, with its owner and the events and times that it waits for. */
#ifndef SLOTS_H
#define SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "status.h"
#include "stream.h"

/*
 * A slot is free, armed or owned. slots_next() turns one event into ownership of one slot; EPOLLONESHOT and the
 * slot's lock make sure that nobody else has it. The owner alone touches the connection, and ends its ownership with
 * slots_arm() or slots_close(). The epoll set holds (generation, index), never a pointer: an event that was on
 * its way while the slot was closed and used again names nothing. Others may only ask for a turn (slots_wake,
 * slots_wake_all, a wake that is due), which comes whatever the socket reports, or shut the socket down, under the slot's lock: at
 * a deadline first for reading, which the owner sees as the end of the stream, then wholly, which it sees as a hang-up. Deadlines and
 * wakes are for a connection that waits: taking a slot ends them.
 */
struct slots;
struct slot;
struct connection;

/* The events and times that an armed connection waits for. */
struct wish {
	bool read;        /* bytes or the end of the peer's stream */
	bool write;       /* room to send, or just another turn while there is room */
	int64_t deadline; /* monotonic; then it is shut down. CLOCK_NEVER: not. */
	int64_t wake;     /* monotonic; then it gets a turn though nothing happened. CLOCK_NEVER: not. */
};

/* The earliest time in WISH. */
int64_t wish_time(const struct wish *wish);

/* A set for at most COUNT connections; memory is touched as they come. */
MUST_CHECK enum status slots_new(unsigned count, struct slots **slots);
/* Every slot must have been closed, every thread have left. */
void slots_free(struct slots *slots);

/*
 * Puts a connection into a free slot and arms it; from here on a worker may own it. STATUS_BUSY when all are in use.
 * The stream stays the connection's and is closed by slots_close().
 */
MUST_CHECK enum status slots_open(struct slots *slots, struct connection *connection, const struct stream *stream,
	const struct wish *wish);

enum slots_next {
	SLOTS_TAKEN,   /* *SLOT is owned by the caller now */
	SLOTS_NOTHING, /* no event within the time, or one that names nothing any more */
	SLOTS_STOP,    /* slots_stop() was called */
};
/*
 * Waits up to TIMEOUT_MS (-1: for ever) for one event; *EVENTS are its EPOLL bits, none for a turn that somebody asked for. Where
 * both are to be had, every other one is a turn.
 */
enum slots_next slots_next(struct slots *slots, int timeout_ms, struct slot **slot, uint32_t *events);

/* The part of slots_next() that handles an event: owns the slot that NAME names, unless it is owned or names one that is over. */
enum slots_next slots_take(struct slots *slots, uint64_t name, struct slot **slot);

struct connection *slot_connection(const struct slot *slot);

/* The name of the connection in the slot, which no other one ever gets. Only its owner may ask. */
uint64_t slots_name(const struct slots *slots, const struct slot *slot);

/* Gives the connection of that name a turn; where it has gone, nobody gets one. */
void slots_wake(struct slots *slots, uint64_t name);

/* Gives the slot back to the epoll set; where somebody asked for a turn meanwhile, there will be one. */
void slots_arm(struct slots *slots, struct slot *slot, const struct wish *wish);

/* Closes the stream under the slot's lock; the slot is free afterwards. */
void slots_close(struct slots *slots, struct slot *slot, struct stream *stream);

/* Gives every connection a turn. */
void slots_wake_all(struct slots *slots);

/* Shuts every connection down. */
void slots_shut_all(struct slots *slots);

/* Makes every slots_next() return SLOTS_STOP from now on. */
void slots_stop(struct slots *slots);

/*
 * Shuts down connections whose deadline has come at NOW, gives a turn to those whose wake has (or will within a millisecond).
 * Returns the earliest time that is still to come, CLOCK_NEVER where there is none. The reaper's alone.
 */
int64_t slots_expire(struct slots *slots, int64_t now);

#endif
