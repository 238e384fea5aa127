/* The workbench: buffers and hashing lanes that a worker lends to the connection that it steps. */
#ifndef WORKBENCH_H
#define WORKBENCH_H

#include "lanes.h"
#include "output.h"
#include "seals.h"
#include "services.h"
#include "status.h"
#include "stored_piece.h"

#define WORKBENCH_INPUT 65536u
#define WORKBENCH_HASHING STORED_PIECE_PART

/* One per worker. Between two steps the buffers hold nothing that matters. */
struct workbench {
	struct services *services;
	struct lanes *lanes;
	uint64_t slot;          /* the name of the slot that the worker owns, see slots_wake() */
	unsigned char *input;   /* WORKBENCH_INPUT bytes: received at once */
	unsigned char *hashing; /* WORKBENCH_HASHING bytes: read and hashed at once, sixteen leaves */
	unsigned char *packing; /* OUTPUT_CAPACITY bytes: answers on their way into one send */
	struct seals seals;     /* digests that are still missing in them */
};

/* STATUS_NO_MEMORY, or as lanes_new(). */
MUST_CHECK enum status workbench_init(struct workbench *bench, struct services *services);
void workbench_release(struct workbench *bench);

#endif
