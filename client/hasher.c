/* Reads a local file once, in buffers that stay in the cache, and computes its digest. */
#include "hasher.h"

#include <stdlib.h>

#include "all_bytes.h"
#include "lanes.h"
#include "stored_piece.h"

#define BUFFER_SIZE STORED_PIECE_PART

struct hasher {
	enum hasher_kind kind;
	struct lanes *lanes; /* for the tree */
	struct flat *flat;
	unsigned char *buffer;
};

enum status hasher_new(enum hasher_kind kind, struct hasher **hasher)
{
	struct hasher *made = calloc(1, sizeof *made);

	if (!made)
		return STATUS_NO_MEMORY;
	made->kind = kind;
	made->buffer = malloc(BUFFER_SIZE);
	enum status status = !made->buffer ? STATUS_NO_MEMORY :
		kind == HASHER_TREE ? lanes_new(LANES_BEST, &made->lanes) : flat_new(&made->flat);
	if (status == STATUS_OK)
		*hasher = made;
	else
		hasher_free(made);
	return status;
}

void hasher_free(struct hasher *hasher)
{
	if (!hasher)
		return;
	lanes_free(hasher->lanes);
	flat_free(hasher->flat);
	free(hasher->buffer);
	free(hasher);
}

static enum status hash_flat(struct hasher *hasher, int fd, uint64_t size, struct digest *digest)
{
	enum status status = STATUS_OK;

	for (uint64_t offset = 0; offset < size && status == STATUS_OK;) {
		size_t length = size - offset < BUFFER_SIZE ? (size_t)(size - offset) : BUFFER_SIZE, got = 0;
		status = all_bytes_read_at(fd, hasher->buffer, length, offset, &got);
		if (status == STATUS_OK && got < length)
			status = STATUS_CHANGED;
		if (status == STATUS_OK)
			flat_add(hasher->flat, hasher->buffer, length);
		offset += length;
	}
	/* Also after a failure: it resets the state for the next file. */
	flat_finish(hasher->flat, digest);
	return status;
}

enum status hasher_piece(struct hasher *hasher, int fd, uint64_t size, uint64_t index, struct digest *digest)
{
	struct stored_piece stored = {.fd = fd, .file_size = size, .index = index};
	struct stored_piece_room room = {.bytes = hasher->buffer, .size = BUFFER_SIZE};

	return stored_piece_digest(&stored, hasher->lanes, room, digest);
}

static enum status hash_tree(struct hasher *hasher, int fd, uint64_t size, struct digest *digest)
{
	struct digest piece;
	struct root root;

	root_start(&root);
	for (uint64_t index = 0; index < piece_count(size); index++) {
		enum status status = hasher_piece(hasher, fd, size, index, &piece);
		if (status != STATUS_OK)
			return status;
		root_add(&root, hasher->lanes, &piece);
	}
	root_finish(&root, hasher->lanes, digest);
	return STATUS_OK;
}

static enum status check_end(struct hasher *hasher, int fd, uint64_t size)
{
	size_t got = 0;
	enum status status = all_bytes_read_at(fd, hasher->buffer, 1, size, &got);

	return status == STATUS_OK && got > 0 ? STATUS_CHANGED : status;
}

enum status hasher_file(struct hasher *hasher, int fd, uint64_t size, struct digest *digest)
{
	struct digest computed;
	enum status status = hasher->kind == HASHER_FLAT ? hash_flat(hasher, fd, size, &computed) :
		hash_tree(hasher, fd, size, &computed);

	if (status == STATUS_OK)
		status = check_end(hasher, fd, size);
	if (status == STATUS_OK)
		*digest = computed;
	return status;
}
