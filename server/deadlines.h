/* Deadlines: how long a client may take for its greeting, a frame, its next request, its answers and its farewell. */
#ifndef DEADLINES_H
#define DEADLINES_H

#include <stdbool.h>
#include <stdint.h>

#include "conversation.h"
#include "minimum_rate.h"

/*
 * The one place for the limits on a client's time, which the settings name; each counts from a moment that the client cannot
 * move. All times are those of clock_now(); CLOCK_NEVER where there is no limit.
 */
struct deadlines {
	const struct conversation *conversation; /* not owned, nor is FD */
	int fd;
	int64_t accepted;
	int64_t active;       /* when bytes last moved */
	int64_t lingers;      /* since when the connection only waits for the peer to go; 0: it does not */
	uint32_t frame;       /* the one that is not complete; 0: none */
	int64_t frame_since;
	struct minimum_rate rate;
};

/* The connection of CONVERSATION on the socket FD was accepted now. */
void deadlines_init(struct deadlines *deadlines, const struct conversation *conversation, int fd);

/*
 * Notes the moments that the limits count from, after a step in which bytes were RECEIVED or not. HANDED_BEFORE:
 * output_handed() before the step.
 */
void deadlines_note(struct deadlines *deadlines, bool received, uint64_t handed_before);

/* From now on the connection only waits for the peer to go. */
void deadlines_linger(struct deadlines *deadlines);

/* When the client is late, the minimum rate aside: then the reaper shuts the connection down. */
int64_t deadlines_end(const struct deadlines *deadlines);

/*
 * When the connection needs a turn though its socket reports nothing: at PARK_UNTIL, or earlier if the minimum rate has to be
 * checked before.
 */
int64_t deadlines_wake(const struct deadlines *deadlines, int64_t park_until);

/* Is the client late by now, or has it received less than the minimum rate? Then a log line tells. */
bool deadlines_passed(const struct deadlines *deadlines);
bool deadlines_too_slow(const struct deadlines *deadlines);

#endif
