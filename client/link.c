/* Speaks the frame layer with one server: numbers, window, patience. */
#include "link.h"

#include <assert.h>
#include <string.h>

#include "clock.h"
#include "link_state.h"
#include "text.h"

uint16_t link_number(struct link *link)
{
	link->last_number = frame_next_number(link->last_number);
	return link->last_number;
}

unsigned link_window_requests(const struct link *link)
{
	return link->welcome.window_requests - link->ring_count;
}

uint32_t link_window_bytes(const struct link *link)
{
	return link->welcome.window_bytes - link->unanswered_bytes;
}

bool link_has_room(const struct link *link)
{
	return link_window_requests(link) > 0 && link_window_bytes(link) >= FRAME_REQUEST_SIZE;
}

enum status link_send(struct link *link, const void *frame, size_t length)
{
	assert(!link->broken && link_window_requests(link) > 0 && link_window_bytes(link) >= length);
	unsigned place = (link->ring_first + link->ring_count) % link->welcome.window_requests;
	link->ring[place] = (struct unanswered){.number = link->last_number, .length = (uint16_t)length};
	link->ring_count++;
	link->unanswered_bytes += (uint32_t)length;
	return link_gather(link, frame, length);
}

enum status link_handle_complaint(struct link *link, struct span payload)
{
	struct error error;
	enum status status = error_decode(payload, &error);

	if (status != STATUS_OK)
		return status;
	text_escape(link->complaint, sizeof(link->complaint), error.text);
	link->complained = true;
	link->retry_after_ms = error.retry_after_ms;
	return error_status_of(error.code);
}

/* PROGRESS without progress is as good as silence, even when the reports come so fast that we never wait for one. */
static enum status handle_progress(struct link *link, struct span payload, int64_t deadline_before)
{
	struct progress_report report;
	enum status status = progress_report_decode(payload, &report);

	if (status != STATUS_OK)
		return status;
	if (report.done > link->progress) {
		link->progress = report.done;
		return STATUS_OK;
	}
	link->deadline = deadline_before;
	return clock_now() < deadline_before ? STATUS_OK : STATUS_TIMEOUT;
}

enum status link_receive_frame(struct link *link, struct frame *frame, struct span *payload)
{
	enum status status = link_fill(link, FRAME_HEADER_SIZE);

	if (status != STATUS_OK)
		return status;
	status = frame_decode(link->input + link->input_start, FRAME_FROM_SERVER, link->phase, frame);
	if (status != STATUS_OK)
		return link_fail(link, status);
	link_take(link, FRAME_HEADER_SIZE);
	*payload = (struct span){link->input + link->input_start, 0};
	if (frame->type == FRAME_DATA)
		return STATUS_OK;
	status = link_fill(link, frame->length);
	if (status == STATUS_OK)
		*payload = link_take(link, frame->length);
	return status;
}

enum status link_receive(struct link *link, struct frame *frame, struct span *payload)
{
	link_be_patient(link);
	for (;;) {
		int64_t deadline_before = link->deadline;
		enum status status = link_receive_frame(link, frame, payload);
		if (status != STATUS_OK)
			return status;
		if (frame->number == 0)
			return link_fail(link, link_handle_complaint(link, *payload));
		if (link->ring_count == 0 || frame->number != link->ring[link->ring_first].number)
			return link_fail(link, STATUS_PROTOCOL);
		if (frame->type != FRAME_PROGRESS)
			return STATUS_OK;
		status = handle_progress(link, *payload, deadline_before);
		if (status != STATUS_OK)
			return link_fail(link, status);
	}
}

enum status link_view(struct link *link, size_t length, struct span *bytes)
{
	assert(length <= LINK_VIEW_MAX);
	enum status status = link_fill(link, length);
	if (status == STATUS_OK)
		*bytes = link_take(link, length);
	return status;
}

void link_answered(struct link *link)
{
	assert(link->ring_count > 0);
	link->unanswered_bytes -= link->ring[link->ring_first].length;
	link->ring_first = (link->ring_first + 1) % link->welcome.window_requests;
	link->ring_count--;
	link->progress = 0;
}

bool link_is_broken(const struct link *link)
{
	return link->broken;
}

int link_fd(const struct link *link)
{
	return link->stream.fd;
}

int64_t link_handshake(const struct link *link)
{
	return link->handshake;
}

const struct welcome *link_welcome(const struct link *link)
{
	return &link->welcome;
}
