/* Moves the bytes of a link: into one buffer where pieces are hashed, and out of one where requests are gathered. */
#include "link_state.h"

#include <assert.h>
#include <poll.h>
#include <string.h>

#include "clock.h"
#include "limit.h"
#include "patience.h"

/*
 * How far a read goes beyond the bytes that are needed. For small frames as far as there is room: many come at a time. For a large
 * view only to the trailer and the next header behind it: the view after that belongs at the start of the buffer, and is received
 * there instead of being moved.
 */
#define LARGE_VIEW 65536u
#define AFTER_LARGE_VIEW (DATA_TRAILER_SIZE + FRAME_HEADER_SIZE)

enum status link_fail(struct link *link, enum status status)
{
	link->broken = true;
	return status == STATUS_END ? STATUS_LOST : status;
}

void link_be_patient(struct link *link)
{
	link->deadline = clock_now() + link->options.timeout;
}

enum status link_await(struct link *link, enum status wanted)
{
	short events = wanted == STATUS_WANT_READ ? POLLIN : POLLOUT;

	return patience_wait(link->stream.fd, events, link->options.stop_fd, link->deadline);
}

/* Waits for bytes first, then for their turn: a link without bytes must not hold back the others. */
static enum status take_turn(struct link *link, size_t wanted, size_t *granted)
{
	enum status status = stream_has_input(&link->stream) ? STATUS_OK : link_await(link, STATUS_WANT_READ);

	return status == STATUS_OK ? limit_take(link->options.limit, wanted, link->options.stop_fd, granted) : status;
}

/* One read, within the limit if there is one. */
static enum status read_some(struct link *link, size_t capacity, size_t *received)
{
	size_t granted = capacity;
	enum status status = link->options.limit ? take_turn(link, capacity, &granted) : STATUS_OK;

	if (status != STATUS_OK)
		return status;
	status = stream_read(&link->stream, link->input + link->input_end, granted, received);
	if (link->options.limit)
		limit_give_back(link->options.limit, status == STATUS_OK ? granted - *received : granted);
	return status;
}

enum status link_receive_some(struct link *link, size_t capacity)
{
	for (;;) {
		size_t received;
		enum status status = read_some(link, capacity, &received);
		if (status == STATUS_OK) {
			link->input_end += received;
			link_be_patient(link);
			return STATUS_OK;
		}
		if (status == STATUS_WANT_READ || status == STATUS_WANT_WRITE)
			status = link_await(link, status);
		if (status != STATUS_OK)
			return status;
	}
}

static void make_room(struct link *link, size_t needed)
{
	size_t have = link->input_end - link->input_start;

	if (have > 0 && LINK_INPUT_SIZE - link->input_start >= needed)
		return;
	memmove(link->input, link->input + link->input_start, have);
	link->input_start = 0;
	link->input_end = have;
}

enum status link_fill(struct link *link, size_t needed)
{
	assert(needed <= LINK_INPUT_SIZE);
	if (link->input_end - link->input_start >= needed)
		return STATUS_OK;
	make_room(link, needed);
	enum status status = link_flush(link);
	while (status == STATUS_OK && link->input_end - link->input_start < needed) {
		size_t missing = needed - (link->input_end - link->input_start);
		size_t room = LINK_INPUT_SIZE - link->input_end;
		size_t wanted = needed > LARGE_VIEW ? missing + AFTER_LARGE_VIEW : room;
		status = link_receive_some(link, wanted < room ? wanted : room);
	}
	return status == STATUS_OK ? STATUS_OK : link_fail(link, status);
}

struct span link_take(struct link *link, size_t length)
{
	struct span taken = {link->input + link->input_start, length};

	link->input_start += length;
	return taken;
}

enum status link_flush(struct link *link)
{
	size_t sent = 0;

	if (link->output_length > 0)
		link_be_patient(link);
	while (sent < link->output_length) {
		size_t written;
		enum status status = stream_write(&link->stream, link->output + sent, link->output_length - sent, STREAM_LAST, &written);
		if (status == STATUS_OK)
			sent += written;
		else if (status == STATUS_WANT_READ || status == STATUS_WANT_WRITE)
			status = link_await(link, status);
		/* The server has hung up: maybe it said why before, which the next read will find. */
		if (status == STATUS_LOST)
			break;
		if (status != STATUS_OK)
			return link_fail(link, status);
	}
	link->output_length = 0;
	return STATUS_OK;
}

enum status link_gather(struct link *link, const void *bytes, size_t length)
{
	assert(length <= LINK_OUTPUT_SIZE);
	if (link->output_length + length > LINK_OUTPUT_SIZE) {
		enum status status = link_flush(link);
		if (status != STATUS_OK)
			return status;
	}
	memcpy(link->output + link->output_length, bytes, length);
	link->output_length += length;
	return STATUS_OK;
}
