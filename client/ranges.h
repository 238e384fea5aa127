/* Ranges of piece numbers, in their order: "3, 7-9". */
#ifndef RANGES_H
#define RANGES_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

struct range {
	uint64_t first, last;
};

/* A zeroed struct is empty. */
struct ranges {
	struct range *items;
	size_t count, room;
};

/* FIRST is larger than all before it. */
MUST_CHECK enum status ranges_add(struct ranges *ranges, uint64_t first, uint64_t last);
void ranges_release(struct ranges *ranges);

/* For people, cut when there are many. Returns OUT. */
#define RANGES_TEXT_SIZE 200
char *ranges_text(const struct ranges *ranges, char out[RANGES_TEXT_SIZE]);

#endif
