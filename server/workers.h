/* Workers: equal threads that each own one connection at a time. */
#ifndef WORKERS_H
#define WORKERS_H

#include "reaper.h"
#include "services.h"
#include "slots.h"
#include "status.h"

struct workers;

/* Starts COUNT threads, each with a workbench. On failure none is left running. */
MUST_CHECK enum status workers_start(unsigned count, struct services *services, struct slots *slots, struct reaper *reaper,
	struct workers **workers);

/* Ends the threads, once no connection is left, and frees. NULL is fine. */
void workers_stop(struct workers *workers);

#endif
