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
	RECEIPT_HELD,  /* nobody has looked yet */
	RECEIPT_ERROR, /* the server sent an ERROR instead, or voided the piece and sent it then: the answer is over */
};

struct receipt {
	bool drop;           /* set by the caller: nothing is to be stored, */
	unsigned char *hold; /* or this: the bytes, at most a leaf, go here for later */
	enum receipt_verdict verdict;
	uint32_t length;
	uint32_t received; /* bytes so far; also where the link broke */
	struct digest digest; /* of RECEIPT_HELD the one that came with the bytes */
	enum status error;      /* what the ERROR means */
	struct failure failure; /* explains the ERROR, or why the bytes could not be stored: else its code is EXIT_OK */
};

/*
 * PIECE's frames of an answer to READ, of which FILE has been received. The status is the link's: bytes that cannot be
 * stored are received all the same, so that the link stays usable.
 */
MUST_CHECK enum status receive_piece(struct worker *worker, struct download *download, uint64_t piece, struct receipt *receipt);

#endif
