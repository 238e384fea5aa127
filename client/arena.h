/* Memory that only grows: many small things that live as long as the run. */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena_block;

/* A zeroed arena is empty. */
struct arena {
	struct arena_block *newest;
	size_t bytes; /* taken so far, blocks counted whole */
};

/* LENGTH zeroed bytes, aligned for any pointer or integer; at most ARENA_MAX. NULL when memory is short. */
#define ARENA_MAX 65536u
void *arena_take(struct arena *arena, size_t length);
void arena_release(struct arena *arena);

#endif
