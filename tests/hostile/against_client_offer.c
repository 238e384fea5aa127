/* What the honest server has: a few files and folders, and all their digests. */
#include <string.h>

#include "against_client.h"
#include "hashing.h"
#include "sockets.h"

#define BIG_SIZE (2 * PIECE_SIZE + 5)

static unsigned char big[BIG_SIZE];

static struct offered offers[] = {
	{.path = "", .kind = ENTRY_FOLDER},
	{.path = "big", .kind = ENTRY_FILE, .size = BIG_SIZE, .bytes = big},
	{.path = "empty", .kind = ENTRY_FILE, .bytes = big},
	{.path = "file", .kind = ENTRY_FILE, .size = 3, .bytes = (const unsigned char *)"hi\n"},
	{.path = "folder", .kind = ENTRY_FOLDER},
	{.path = "folder/deep", .kind = ENTRY_FOLDER},
	{.path = "folder/deep/er", .kind = ENTRY_FILE, .size = 40000, .bytes = big + 7},
	{.path = "folder/inner", .kind = ENTRY_FILE, .size = 1000, .bytes = big + 3},
};
#define OFFER_COUNT (sizeof(offers) / sizeof(offers[0]))

static struct digest pieces[OFFER_COUNT][OFFERED_PIECES_MAX];

static void compute_piece(struct lanes *lanes, const struct offered *offered, uint64_t index, struct digest *digest)
{
	struct piece piece;

	piece_start(&piece, offered->size);
	piece_add(&piece, lanes, offered->bytes + index * PIECE_SIZE, piece_length(offered->size, index));
	piece_finish(&piece, lanes, digest);
}

static void compute(struct lanes *lanes, struct flat *flat, size_t index)
{
	struct offered *offered = &offers[index];
	struct root root;

	root_start(&root);
	for (uint64_t i = 0; i < piece_count(offered->size); i++) {
		compute_piece(lanes, offered, i, &pieces[index][i]);
		root_add(&root, lanes, &pieces[index][i]);
	}
	offered->root = pieces[index][0];
	if (piece_count(offered->size) > 1)
		root_finish(&root, lanes, &offered->root);
	flat_add(flat, offered->bytes, offered->size);
	flat_finish(flat, &offered->sum);
	memset(offered->version.bytes, (int)index + 1, sizeof(offered->version.bytes));
}

void offer_prepare(void)
{
	struct lanes *lanes = NULL;
	struct flat *flat = NULL;
	uint32_t seed = 20261122;

	if (lanes_new(LANES_OPENSSL, &lanes) != STATUS_OK || flat_new(&flat) != STATUS_OK)
		give_up("lanes");
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (unsigned char)next_random(&seed);
	for (size_t i = 0; i < OFFER_COUNT; i++) {
		if (offers[i].kind == ENTRY_FILE)
			compute(lanes, flat, i);
	}
	flat_free(flat);
	lanes_free(lanes);
}

const struct offered *offer_find(const char *path)
{
	for (size_t i = 0; i < OFFER_COUNT; i++) {
		if (strcmp(offers[i].path, path) == 0)
			return &offers[i];
	}
	return NULL;
}

const struct offered *offer_next(const struct offered *after)
{
	size_t index = after ? (size_t)(after - offers) + 1 : 0;

	return index < OFFER_COUNT ? &offers[index] : NULL;
}

const struct digest *offer_piece(const struct offered *offered, uint64_t piece)
{
	return &pieces[offered - offers][piece];
}
