/* The pieces of one file: which are missing, in work or proven, and their digests. */
#ifndef PIECE_MAP_H
#define PIECE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "status.h"

/*
 * Nothing is locked here: that is up to the caller. A piece belongs to one run at a time, from piece_map_claim until it is
 * proven or given back.
 */
enum piece_state {
	PIECE_MISSING, /* to be fetched */
	PIECE_SUSPECT, /* arrived wrong once: to be fetched by itself and FRESH */
	PIECE_LOCAL,   /* the partial holds bytes: to be verified */
	PIECE_BASIS,   /* only the older file holds bytes: to be verified there */
	PIECE_CLAIMED, /* some run's */
	PIECE_WRONG,   /* found wrong by the run that still has it: given back when the run is over */
	PIECE_PROVEN,
	PIECE_STATES
};

struct piece_map {
	unsigned char *states;
	struct digest *digests;
	uint64_t count;
	uint64_t tally[PIECE_STATES]; /* how many are in each state */
	uint64_t cursor[PIECE_STATES]; /* no piece before it is in that state */
};

/* Neighbouring pieces in the hands of one thread. */
struct piece_run {
	uint64_t first;
	uint32_t count;
	enum piece_state from; /* their state before they were claimed */
};

/* All are MISSING. STATUS_TOO_LARGE for more than this machine can hold. A zeroed struct may be released. */
MUST_CHECK enum status piece_map_init(struct piece_map *map, uint64_t count);
void piece_map_release(struct piece_map *map);

void piece_map_set(struct piece_map *map, uint64_t piece, enum piece_state state);

/* Claims up to MAX neighbours that are in STATE; SUSPECT ones one by one. False when there is none. */
bool piece_map_claim(struct piece_map *map, enum piece_state state, uint32_t max, struct piece_run *run);

void piece_map_prove(struct piece_map *map, uint64_t piece, const struct digest *digest);

bool piece_map_all_proven(const struct piece_map *map);

/* All must be proven. */
void piece_map_root(const struct piece_map *map, struct lanes *lanes, struct digest *root);

#endif
