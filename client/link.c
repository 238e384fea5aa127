/* Speaks the frame layer with one server: numbers, window, patience, and where the bytes of a piece arrive. */
#include "link.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dial.h"
#include "patience.h"
#include "stream.h"
#include "text.h"

#define INPUT_SIZE (LINK_VIEW_MAX + 32768u)
#define OUTPUT_SIZE (FRAME_HEADER_SIZE + FRAME_REQUEST_MAX)
#define WINDOW_MAX 1024u /* requests that we keep unanswered, whatever a server offers */
#define FAREWELL (2 * CLOCK_SECOND) /* for the server's end of stream */

/*
 * What is asked of the socket beyond what is needed. Small frames come many at a time. Behind a large view only the
 * trailer and the next header may follow: what comes after belongs at the start of the buffer, and is not moved there.
 */
#define LARGE_VIEW 65536u
#define AFTER_LARGE_VIEW (DATA_TRAILER_SIZE + FRAME_HEADER_SIZE)

struct unanswered {
	uint16_t number;
	uint16_t length; /* bytes of the request's frame */
};

struct link {
	struct stream stream;
	struct link_options options;
	struct welcome welcome;
	enum frame_phase phase;
	int64_t handshake;
	int64_t deadline;
	uint64_t progress; /* of the oldest unanswered request */
	bool broken;
	char *peer;                     /* HOST:PORT, printable */
	char complaint[ERROR_TEXT_MAX]; /* what an ERROR with number 0 said, printable */
	unsigned retry_after_ms;
	bool complained;
	bool tls; /* the first bytes were a TLS record */

	unsigned char *input;
	size_t input_start, input_end;
	unsigned char output[OUTPUT_SIZE];
	size_t output_length;

	struct unanswered *ring; /* of welcome.window_requests places */
	unsigned ring_first, ring_count;
	uint32_t unanswered_bytes;
	uint16_t last_number;
};

/* --- Bytes --------------------------------------------------------------------------------------------------------- */

static enum status fail(struct link *link, enum status status)
{
	link->broken = true;
	return status == STATUS_END ? STATUS_LOST : status;
}

static void be_patient(struct link *link)
{
	link->deadline = clock_now() + link->options.timeout;
}

static enum status await(struct link *link, enum status wanted)
{
	short events = wanted == STATUS_WANT_READ ? POLLIN : POLLOUT;

	return patience_wait(link->stream.fd, events, link->options.stop_fd, link->deadline);
}

/* One read of at least a byte. */
static enum status receive_some(struct link *link, size_t capacity)
{
	for (;;) {
		size_t received;
		enum status status = stream_read(&link->stream, link->input + link->input_end, capacity, &received);
		if (status == STATUS_OK) {
			link->input_end += received;
			be_patient(link);
			return STATUS_OK;
		}
		if (status == STATUS_WANT_READ || status == STATUS_WANT_WRITE)
			status = await(link, status);
		if (status != STATUS_OK)
			return status;
	}
}

static void make_room(struct link *link, size_t needed)
{
	size_t have = link->input_end - link->input_start;

	if (have > 0 && INPUT_SIZE - link->input_start >= needed)
		return;
	memmove(link->input, link->input + link->input_start, have);
	link->input_start = 0;
	link->input_end = have;
}

/* Makes the next NEEDED bytes stand in one piece at input_start. */
static enum status fill(struct link *link, size_t needed)
{
	assert(needed <= INPUT_SIZE);
	if (link->input_end - link->input_start >= needed)
		return STATUS_OK;
	make_room(link, needed);
	enum status status = link_flush(link);
	while (status == STATUS_OK && link->input_end - link->input_start < needed) {
		size_t missing = needed - (link->input_end - link->input_start);
		size_t room = INPUT_SIZE - link->input_end;
		size_t wanted = needed > LARGE_VIEW ? missing + AFTER_LARGE_VIEW : room;
		status = receive_some(link, wanted < room ? wanted : room);
	}
	return status == STATUS_OK ? STATUS_OK : fail(link, status);
}

static struct span take(struct link *link, size_t length)
{
	struct span taken = {link->input + link->input_start, length};

	link->input_start += length;
	return taken;
}

/* --- Sending ------------------------------------------------------------------------------------------------------- */

enum status link_flush(struct link *link)
{
	size_t sent = 0;

	if (link->output_length > 0)
		be_patient(link);
	while (sent < link->output_length) {
		size_t written;
		enum status status = stream_write(&link->stream, link->output + sent, link->output_length - sent, STREAM_LAST, &written);
		if (status == STATUS_OK)
			sent += written;
		else if (status == STATUS_WANT_READ || status == STATUS_WANT_WRITE)
			status = await(link, status);
		/* Who hung up may have said why: that is for the next read to find. */
		if (status == STATUS_LOST)
			break;
		if (status != STATUS_OK)
			return fail(link, status);
	}
	link->output_length = 0;
	return STATUS_OK;
}

static enum status gather(struct link *link, const void *bytes, size_t length)
{
	assert(length <= OUTPUT_SIZE);
	if (link->output_length + length > OUTPUT_SIZE) {
		enum status status = link_flush(link);
		if (status != STATUS_OK)
			return status;
	}
	memcpy(link->output + link->output_length, bytes, length);
	link->output_length += length;
	return STATUS_OK;
}

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

