/* Reads and hashes by turns. */
#include "stored_piece.h"

#include <assert.h>

#include "all_bytes.h"

enum status stored_piece_digest(const struct stored_piece *stored, struct lanes *lanes, struct stored_piece_room room,
	struct digest *digest)
{
	uint32_t length = piece_length(stored->file_size, stored->index);
	struct piece piece;

	assert(room.size == STORED_PIECE_PART || room.size == PIECE_SIZE);
	piece_start(&piece, stored->file_size);
	for (uint32_t offset = 0; offset < length; offset += STORED_PIECE_PART) {
		uint32_t part = length - offset < STORED_PIECE_PART ? length - offset : STORED_PIECE_PART;
		unsigned char *bytes = room.bytes + offset % room.size;
		size_t got = 0;
		enum status status = all_bytes_read_at(stored->fd, bytes, part, stored->index * PIECE_SIZE + offset, &got);
		if (status != STATUS_OK || got < part)
			return status == STATUS_OK ? STATUS_CHANGED : status;
		piece_add(&piece, lanes, bytes, part);
	}
	piece_finish(&piece, lanes, digest);
	return STATUS_OK;
}
