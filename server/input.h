/* The input: bytes that a client has sent and the server has not served yet. */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"
#include "status.h"
#include "stream.h"
#include "wire.h"

/*
 * Bytes are received into a buffer that the worker lends for one turn. Headers are judged as soon as they are there,
 * whole frames taken in order; at the end of the turn the rest moves to a piece of heap of its own size. Thus an idle
 * connection has none. The caller, who judges the headers, bounds how much can be waiting.
 *
 * input_receive, input_judge until it returns STATUS_WANT_READ, input_take as often as a frame can be served, input_end
 */
struct input {
	unsigned char *bytes; /* the worker's buffer, or heap where kept */
	size_t start;         /* of the first frame that was not taken */
	size_t judged;        /* end of the last judged frame; beyond END while its payload is incomplete */
	size_t end;
	bool kept;
};

/* Receives once. BUFFER, of CAPACITY bytes, must stay untouched until input_end. */
MUST_CHECK enum status input_receive(struct input *input, struct stream *stream, unsigned char *buffer, size_t capacity);

/* Decodes the next header that was not judged: as frame_decode(), STATUS_WANT_READ where it is not there yet. */
MUST_CHECK enum status input_judge(struct input *input, enum frame_phase phase, struct frame *frame);

/* Takes the next judged frame; false where it is not complete yet. PAYLOAD is valid until the next call of any kind. */
bool input_take(struct input *input, enum frame_phase phase, struct frame *frame, struct span *payload);

bool input_is_empty(const struct input *input);

/* Has a frame begun that is not complete? */
bool input_is_partial(const struct input *input);

/* Ends the turn: the rest moves to the heap. STATUS_NO_MEMORY loses it. */
MUST_CHECK enum status input_end(struct input *input);

/* Bytes of heap that it holds. */
size_t input_memory(const struct input *input);

/* Drops everything. */
void input_release(struct input *input);

#endif
