/* Opens a link with the greeting, closes it with a farewell, and explains what went wrong on it. */
#include "link.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dial.h"
#include "link_state.h"
#include "text.h"

#define WINDOW_MAX 1024u /* unanswered requests, at most, whatever a server offers */
#define FAREWELL (2 * CLOCK_SECOND) /* how long we wait for the server's end of stream */

static enum status send_hello(struct link *link)
{
	const struct hello hello = {PROTOCOL_VERSION, PROTOCOL_VERSION, PROTOCOL_FEATURES};
	unsigned char bytes[64];
	struct writer writer;

	writer_init(&writer, bytes, sizeof(bytes));
	hello_encode(&writer, &hello);
	return link_gather(link, bytes, writer_length(&writer));
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

/* The first frame of a ferry server begins with a zero; a TLS server answers our HELLO with an alert. */
static enum status check_first_byte(struct link *link)
{
	enum status status = link_fill(link, 1);

	if (status != STATUS_OK)
		return status;
	link->tls = link->input[0] == 0x15 || link->input[0] == 0x16;
	return link->input[0] == 0 ? STATUS_OK : link_fail(link, STATUS_PROTOCOL);
}

static enum status greet(struct link *link)
{
	struct frame frame;
	struct span payload;
	enum status status = send_hello(link);

	if (status != STATUS_OK)
		return status;
	link_be_patient(link);
	status = check_first_byte(link);
	if (status == STATUS_OK)
		status = link_receive_frame(link, &frame, &payload);
	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ERROR)
		return link_fail(link, link_handle_complaint(link, payload));
	status = accept_welcome(link, payload);
	return status == STATUS_OK ? STATUS_OK : link_fail(link, status);
}

static char *peer_text(const struct url *url)
{
	char *text;
	bool brackets = strchr(url->host, ':');

	return asprintf(&text, "%s%s%s:%u", brackets ? "[" : "", url->host, brackets ? "]" : "", url->port) < 0 ? NULL : text;
}

static enum status dial_link(struct link *link, const struct url *url, struct failure *failure)
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
	return link_secure(link, url, failure);
}

static enum status connect_link(struct link *link, const struct url *url, struct failure *failure)
{
	enum status status = dial_link(link, url, failure);

	/* The user took a while to decide: the server may have hung up. */
	if (status == STATUS_CHANGED) {
		stream_close(&link->stream);
		status = dial_link(link, url, failure);
	}
	if (status != STATUS_OK)
		return status;
	status = greet(link);
	if (status != STATUS_OK) {
		link_failure(link, status, failure);
		return status;
	}
	return link_show_token(link, url, failure);
}

enum status link_open(const struct url *url, const struct link_options *options, struct link **link, struct failure *failure)
{
	struct link *made = calloc(1, sizeof(*made));

	if (made) {
		*made = (struct link){.options = *options, .phase = FRAME_GREETING};
		made->peer = peer_text(url);
		made->input = malloc(LINK_INPUT_SIZE);
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

static enum status say_goodbye(struct link *link)
{
	unsigned char bytes[FRAME_HEADER_SIZE];
	struct writer writer;

	if (link->options.timeout > FAREWELL)
		link->options.timeout = FAREWELL;
	writer_init(&writer, bytes, sizeof(bytes));
	goodbye_encode(&writer);
	enum status status = link_gather(link, bytes, sizeof(bytes));
	if (status == STATUS_OK)
		status = link_flush(link);
	return status == STATUS_OK ? stream_shut(&link->stream) : status;
}

void link_part(struct link *link)
{
	enum status status = say_goodbye(link);

	/* If it does not arrive, the caller sees that on the socket. */
	(void)status;
}

/* Waits until the server has closed too, so that TIME_WAIT stays on this side. */
static void await_end(struct link *link)
{
	enum status status = say_goodbye(link);

	link_be_patient(link);
	link->input_start = link->input_end = 0;
	if (status == STATUS_OK)
		status = link_receive_some(link, LINK_INPUT_SIZE);
	/* It should be STATUS_END; anything else does not matter any more. */
	(void)status;
}

void link_close(struct link *link)
{
	if (link && !link->broken && link->ring_count == 0)
		await_end(link);
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

/* The server's words, unless they only repeat our own text for STATUS. */
static const char *words_of(const struct error *error, enum status status, char said[ERROR_TEXT_MAX])
{
	text_escape(said, ERROR_TEXT_MAX, error->text);
	return strcmp(said, status_text(status)) == 0 ? "" : said;
}

enum status link_error(struct link *link, struct span payload, const struct url *url, struct span below, struct failure *failure)
{
	struct error error;
	char said[ERROR_TEXT_MAX];

	if (error_decode(payload, &error) != STATUS_OK || error_status_of(error.code) == STATUS_PROTOCOL) {
		link_failure(link, STATUS_PROTOCOL, failure);
		return link_fail(link, STATUS_PROTOCOL);
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