unsigned link_unanswered(const struct link *link)
{
	return link->ring_count;
}

enum status link_send(struct link *link, const void *frame, size_t length)
{
	assert(!link->broken && link_window_requests(link) > 0 && link_window_bytes(link) >= length);
	unsigned place = (link->ring_first + link->ring_count) % link->welcome.window_requests;
	link->ring[place] = (struct unanswered){.number = link->last_number, .length = (uint16_t)length};
	link->ring_count++;
	link->unanswered_bytes += (uint32_t)length;
	return gather(link, frame, length);
}

/* --- Receiving ----------------------------------------------------------------------------------------------------- */

/* An ERROR with number 0 ends the connection. */
static enum status hear_complaint(struct link *link, struct span payload)
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

static enum status hear_progress(struct link *link, struct span payload, int64_t deadline_before)
{
	struct progress_report report;
	enum status status = progress_report_decode(payload, &report);

	if (status != STATUS_OK)
		return status;
	if (report.done <= link->progress)
		link->deadline = deadline_before;
	else
		link->progress = report.done;
	return STATUS_OK;
}

/* The next frame whatever it is; of DATA the header alone. */
static enum status receive_frame(struct link *link, struct frame *frame, struct span *payload)
{
	enum status status = fill(link, FRAME_HEADER_SIZE);

	if (status != STATUS_OK)
		return status;
	status = frame_decode(link->input + link->input_start, FRAME_FROM_SERVER, link->phase, frame);
	if (status != STATUS_OK)
		return fail(link, status);
	take(link, FRAME_HEADER_SIZE);
	*payload = (struct span){link->input + link->input_start, 0};
	if (frame->type == FRAME_DATA)
		return STATUS_OK;
	status = fill(link, frame->length);
	if (status == STATUS_OK)
		*payload = take(link, frame->length);
	return status;
}

enum status link_receive(struct link *link, struct frame *frame, struct span *payload)
{
	be_patient(link);
	for (;;) {
		int64_t deadline_before = link->deadline;
		enum status status = receive_frame(link, frame, payload);
		if (status != STATUS_OK)
			return status;
		if (frame->number == 0)
			return fail(link, hear_complaint(link, *payload));
		if (link->ring_count == 0 || frame->number != link->ring[link->ring_first].number)
			return fail(link, STATUS_PROTOCOL);
		if (frame->type != FRAME_PROGRESS)
			return STATUS_OK;
		status = hear_progress(link, *payload, deadline_before);
		if (status != STATUS_OK)
			return fail(link, status);
	}
}

enum status link_view(struct link *link, size_t length, struct span *bytes)
{
	assert(length <= LINK_VIEW_MAX);
	enum status status = fill(link, length);
	if (status == STATUS_OK)
		*bytes = take(link, length);
	return status;
}

enum status link_skip(struct link *link, size_t length)
{
	enum status status = STATUS_OK;
	struct span dropped;

	while (status == STATUS_OK && length > 0) {
		size_t chunk = length < LINK_VIEW_MAX ? length : LINK_VIEW_MAX;
		status = link_view(link, chunk, &dropped);
		length -= chunk;
	}
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

/* --- Opening and closing ------------------------------------------------------------------------------------------- */

static enum status send_hello(struct link *link)
{
	const struct hello hello = {PROTOCOL_VERSION, PROTOCOL_VERSION, PROTOCOL_FEATURES};
	unsigned char bytes[64];
	struct writer writer;

	writer_init(&writer, bytes, sizeof(bytes));
	hello_encode(&writer, &hello);
	return gather(link, bytes, writer_length(&writer));
}

static enum status accept_welcome(struct link *link, struct span payload)
{
	struct welcome welcome;
	enum status status = welcome_decode(payload, &welcome);

	if (status != STATUS_OK)
		return status;
	if (welcome.version != PROTOCOL_VERSION || welcome.features & ~PROTOCOL_FEATURES)
		return STATUS_PROTOCOL;
	if (welcome.window_requests > WINDOW_MAX)
		welcome.window_requests = WINDOW_MAX;
	link->ring = calloc(welcome.window_requests, sizeof(*link->ring));
	if (!link->ring)
		return STATUS_NO_MEMORY;
	link->welcome = welcome;
	link->phase = FRAME_OPEN;
	return STATUS_OK;
}

/* A TLS server answers what is no TLS with an alert. */
static bool looks_like_tls(const struct link *link)
{
	return link->input_end > 0 && (link->input[0] == 0x15 || link->input[0] == 0x16);
}

static enum status greet(struct link *link)
{
	struct frame frame;
	struct span payload;
	enum status status = send_hello(link);

	if (status != STATUS_OK)
		return status;
	be_patient(link);
	status = receive_frame(link, &frame, &payload);
	link->tls = looks_like_tls(link);
	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ERROR)
		return fail(link, hear_complaint(link, payload));
	status = accept_welcome(link, payload);
	return status == STATUS_OK ? STATUS_OK : fail(link, status);
}

