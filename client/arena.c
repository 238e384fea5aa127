/* Hands out memory from large blocks that are freed together. */
#include "arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define BLOCK_SIZE 262144u
#define ALIGNMENT 8u

struct arena_block {
	struct arena_block *older;
	size_t used;
	unsigned char bytes[];
};

static struct arena_block *add_block(struct arena *arena)
{
	struct arena_block *block = calloc(1, BLOCK_SIZE);

	if (!block)
		return NULL;
	block->older = arena->newest;
	arena->newest = block;
	arena->bytes += BLOCK_SIZE;
	return block;
}

void *arena_take(struct arena *arena, size_t length)
{
	const size_t capacity = BLOCK_SIZE - sizeof(struct arena_block);
	struct arena_block *block = arena->newest;

	assert(length <= ARENA_MAX);
	length = (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!block || capacity - block->used < length)
		block = add_block(arena);
	if (!block)
		return NULL;
	void *taken = block->bytes + block->used;
	block->used += length;
	return taken;
}

void arena_release(struct arena *arena)
{
	while (arena->newest) {
		struct arena_block *older = arena->newest->older;
		free(arena->newest);
		arena->newest = older;
	}
	arena->bytes = 0;
}
