/* Memory for libraries that are not under test themselves: one pool, on which no sanitizer spends its time. For one thread. */
#ifndef CHEAP_MEMORY_H
#define CHEAP_MEMORY_H

#include <stddef.h>

#include "target.h"

#define CHEAP_KINDS 24u  /* blocks of 32 bytes, 64, and so on */
#define CHEAP_SMALLEST 32u
#define CHEAP_HEAD 16u   /* before each block: its kind; keeps blocks aligned */
#define CHEAP_POOL (1u << 20)

/* What libraries allocate says nothing of the input. */
#ifdef __clang__
#define UNWATCHED __attribute__((no_sanitize("address", "undefined", "coverage")))
#else
#define UNWATCHED
#endif

static struct {
	unsigned char *rest;
	size_t left;
	void *unused[CHEAP_KINDS]; /* the first of each kind; it holds the next one's address */
} cheap;

UNWATCHED static inline void *cheap_take(unsigned kind)
{
	size_t size = CHEAP_HEAD + ((size_t)CHEAP_SMALLEST << kind);
	unsigned char *block;

	if (size > cheap.left) {
		cheap.left = size > CHEAP_POOL ? size : CHEAP_POOL;
		cheap.rest = malloc(cheap.left);
		CHECK(cheap.rest);
	}
	block = cheap.rest;
	cheap.rest += size;
	cheap.left -= size;
	*(unsigned *)(void *)block = kind;
	return block + CHEAP_HEAD;
}

UNWATCHED static inline void *cheap_malloc(size_t length)
{
	unsigned kind = 0;

	while (kind < CHEAP_KINDS && (size_t)CHEAP_SMALLEST << kind < length)
		kind++;
	CHECK(kind < CHEAP_KINDS);
	void *block = cheap.unused[kind];
	if (!block)
		return cheap_take(kind);
	memcpy(&cheap.unused[kind], block, sizeof(block));
	return block;
}

UNWATCHED static inline unsigned cheap_kind(const void *block)
{
	return *(const unsigned *)(const void *)((const unsigned char *)block - CHEAP_HEAD);
}

UNWATCHED static inline void cheap_free(void *block)
{
	if (!block)
		return;
	memcpy(block, &cheap.unused[cheap_kind(block)], sizeof(block));
	cheap.unused[cheap_kind(block)] = block;
}

UNWATCHED static inline void *cheap_realloc(void *block, size_t length)
{
	size_t before = block ? (size_t)CHEAP_SMALLEST << cheap_kind(block) : 0;

	if (length <= before && length > 0)
		return block;
	void *other = length > 0 ? cheap_malloc(length) : NULL;
	if (other && block)
		memcpy(other, block, before);
	cheap_free(block);
	return other;
}

#endif
