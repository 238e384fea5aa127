/* Keeps piece digests in blocks with a bitmap each, and the root above them. */
#include "known_digests.h"

#include <stdlib.h>

#define BLOCK_PIECES 1024u
#define WORD_BITS 64u
/* Nothing is remembered of a file beyond a pebibyte: sparse ones reach 8 EiB, where the list of blocks alone takes 64 GiB. */
#define BLOCKS_MAX (1u << 20)

/* Up to BLOCK_PIECES pieces in a row; a file's last block is as short as the file. */
struct known_block {
	uint64_t known[BLOCK_PIECES / WORD_BITS];
	struct digest digests[];
};

void known_digests_init(struct known_digests *known, uint64_t file_size)
{
	*known = (struct known_digests){.file_size = file_size, .piece_count = piece_count(file_size)};
}

static uint64_t block_count(const struct known_digests *known)
{
	return (known->piece_count + BLOCK_PIECES - 1) / BLOCK_PIECES;
}

void known_digests_release(struct known_digests *known)
{
	for (uint64_t i = 0; known->blocks && i < block_count(known); i++)
		free(known->blocks[i]);
	free(known->blocks);
	known->blocks = NULL;
}

void known_digests_forget(struct known_digests *known)
{
	known_digests_release(known);
	known->known_count = 0;
	known->root_known = false;
}

const struct digest *known_digests_find(const struct known_digests *known, uint64_t piece)
{
	const struct known_block *block = known->blocks ? known->blocks[piece / BLOCK_PIECES] : NULL;
	uint64_t index = piece % BLOCK_PIECES;

	if (!block || !(block->known[index / WORD_BITS] >> index % WORD_BITS & 1))
		return NULL;
	return &block->digests[index];
}

/* The block of PIECE, made where it is missing; NULL without memory. */
static struct known_block *block_of(struct known_digests *known, uint64_t piece)
{
	uint64_t left = known->piece_count - (piece - piece % BLOCK_PIECES);
	size_t length = left < BLOCK_PIECES ? (size_t)left : BLOCK_PIECES;

	if (!known->blocks && block_count(known) <= BLOCKS_MAX)
		known->blocks = calloc(block_count(known), sizeof(known->blocks[0]));
	if (!known->blocks)
		return NULL;
	struct known_block **block = &known->blocks[piece / BLOCK_PIECES];
	if (!*block)
		*block = calloc(1, sizeof(**block) + length * sizeof((*block)->digests[0]));
	return *block;
}

void known_digests_add(struct known_digests *known, uint64_t piece, const struct digest *digest)
{
	struct known_block *block = block_of(known, piece);
	uint64_t index = piece % BLOCK_PIECES;

	if (!block)
		return;
	block->digests[index] = *digest;
	block->known[index / WORD_BITS] |= UINT64_C(1) << index % WORD_BITS;
	known->known_count++;
}

const struct digest *known_digests_root(struct known_digests *known, struct lanes *lanes)
{
	struct root root;

	if (known->root_known)
		return &known->root;
	if (known->known_count < known->piece_count)
		return NULL;
	root_start(&root);
	for (uint64_t piece = 0; piece < known->piece_count; piece++)
		root_add(&root, lanes, known_digests_find(known, piece));
	root_finish(&root, lanes, &known->root);
	known->root_known = true;
	return &known->root;
}
