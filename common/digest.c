/* Builds tree digests: leaves into pieces, pieces into the root. */
#include "digest.h"

#include <assert.h>
#include <string.h>

const struct digest DIGEST_EMPTY_PIECE = {
	.bytes = {0xd8, 0x8d, 0xdf, 0xee, 0xd4, 0x00, 0xa8, 0x75, 0x55, 0x96, 0xb2, 0x19, 0x42, 0xc1, 0x49, 0x7e,
		0x11, 0x4c, 0x30, 0x2e, 0x61, 0x18, 0x29, 0x0f, 0x91, 0xe6, 0x77, 0x29, 0x76, 0x04, 0x1f, 0xa1},
};

/* Two neighbours in an array of digests are the 64-byte message of their node. */
static_assert(sizeof(struct digest[2]) == 64, "digests lie side by side");
static_assert(FILE_SIZE_MAX / PIECE_SIZE < 1ull << (ROOT_LEVELS - 1), "one pending node for each level of any file");

uint64_t piece_count(uint64_t size)
{
	return size == 0 ? 1 : (size - 1) / PIECE_SIZE + 1;
}

uint32_t piece_length(uint64_t size, uint64_t index)
{
	assert(index < piece_count(size));
	uint64_t rest = size - index * PIECE_SIZE;
	return rest < PIECE_SIZE ? (uint32_t)rest : PIECE_SIZE;
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

void piece_start(struct piece *piece, uint64_t file_size)
{
	piece->leaf_count = 0;
	piece->alone = file_size <= PIECE_SIZE;
}

void piece_add(struct piece *piece, struct lanes *lanes, const void *bytes, size_t length)
{
	struct lane messages[PIECE_LEAVES];
	assert(length <= (PIECE_LEAVES - piece->leaf_count) * LEAF_SIZE);
	size_t count = 0;
	for (size_t offset = 0; offset < length; offset += LEAF_SIZE) {
		size_t rest = length - offset;
		messages[count++] = (struct lane){
			.bytes = (const unsigned char *)bytes + offset,
			.length = rest < LEAF_SIZE ? rest : LEAF_SIZE,
			.digest = &piece->leaves[piece->leaf_count++],
		};
	}
	lanes_sha256(lanes, messages, count);
}

/* The leaf of a piece without bytes. */
static void add_empty_leaf(struct piece *piece, struct lanes *lanes)
{
	struct lane message = {.bytes = "", .length = 0, .digest = &piece->leaves[piece->leaf_count++]};
	lanes_sha256(lanes, &message, 1);
}

/* Hashes WIDTH digests of one level to the WIDTH / 2 nodes above them. The two arrays must not overlap. */
static void hash_level(struct lanes *lanes, const struct digest *children, size_t width, struct digest *nodes)
{
	struct lane messages[PIECE_LEAVES / 2];
	for (size_t i = 0; i < width / 2; i++)
		messages[i] = (struct lane){.bytes = &children[2 * i], .length = 64, .digest = &nodes[i]};
	lanes_sha256(lanes, messages, width / 2);
}

static unsigned padded_width(const struct piece *piece)
{
	if (!piece->alone)
		return PIECE_LEAVES;
	unsigned width = 1;
	while (width < piece->leaf_count)
		width *= 2;
	return width;
}

void piece_finish(struct piece *piece, struct lanes *lanes, struct digest *digest)
{
	if (piece->leaf_count == 0)
		add_empty_leaf(piece, lanes);
	unsigned width = padded_width(piece);
	memset(&piece->leaves[piece->leaf_count], 0, (width - piece->leaf_count) * sizeof piece->leaves[0]);

	struct digest nodes[PIECE_LEAVES / 2];
	for (; width > 1; width /= 2) {
		hash_level(lanes, piece->leaves, width, nodes);
		memcpy(piece->leaves, nodes, width / 2 * sizeof nodes[0]);
	}
	*digest = piece->leaves[0];
}

void piece_digest(struct lanes *lanes, const void *bytes, size_t length, struct digest *digest)
{
	struct piece piece;
	piece_start(&piece, length);
	piece_add(&piece, lanes, bytes, length);
	piece_finish(&piece, lanes, digest);
}

void root_start(struct root *root)
{
	root->count = 0;
}

static struct digest node_of(struct lanes *lanes, const struct digest *left, const struct digest *right)
{
	struct digest children[2] = {*left, *right};
	struct digest node;
	hash_level(lanes, children, 2, &node);
	return node;
}

/*
 * Counts in binary: bit n of root->count says whether pending[n] holds a node over 2^n pieces that still waits for
 * its right neighbour. Adding a node of LEVEL carries like adding 2^LEVEL. No bit below LEVEL may be set.
 */
static void add_node(struct root *root, struct lanes *lanes, struct digest node, unsigned level)
{
	uint64_t count = root->count + (1ull << level);
	for (; root->count >> level & 1; level++)
		node = node_of(lanes, &root->pending[level], &node);
	assert(level < ROOT_LEVELS);
	root->pending[level] = node;
	root->count = count;
}

void root_add(struct root *root, struct lanes *lanes, const struct digest *piece)
{
	add_node(root, lanes, *piece, 0);
}

void root_finish(struct root *root, struct lanes *lanes, struct digest *digest)
{
	assert(root->count > 0);
	struct digest missing = DIGEST_EMPTY_PIECE; /* the node over 2^level missing pieces */
	unsigned level = 0;
	for (; root->count != 1ull << level; level++) {
		if (root->count >> level & 1)
			add_node(root, lanes, missing, level);
		missing = node_of(lanes, &missing, &missing);
	}
	*digest = root->pending[level];
}
