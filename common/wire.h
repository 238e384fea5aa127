/* Bounded cursors over bytes: the only way to read or write what travels (big-endian). */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * struct reader r;
 * reader_init(&r, bytes, length);
 * a = reader_u16(&r);
 * b = reader_span16(&r);
 * if (!reader_done(&r)) -> the message is malformed
 *
 * A reader is sticky: the first read past the end makes it fail for good, every later read gives zero or an empty
 * span. Read all fields, then ask once. A writer likewise: the first write past its end makes it fail, nothing is
 * written partly.
 */

/* Bytes that belong to somebody else; not terminated. */
struct span {
	const unsigned char *bytes;
	size_t length;
};

struct reader {
	const unsigned char *next;
	const unsigned char *end;
	bool failed;
};

void reader_init(struct reader *reader, const void *bytes, size_t length);
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);

/* Copies LENGTH bytes, or zeros OUT and fails. */
void reader_bytes(struct reader *reader, void *out, size_t length);

/* A view of LENGTH bytes inside the reader's buffer; empty on failure. */
struct span reader_span(struct reader *reader, size_t length);

/* A u16 length and that many bytes. */
struct span reader_span16(struct reader *reader);

/* Bytes not yet read; 0 once failed. */
size_t reader_left(const struct reader *reader);

/* Fails the reader unless ALLOWED: for a value that was read whole but may not be. */
void reader_require(struct reader *reader, bool allowed);

/* True when no read failed and no byte is left over. */
bool reader_done(const struct reader *reader);

struct writer {
	unsigned char *start;
	unsigned char *next;
	unsigned char *end;
	bool failed;
};

void writer_init(struct writer *writer, void *bytes, size_t capacity);
void writer_u8(struct writer *writer, uint8_t value);
void writer_u16(struct writer *writer, uint16_t value);
void writer_u32(struct writer *writer, uint32_t value);
void writer_u64(struct writer *writer, uint64_t value);
void writer_bytes(struct writer *writer, const void *bytes, size_t length);
void writer_zeros(struct writer *writer, size_t length);

/* A u16 length and the bytes; fails above 65,535. */
void writer_span16(struct writer *writer, struct span span);

size_t writer_length(const struct writer *writer);
/* Room that is left; 0 once failed. */
size_t writer_left(const struct writer *writer);

#endif
