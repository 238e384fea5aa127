/* A piece of a file on disk: read and hashed a part at a time, while the part is in the processor's cache. */
#ifndef STORED_PIECE_H
#define STORED_PIECE_H

#include "digest.h"
#include "lanes.h"
#include "status.h"

struct stored_piece {
	int fd;
	uint64_t file_size;
	uint64_t index; /* below piece_count(file_size) */
};

/* Sixteen leaves: they keep all lanes full. */
#define STORED_PIECE_PART 262144u

/* Where the bytes are read to: STORED_PIECE_PART bytes, or PIECE_SIZE, which hold the whole piece afterwards. */
struct stored_piece_room {
	unsigned char *bytes;
	size_t size;
};

/* STATUS_CHANGED where the file ends before the piece does. */
MUST_CHECK enum status stored_piece_digest(const struct stored_piece *stored, struct lanes *lanes, struct stored_piece_room room,
	struct digest *digest);

#endif
