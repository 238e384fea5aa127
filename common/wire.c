/* Bounded cursors over bytes: the only way to read or write what travels (big-endian). */
#include "wire.h"

#include <string.h>

void reader_init(struct reader *reader, const void *bytes, size_t length)
{
	reader->next = bytes;
	reader->end = reader->next + length;
	reader->failed = false;
}

/* The next LENGTH bytes, or NULL and a reader that stays failed. */
static const unsigned char *reader_take(struct reader *reader, size_t length)
{
	if (reader->failed || length > (size_t)(reader->end - reader->next)) {
		reader->failed = true;
		return NULL;
	}
	const unsigned char *bytes = reader->next;
	reader->next += length;
	return bytes;
}

static uint64_t reader_integer(struct reader *reader, size_t size)
{
	const unsigned char *bytes = reader_take(reader, size);
	uint64_t value = 0;

	if (!bytes)
		return 0;
	for (size_t i = 0; i < size; i++)
		value = value << 8 | bytes[i];
	return value;
}

uint8_t reader_u8(struct reader *reader)
{
	return (uint8_t)reader_integer(reader, 1);
}

uint16_t reader_u16(struct reader *reader)
{
	return (uint16_t)reader_integer(reader, 2);
}

uint32_t reader_u32(struct reader *reader)
{
	return (uint32_t)reader_integer(reader, 4);
}

uint64_t reader_u64(struct reader *reader)
{
	return reader_integer(reader, 8);
}

void reader_bytes(struct reader *reader, void *out, size_t length)
{
	const unsigned char *bytes = reader_take(reader, length);

	if (bytes)
		memcpy(out, bytes, length);
	else
		memset(out, 0, length);
}

struct span reader_span(struct reader *reader, size_t length)
{
	const unsigned char *bytes = reader_take(reader, length);

	return (struct span){.bytes = bytes, .length = bytes ? length : 0};
}

struct span reader_span16(struct reader *reader)
{
	return reader_span(reader, reader_u16(reader));
}

size_t reader_left(const struct reader *reader)
{
	return reader->failed ? 0 : (size_t)(reader->end - reader->next);
}

void reader_require(struct reader *reader, bool allowed)
{
	if (!allowed)
		reader->failed = true;
}

bool reader_done(const struct reader *reader)
{
	return !reader->failed && reader->next == reader->end;
}

void writer_init(struct writer *writer, void *bytes, size_t capacity)
{
	writer->start = bytes;
	writer->next = writer->start;
	/* Nothing may be added to NULL, not even 0. */
	writer->end = bytes ? writer->start + capacity : writer->start;
	writer->failed = false;
}

/* Room for LENGTH bytes, or NULL and a writer that stays failed. */
static unsigned char *writer_take(struct writer *writer, size_t length)
{
	if (writer->failed || length > (size_t)(writer->end - writer->next)) {
		writer->failed = true;
		return NULL;
	}
	unsigned char *bytes = writer->next;
	writer->next += length;
	return bytes;
}

static void writer_integer(struct writer *writer, uint64_t value, size_t size)
{
	unsigned char *bytes = writer_take(writer, size);

	if (!bytes)
		return;
	for (size_t i = size; i > 0; i--, value >>= 8)
		bytes[i - 1] = (unsigned char)(value & 0xff);
}

void writer_u8(struct writer *writer, uint8_t value)
{
	writer_integer(writer, value, 1);
}

void writer_u16(struct writer *writer, uint16_t value)
{
	writer_integer(writer, value, 2);
}

void writer_u32(struct writer *writer, uint32_t value)
{
	writer_integer(writer, value, 4);
}

void writer_u64(struct writer *writer, uint64_t value)
{
	writer_integer(writer, value, 8);
}

void writer_bytes(struct writer *writer, const void *bytes, size_t length)
{
	unsigned char *room = writer_take(writer, length);

	/* An empty span may have no address, which memcpy does not allow. */
	if (room && length > 0)
		memcpy(room, bytes, length);
}

void writer_zeros(struct writer *writer, size_t length)
{
	unsigned char *room = writer_take(writer, length);

	if (room)
		memset(room, 0, length);
}

void writer_span16(struct writer *writer, struct span span)
{
	/* Asked for as a whole, so that a length is never written without its bytes. */
	if (span.length > UINT16_MAX || span.length + 2 > writer_left(writer)) {
		writer->failed = true;
		return;
	}
	writer_u16(writer, (uint16_t)span.length);
	writer_bytes(writer, span.bytes, span.length);
}

size_t writer_length(const struct writer *writer)
{
	return (size_t)(writer->next - writer->start);
}

size_t writer_left(const struct writer *writer)
{
	return writer->failed ? 0 : (size_t)(writer->end - writer->next);
}
