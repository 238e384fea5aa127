/* The gate: whether anybody is still inside, and whether the server serves, drains or cuts. */
#ifndef GATE_H
#define GATE_H

#include <stdatomic.h>

#include "status.h"

enum gate_stage {
	GATE_SERVING,
	GATE_DRAINING, /* nobody comes in; running replies may end */
	GATE_CUT,      /* everybody leaves now */
};

/* Inside are the accept thread, from the start on, every connection, and prewarming. Any thread may call. */
struct gate {
	atomic_uint inside;
	atomic_int stage;
	int empty_fd; /* readable once nobody is inside */
};

MUST_CHECK enum status gate_init(struct gate *gate);
void gate_release(struct gate *gate);

void gate_enter(struct gate *gate);
void gate_leave(struct gate *gate);

enum gate_stage gate_stage(const struct gate *gate);
/* Moves on to STAGE; never back. */
void gate_advance(struct gate *gate, enum gate_stage stage);

#endif
