/* Keeps a byte of state and a digest for each piece of a file, and hands pieces out in runs. */
#include "piece_map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A file of 1 PiB; the digests of a larger one would need more memory than a client should ask for. */
#define PIECES_MAX (UINT64_C(1) << 30)

enum status piece_map_init(struct piece_map *map, uint64_t count)
{
	struct piece_map made = {.count = count, .tally[PIECE_MISSING] = count};

	if (count > PIECES_MAX)
		return STATUS_TOO_LARGE;
	made.states = calloc(count, 1);
	made.digests = calloc(count, sizeof(made.digests[0]));
	if (!made.states || !made.digests) {
		piece_map_release(&made);
		return STATUS_TOO_LARGE;
	}
	*map = made;
	return STATUS_OK;
}

void piece_map_release(struct piece_map *map)
{
	free(map->states);
	free(map->digests);
	*map = (struct piece_map){0};
}

void piece_map_set(struct piece_map *map, uint64_t piece, enum piece_state state)
{
	assert(piece < map->count);
	map->tally[map->states[piece]]--;
	map->tally[state]++;
	map->states[piece] = (unsigned char)state;
	if (map->cursor[state] > piece)
		map->cursor[state] = piece;
}

static uint64_t find_first(struct piece_map *map, enum piece_state state)
{
	uint64_t start = map->cursor[state];
	const unsigned char *found = memchr(map->states + start, (int)state, map->count - start);

	assert(found);
	return (uint64_t)(found - map->states);
}

bool piece_map_claim(struct piece_map *map, enum piece_state state, uint32_t max, struct piece_run *run)
{
	uint32_t count = 0;

	if (map->tally[state] == 0)
		return false;
	uint64_t first = find_first(map, state);
	if (state == PIECE_SUSPECT)
		max = 1;
	while (count < max && first + count < map->count && map->states[first + count] == state)
		piece_map_set(map, first + count++, PIECE_CLAIMED);
	map->cursor[state] = first + count;
	*run = (struct piece_run){.first = first, .count = count, .from = state};
	return true;
}

void piece_map_prove(struct piece_map *map, uint64_t piece, const struct digest *digest)
{
	piece_map_set(map, piece, PIECE_PROVEN);
	map->digests[piece] = *digest;
}

bool piece_map_all_proven(const struct piece_map *map)
{
	return map->tally[PIECE_PROVEN] == map->count;
}

void piece_map_root(const struct piece_map *map, struct lanes *lanes, struct digest *root)
{
	struct root builder;

	assert(piece_map_all_proven(map));
	root_start(&builder);
	for (uint64_t i = 0; i < map->count; i++)
		root_add(&builder, lanes, &map->digests[i]);
	root_finish(&builder, lanes, root);
}
