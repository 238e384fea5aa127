/* Marks pieces that have data in the partial or the older file (SEEK_DATA). */
#include "local.h"

#include <unistd.h>

/* Marks the pieces that the bytes from START up to END touch. */
static void mark_extent(struct piece_map *map, uint64_t start, uint64_t end, enum piece_state state)
{
	uint64_t last = (end - 1) / PIECE_SIZE;

	for (uint64_t piece = start / PIECE_SIZE; piece <= last && piece < map->count; piece++) {
		if (map->states[piece] == PIECE_MISSING)
			piece_map_set(map, piece, state);
	}
}

/* A file system that does not know holes reports everything as data. */
static void mark_data(struct piece_map *map, int fd, enum piece_state state)
{
	off_t start = lseek(fd, 0, SEEK_DATA);

	while (start >= 0) {
		off_t end = lseek(fd, start, SEEK_HOLE);
		if (end <= start)
			return;
		mark_extent(map, (uint64_t)start, (uint64_t)end, state);
		start = lseek(fd, end, SEEK_DATA);
	}
}

void local_mark(struct download *download)
{
	struct piece_map *map = &download->pieces;

	if (download->proving)
		mark_extent(map, 0, map->count * PIECE_SIZE, PIECE_BASIS);
	if (partial_is_open(&download->partial))
		mark_data(map, download->partial.fd, PIECE_LOCAL);
	if (download->basis >= 0 && !download->proving)
		mark_data(map, download->basis, PIECE_BASIS);
}
