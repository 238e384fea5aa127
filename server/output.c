/* Packs answers, sends them with the ranges of files behind them, and keeps unsent bytes. */
#include "output.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Read and written at once where the stream cannot send from a file. */
#define COPY_MAX 65536u

void output_init(struct output *output, struct stream *stream)
{
	*output = (struct output){.stream = stream, .file = -1};
}

void output_release(struct output *output)
{
	free(output->kept);
	output->kept = NULL;
}

void output_begin(struct output *output, unsigned char *buffer)
{
	writer_init(&output->writer, buffer, OUTPUT_CAPACITY);
	output->turn_sent = 0;
}

/* Bytes, kept or written, that come before the range. */
static struct span waiting(const struct output *output)
{
	const unsigned char *bytes = output->kept ? output->kept : output->writer.start;
	size_t length = output->kept ? output->kept_length : writer_length(&output->writer);

	/* Between two turns there is no buffer, and nothing may be added to NULL. */
	return (struct span){.bytes = bytes ? bytes + output->sent : NULL, .length = length - output->sent};
}

bool output_ready(const struct output *output)
{
	return !output->kept && output->file_left == 0 && writer_length(&output->writer) < OUTPUT_PACKED;
}

struct writer *output_writer(struct output *output)
{
	return &output->writer;
}

void output_file_bytes(struct output *output, const void *bytes, size_t length)
{
	writer_bytes(&output->writer, bytes, length);
	output->file_bytes += length;
}

void output_file(struct output *output, int file, uint64_t offset, uint64_t length)
{
	output->file = file;
	output->file_offset = (off_t)offset;
	output->file_left = length;
	output->file_status = STATUS_OK;
}

enum status output_file_status(const struct output *output)
{
	return output->file_status;
}

static void advance(struct output *output, size_t length)
{
	output->handed += length;
	output->turn_sent += length;
}

/* All that came before the range is gone: the next bytes go to the start of the worker's buffer. */
static void start_anew(struct output *output)
{
	free(output->kept);
	output->kept = NULL;
	output->sent = 0;
	writer_init(&output->writer, output->writer.start, OUTPUT_CAPACITY);
}

void output_unsay(struct output *output)
{
	assert(output->file_left == 0);
	start_anew(output);
}

static enum status send_bytes(struct output *output, struct span bytes)
{
	/* The kernel may hold back only bytes that a range follows at once; a quantum must not end in between. */
	bool more = output->file_left > 0 && output->turn_sent + bytes.length < OUTPUT_QUANTUM;
	size_t written;
	enum status status = stream_write(output->stream, bytes.bytes, bytes.length, more ? STREAM_MORE : STREAM_LAST, &written);

	if (status != STATUS_OK)
		return status;
	advance(output, written);
	output->sent += written;
	if (written == bytes.length)
		start_anew(output);
	return STATUS_OK;
}

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

static void read_into_writer(struct output *output)
{
	struct writer *writer = &output->writer;
	size_t wanted = smaller(output->file_left, COPY_MAX);
	ssize_t length;

	do
		length = pread(output->file, writer->next, wanted, output->file_offset);
	while (length < 0 && errno == EINTR);
	if (length <= 0) {
		output->file_status = length < 0 ? status_from_errno(errno) : STATUS_END;
		return;
	}
	writer->next += length;
	output->file_offset += length;
	output->file_left -= (uint64_t)length;
	output->file_bytes += (uint64_t)length;
}

/* Moves a part of the range into the buffer: bytes or, when the file has failed, zeros. */
static void copy_file(struct output *output)
{
	assert(!output->kept && writer_length(&output->writer) == 0);
	if (output->file_status == STATUS_OK)
		read_into_writer(output);
	if (output->file_status == STATUS_OK)
		return;
	size_t zeros = smaller(output->file_left, COPY_MAX);
	writer_zeros(&output->writer, zeros);
	output->file_left -= zeros;
}

static enum status send_range(struct output *output)
{
	size_t length = smaller(output->file_left, OUTPUT_QUANTUM - output->turn_sent);
	size_t sent;
	enum status status = stream_send_file(output->stream, output->file, &output->file_offset, length, &sent);

	if (status != STATUS_OK)
		return status;
	advance(output, sent);
	output->file_left -= sent;
	output->file_bytes += sent;
	return STATUS_OK;
}

static enum status send_file(struct output *output)
{
	enum status status = STATUS_UNSUPPORTED;

	if (output->file_status == STATUS_OK && !output->copies_file)
		status = send_range(output);
	switch (status) {
	case STATUS_UNSUPPORTED:
		/* Either this stream or only this file cannot; copying costs too little to tell them apart. */
		output->copies_file |= output->file_status == STATUS_OK;
		copy_file(output);
		return STATUS_OK;
	case STATUS_OK:
	case STATUS_WANT_READ:
	case STATUS_WANT_WRITE:
	case STATUS_LOST:
		return status;
	default:
		output->file_status = status;
		return STATUS_OK;
	}
}

enum status output_send(struct output *output)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK) {
		struct span bytes = waiting(output);
		if (bytes.length == 0 && output->file_left == 0)
			return STATUS_OK;
		if (output->turn_sent >= OUTPUT_QUANTUM)
			return STATUS_BUSY;
		status = bytes.length > 0 ? send_bytes(output, bytes) : send_file(output);
	}
	return status;
}

enum status output_end(struct output *output)
{
	struct span left = waiting(output);

	if (!output->kept && left.length > 0) {
		output->kept = malloc(left.length);
		if (!output->kept)
			return STATUS_NO_MEMORY;
		memcpy(output->kept, left.bytes, left.length);
		output->kept_length = left.length;
		output->sent = 0;
	}
	/* The buffer goes back to the worker. */
	writer_init(&output->writer, NULL, 0);
	return STATUS_OK;
}

bool output_is_pending(const struct output *output)
{
	return waiting(output).length > 0 || output->file_left > 0;
}

uint64_t output_position(const struct output *output)
{
	return output->handed + waiting(output).length + output->file_left;
}

uint64_t output_handed(const struct output *output)
{
	return output->handed;
}

size_t output_memory(const struct output *output)
{
	return output->kept ? output->kept_length : 0;
}