static char *peer_text(const struct url *url)
{
	char *text;
	bool brackets = strchr(url->host, ':');

	return asprintf(&text, "%s%s%s:%u", brackets ? "[" : "", url->host, brackets ? "]" : "", url->port) < 0 ? NULL : text;
}

static enum status connect_link(struct link *link, const struct url *url, struct failure *failure)
{
	struct dialed dialed;
	enum status status = dial(url->host, url->port, &link->options, &dialed);

	if (status == STATUS_INTERRUPTED)
		failure_set(failure, FAILURE_NETWORK, status, "%s", link->peer);
	else if (status != STATUS_OK)
		failure_set(failure, FAILURE_NETWORK, status, "cannot connect to %s", link->peer);
	if (status != STATUS_OK)
		return status;
	stream_init(&link->stream, dialed.fd);
	link->handshake = dialed.handshake;
	status = greet(link);
	if (status != STATUS_OK)
		link_failure(link, status, failure);
	return status;
}

enum status link_open(const struct url *url, const struct link_options *options, struct link **link, struct failure *failure)
{
	struct link *made = calloc(1, sizeof(*made));

	if (made) {
		*made = (struct link){.options = *options, .phase = FRAME_GREETING};
		made->peer = peer_text(url);
		made->input = malloc(INPUT_SIZE);
	}
	if (!made || !made->peer || !made->input) {
		failure_set(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "cannot connect to %s", url->host);
		link_drop(made);
		return STATUS_NO_MEMORY;
	}
	enum status status = connect_link(made, url, failure);
	if (status == STATUS_OK)
		*link = made;
	else
		link_drop(made);
	return status;
}

/* Says GOODBYE and waits until the server has closed too, so that it is this side that keeps the TIME_WAIT. */
static void say_goodbye(struct link *link)
{
	unsigned char bytes[FRAME_HEADER_SIZE];
	struct writer writer;

	if (link->options.timeout > FAREWELL)
		link->options.timeout = FAREWELL;
	writer_init(&writer, bytes, sizeof(bytes));
	goodbye_encode(&writer);
	enum status status = gather(link, bytes, sizeof(bytes));
	if (status == STATUS_OK)
		status = link_flush(link);
	if (status == STATUS_OK)
		status = stream_shut(&link->stream);
	be_patient(link);
	link->input_start = link->input_end = 0;
	if (status == STATUS_OK)
		status = receive_some(link, INPUT_SIZE);
	/* STATUS_END is what it should be; whatever else comes concerns nobody any more. */
	(void)status;
}

void link_close(struct link *link)
{
	if (link && !link->broken && link->ring_count == 0)
		say_goodbye(link);
	link_drop(link);
}

void link_drop(struct link *link)
{
	if (!link)
		return;
	stream_close(&link->stream);
	free(link->ring);
	free(link->input);
	free(link->peer);
	free(link);
}

/* --- Explaining ---------------------------------------------------------------------------------------------------- */

void link_failure(const struct link *link, enum status status, struct failure *failure)
{
	if (link->complained && link->complaint[0])
		failure_set(failure, FAILURE_SERVER, status, "%s says \"%s\"", link->peer, link->complaint);
	else if (link->complained)
		failure_set(failure, FAILURE_SERVER, status, "%s ended the connection", link->peer);
	else if (status == STATUS_PROTOCOL && link->tls)
		failure_set(failure, FAILURE_NETWORK, status, "%s speaks TLS: its URL begins with ferrys://", link->peer);
	else if (status == STATUS_PROTOCOL && link->phase == FRAME_GREETING)
		failure_set(failure, FAILURE_NETWORK, status, "%s does not speak the ferry protocol", link->peer);
	else if (status == STATUS_PROTOCOL)
		failure_set(failure, FAILURE_NETWORK, status, "%s broke the ferry protocol", link->peer);
	else
		failure_set(failure, FAILURE_NETWORK, status, "%s", link->peer);
	failure->retry_after_ms = link->retry_after_ms;
}

/* What the server said, where that is more than we say ourselves. */
static const char *words_of(const struct error *error, enum status status, char said[ERROR_TEXT_MAX])
{
	text_escape(said, ERROR_TEXT_MAX, error->text);
	return status == STATUS_NOT_FOUND || strcmp(said, status_text(status)) == 0 ? "" : said;
}

enum status link_error(struct link *link, struct span payload, const struct url *url, struct span below, struct failure *failure)
{
	struct error error;
	char said[ERROR_TEXT_MAX];

	if (error_decode(payload, &error) != STATUS_OK || error_status_of(error.code) == STATUS_PROTOCOL) {
		link_failure(link, STATUS_PROTOCOL, failure);
		return fail(link, STATUS_PROTOCOL);
	}
	enum status status = error_status_of(error.code);
	char *name = url_text(url, below);
	const char *words = words_of(&error, status, said);
	failure_set(failure, FAILURE_SERVER, status, "%.300s%s%.200s%s", name ? name : link->peer, *words ? " (" : "", words,
		*words ? ")" : "");
	failure->retry_after_ms = error.retry_after_ms;
	free(name);
	return status;
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
