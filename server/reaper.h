/* The reaper: one thread that sleeps until the next deadline, shuts down late connections and wakes parked ones. */
#ifndef REAPER_H
#define REAPER_H

#include <stdint.h>

#include "slots.h"
#include "status.h"

struct reaper;

/* Starts the thread. SLOTS must outlive it. STATUS_BUSY: no more threads. */
MUST_CHECK enum status reaper_start(struct slots *slots, struct reaper **reaper);
/* Ends the thread and frees. NULL is fine. */
void reaper_stop(struct reaper *reaper);

/* To be called after a slot was armed with this time: the thread is woken only if it would sleep longer. */
void reaper_expect(struct reaper *reaper, int64_t time);

/* Shuts all connections down at TIME, whatever their own deadlines are. */
void reaper_cut_at(struct reaper *reaper, int64_t time);

#endif
