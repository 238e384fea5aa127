/* Receives one piece: bytes into leaves and into the file, then the trailer that proves them. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "download.h"
#include "failure.h"
#include "status.h"
#include "worker.h"

enum receipt_verdict {
	RECEIPT_PROVEN,
	RECEIPT_WRONG, /* the bytes do not have the digest that came with them */
	RECEIPT_HELD,  /* not hashed yet */
	RECEIPT_ERROR, /* the server sent an ERROR, instead of the piece or behind a void trailer: the answer is over */
};

struct receipt {
	bool drop;           /* set by the caller: nothing is stored */
	unsigned char *hold; /* set by the caller: the bytes, at most a leaf, are kept here to be hashed later */
	enum receipt_verdict verdict;
	uint32_t length;
	uint32_t received; /* bytes so far, also when the link broke */
	struct digest digest; /* of the bytes; with RECEIPT_HELD the one from the trailer */
	enum status error;      /* the meaning of the ERROR */
	struct failure failure; /* explains the ERROR, or why the bytes could not be stored; else its code is EXIT_OK */
};

/*
 * Receives the frames of PIECE in an answer to READ, whose FILE has been received. The status is the link's: bytes that cannot
 * be stored are received all the same, so that the link stays usable.
 */
MUST_CHECK enum status receive_piece(struct worker *worker, struct download *download, uint64_t piece, struct receipt *receipt);

#endif
