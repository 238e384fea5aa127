/* Receives into a borrowed buffer, judges headers, and hands out whole frames. */
#include "input.h"

#include <stdlib.h>
#include <string.h>

/* Moves the first frame that was not taken to the start of the buffer. */
static void shift(struct input *input)
{
	memmove(input->bytes, input->bytes + input->start, input->end - input->start);
	input->judged -= input->start;
	input->end -= input->start;
	input->start = 0;
}

static enum status append(struct input *input, const unsigned char *bytes, size_t length)
{
	shift(input);
	unsigned char *longer = realloc(input->bytes, input->end + length);
	if (!longer)
		return STATUS_NO_MEMORY;
	memcpy(longer + input->end, bytes, length);
	input->bytes = longer;
	input->end += length;
	return STATUS_OK;
}

enum status input_receive(struct input *input, struct stream *stream, unsigned char *buffer, size_t capacity)
{
	size_t length;
	enum status status = stream_read(stream, buffer, capacity, &length);

	if (status != STATUS_OK)
		return status;
	if (input->kept)
		return append(input, buffer, length);
	*input = (struct input){.bytes = buffer, .end = length};
	return STATUS_OK;
}

static bool has_header(const struct input *input, size_t at)
{
	return at <= input->end && input->end - at >= FRAME_HEADER_SIZE;
}

enum status input_judge(struct input *input, enum frame_phase phase, struct frame *frame)
{
	if (!has_header(input, input->judged))
		return STATUS_WANT_READ;
	enum status status = frame_decode(input->bytes + input->judged, FRAME_FROM_CLIENT, phase, frame);
	if (status == STATUS_OK)
		input->judged += FRAME_HEADER_SIZE + frame->length;
	return status;
}

bool input_take(struct input *input, enum frame_phase phase, struct frame *frame, struct span *payload)
{
	if (input->start == input->judged || !has_header(input, input->start))
		return false;
	/* It was judged before. */
	if (frame_decode(input->bytes + input->start, FRAME_FROM_CLIENT, phase, frame) != STATUS_OK)
		return false;
	size_t body = input->start + FRAME_HEADER_SIZE;
	if (frame->length > input->end - body)
		return false;
	*payload = (struct span){.bytes = input->bytes + body, .length = frame->length};
	input->start = body + frame->length;
	return true;
}

bool input_is_empty(const struct input *input)
{
	return input->start == input->end;
}

bool input_is_partial(const struct input *input)
{
	return input->judged != input->end;
}

enum status input_end(struct input *input)
{
	size_t left = input->end - input->start;

	if (input_is_empty(input))
		input_release(input);
	if (left == 0 || input->kept)
		return STATUS_OK;
	unsigned char *copy = malloc(left);
	if (!copy)
		return STATUS_NO_MEMORY;
	memcpy(copy, input->bytes + input->start, left);
	*input = (struct input){.bytes = copy, .judged = input->judged - input->start, .end = left, .kept = true};
	return STATUS_OK;
}

size_t input_memory(const struct input *input)
{
	return input->kept ? input->end : 0;
}

void input_release(struct input *input)
{
	if (input->kept)
		free(input->bytes);
	*input = (struct input){.bytes = NULL};
}
