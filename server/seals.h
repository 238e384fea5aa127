/* Seals: digests of small files in packed answers, computed many at a time before anything is sent. */
#ifndef SEALS_H
#define SEALS_H

#include <stddef.h>

#include "lanes.h"
#include "wire.h"

/* Places in a buffer of packed answers, which must stay where it is until they are filled. */
struct seals {
	struct {
		struct span leaf;
		unsigned char *root;    /* 32 bytes each: where the leaf's digest belongs */
		unsigned char *trailer;
	} list[LANES_BATCH];
	size_t count;
};

/* LEAF, at most a leaf, is a whole file; its digest is written to ROOT and TRAILER by the next seals_fill() at the latest. */
void seals_add(struct seals *seals, struct lanes *lanes, struct span leaf, unsigned char *root, unsigned char *trailer);
void seals_fill(struct seals *seals, struct lanes *lanes);

#endif
