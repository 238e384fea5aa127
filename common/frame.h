/* The frame: an 8-byte header before every payload, and the limits that hold before anything is allocated. */
#ifndef FRAME_H
#define FRAME_H

#include <stdint.h>

#include "digest.h"
#include "status.h"
#include "wire.h"

/*
 *  0        4      5       6          8
 *  | length | type | flags | number   | payload ...
 *
 * length counts the payload alone. number is the request that the frame belongs to: requests count 1, 2, ... 65535, 1
 * ...; every answer bears its request's number; 0 is the greeting, AUTH, GOODBYE and errors that concern the connection.
 */
#define FRAME_HEADER_SIZE 8u
#define FRAME_GREETING_MAX 4096u /* payload of HELLO, WELCOME and AUTH, and of an ERROR before the greeting is over */
#define FRAME_REQUEST_MAX 8192u  /* payload of a request */
#define FRAME_REQUEST_SIZE (FRAME_HEADER_SIZE + FRAME_REQUEST_MAX) /* room for any request, header included */
#define FRAME_ANSWER_MAX 65536u  /* payload of an answer, DATA excepted */
#define DATA_TRAILER_SIZE 33u    /* status byte and digest behind the bytes of a piece */
#define FRAME_DATA_MAX (PIECE_SIZE + DATA_TRAILER_SIZE)

enum frame_type {
	/* client to server */
	FRAME_HELLO = 0x01,
	FRAME_AUTH = 0x02,
	FRAME_STAT = 0x10,
	FRAME_LIST = 0x11,
	FRAME_DIGESTS = 0x12,
	FRAME_READ = 0x13,
	FRAME_SUM = 0x14,
	FRAME_PING = 0x15,
	FRAME_GOODBYE = 0x1f,
	/* server to client */
	FRAME_WELCOME = 0x81,
	FRAME_FILE = 0x90,        /* describes a path; opens the answer to STAT, DIGESTS, READ and SUM */
	FRAME_ENTRIES = 0x91,     /* part of a listing */
	FRAME_PIECES = 0x92,      /* piece digests */
	FRAME_DATA = 0x93,        /* one piece and its trailer */
	FRAME_SUM_RESULT = 0x94,
	FRAME_PONG = 0x95,
	FRAME_DONE = 0x96,        /* ends LIST and DIGESTS, with a count */
	FRAME_PROGRESS = 0x97,
	FRAME_ERROR = 0xff,
};

/* Flag bits; a bit that its frame type does not know is a PROTOCOL error. */
#define FLAG_FRESH 0x01     /* READ, DIGESTS: use no remembered digest */
#define FLAG_RECURSIVE 0x02 /* LIST */

enum frame_side {
	FRAME_FROM_CLIENT,
	FRAME_FROM_SERVER,
};

enum frame_phase {
	FRAME_GREETING, /* HELLO, WELCOME and the errors that stop them */
	FRAME_OPEN,
};

struct frame {
	uint32_t length;
	uint8_t type;
	uint8_t flags;
	uint16_t number;
};

/*
 * Decodes and judges a header of FRAME_HEADER_SIZE bytes: STATUS_PROTOCOL for a type that SIDE may not send in PHASE, for
 * an unknown flag, for a length outside the type's limits (DATA is never shorter than its trailer, ENTRIES never empty)
 * or for a number 0 where a request's belongs, or the reverse. Whether the number is the right one is the caller's to check.
 */
MUST_CHECK enum status frame_decode(const unsigned char *bytes, enum frame_side side, enum frame_phase phase, struct frame *frame);

/* Writes a header whose payload length is already known. */
void frame_encode(struct writer *writer, const struct frame *frame);

/*
 * Writes a header and returns a mark; frame_end fills in the length of the bytes written since. Both do nothing to a
 * writer that has failed.
 */
unsigned char *frame_begin(struct writer *writer, enum frame_type type, uint8_t flags, uint16_t number);
void frame_end(struct writer *writer, unsigned char *mark);

/* The request number that follows NUMBER: 1 after 65535. */
uint16_t frame_next_number(uint16_t number);

#endif
