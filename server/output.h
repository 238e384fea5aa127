/* The output: answers packed into few sends, ranges of files behind them, and bytes that the kernel did not take yet. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "frame.h"
#include "status.h"
#include "stream.h"
#include "wire.h"

/* Once this much is packed it is sent before anything else is packed. */
#define OUTPUT_PACKED 65536u
/* Room that a writer can count on while output_ready(): an answer frame of the largest size and a few small ones. */
#define OUTPUT_ROOM (FRAME_HEADER_SIZE + FRAME_ANSWER_MAX + 1024u)
#define OUTPUT_CAPACITY (OUTPUT_PACKED + OUTPUT_ROOM)
/* Bytes that one turn may send before others come first. */
#define OUTPUT_QUANTUM 262144u

/*
 * output_begin, then as long as the turn lasts: write while output_ready(), output_send(); output_end.
 *
 * Answers are written into a buffer that the worker lends for one turn. At the end of the turn the rest moves to a piece of
 * heap of its own size; nothing more is written before that was sent, thus the output of one connection is bounded. A range
 * of a file may follow the written bytes; nothing is written behind it before it was sent.
 *
 * The range is always sent at its full length, since a header has promised it: when the file ends early or cannot be
 * read, zeros fill it up, and output_file_status() tells.
 */
struct output {
	struct stream *stream;
	struct writer writer;       /* during a turn: over the worker's buffer */
	unsigned char *kept;        /* heap, or NULL */
	size_t kept_length;
	size_t sent;                /* of the kept bytes, else of the writer's */
	int file;                   /* not owned */
	bool copies_file;           /* the stream cannot send from a file: read and write */
	enum status file_status;
	off_t file_offset;
	uint64_t file_left;
	uint64_t file_bytes;        /* of files, filled up zeros not counted, since the start */
	uint64_t handed;            /* all bytes, since the start */
	size_t turn_sent;
};

void output_init(struct output *output, struct stream *stream);
void output_release(struct output *output);

void output_begin(struct output *output, unsigned char *buffer);

/* May OUTPUT_ROOM bytes be written, and a range of a file put behind them? */
bool output_ready(const struct output *output);
struct writer *output_writer(struct output *output);

/* Writes bytes that were read from a file. */
void output_file_bytes(struct output *output, const void *bytes, size_t length);

/* LENGTH bytes of FILE from OFFSET on follow the written bytes. FILE must stay open until output_ready() again. */
void output_file(struct output *output, int file, uint64_t offset, uint64_t length);

/* How the last range went: STATUS_OK, STATUS_END (the file ended early) or why it could not be read. */
enum status output_file_status(const struct output *output);

/*
 * Hands to the kernel as much as it takes. STATUS_OK: everything is gone. STATUS_WANT_WRITE (or STATUS_WANT_READ): it takes no
 * more. STATUS_BUSY: this turn's quantum is used up. Anything else: the connection is lost.
 */
MUST_CHECK enum status output_send(struct output *output);

/* Ends the turn; STATUS_NO_MEMORY loses bytes: the connection cannot go on. */
MUST_CHECK enum status output_end(struct output *output);

/* Forgets written bytes that have not been sent; no range of a file may be under way. */
void output_unsay(struct output *output);

bool output_is_pending(const struct output *output);

/* Bytes of heap that it holds between two turns. */
size_t output_memory(const struct output *output);

/* The position of the next byte to be written, and up to which position the kernel has them. */
uint64_t output_position(const struct output *output);
uint64_t output_handed(const struct output *output);

#endif
