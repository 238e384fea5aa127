/* Sends a request, receives its answer, and turns anything that goes wrong into a failure. */
#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "path.h"
#include "text.h"
#include "trust.h"

#define SHOWN_SIZE 320

/* Trust is needed only until the link is open. */
static enum status open_link(const struct url *url, const struct options *options, struct link **link, struct failure *failure)
{
	const struct trust_options trust_options = {.pin = options->pin, .ca = options->ca, .token_file = options->token_file};
	struct link_options link_options = {.timeout = options->timeout, .congestion = options->congestion, .stop_fd = -1};
	enum status status = trust_open(&trust_options, &link_options.trust, failure);

	if (status != STATUS_OK)
		return status;
	status = link_open(url, &link_options, link, failure);
	trust_close(link_options.trust);
	return status;
}

enum status exchange_open(const char *text, const struct options *options, struct url *url, struct link **link,
	struct failure *failure)
{
	char shown[SHOWN_SIZE];
	const char *problem;
	enum status status = options_url(options, text, url, &problem);

	if (status != STATUS_OK) {
		text_escape(shown, sizeof shown, span_of(text));
		failure_set(failure, status == STATUS_INVALID ? FAILURE_USAGE : FAILURE_LOCAL, status, "%s: %s", shown, problem);
		return status;
	}
	status = open_link(url, options, link, failure);
	if (status != STATUS_OK)
		url_release(url);
	return status;
}

void exchange_begin(struct exchange_request *request)
{
	writer_init(&request->writer, request->bytes, sizeof request->bytes);
}

static enum status explain(struct link *link, enum status status, struct failure *failure)
{
	link_failure(link, status, failure);
	/* STATUS_REFUSED is kept for answers of a server whose link is whole. */
	return status == STATUS_REFUSED ? STATUS_LOST : status;
}

enum status exchange_send(struct link *link, const struct exchange_request *request, struct failure *failure)
{
	enum status status = link_send(link, request->bytes, writer_length(&request->writer));

	return status == STATUS_OK ? STATUS_OK : explain(link, status, failure);
}

enum status exchange_misfit(struct link *link, struct failure *failure)
{
	return explain(link, STATUS_PROTOCOL, failure);
}

enum status exchange_receive(struct link *link, const struct url *url, struct span below, struct frame *frame,
	struct span *payload, struct failure *failure)
{
	enum status status = link_receive(link, frame, payload);

	if (status != STATUS_OK)
		return explain(link, status, failure);
	if (frame->type != FRAME_ERROR)
		return STATUS_OK;
	link_answered(link);
	return link_error(link, *payload, url, below, failure) == STATUS_PROTOCOL ? STATUS_PROTOCOL : STATUS_REFUSED;
}

/* The same failure as a listing of that URL gives. */
static enum status refuse_contents(const struct url *url, struct failure *failure)
{
	char *name = url_text(url, span_of(""));

	failure_set(failure, FAILURE_SERVER, STATUS_NOT_FOLDER, "%.400s", name ? name : url->host);
	free(name);
	return STATUS_REFUSED;
}

enum status exchange_stat(struct link *link, const struct url *url, struct file *file, struct failure *failure)
{
	const struct stat_request stat = {span_of(url->path)};
	struct exchange_request request;
	struct frame frame;
	struct span payload;

	exchange_begin(&request);
	stat_request_encode(&request.writer, link_number(link), &stat);
	enum status status = exchange_send(link, &request, failure);
	if (status == STATUS_OK)
		status = exchange_receive(link, url, span_of(""), &frame, &payload, failure);
	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_FILE || file_decode(payload, file) != STATUS_OK)
		return exchange_misfit(link, failure);
	link_answered(link);
	return url->contents && file->kind == ENTRY_FILE ? refuse_contents(url, failure) : STATUS_OK;
}

/* A file of one piece has that piece's digest for its root. */
static enum status take_piece(struct link *link, struct span payload, struct file *file, struct failure *failure)
{
	struct pieces pieces;

	if (pieces_decode(payload, &pieces) != STATUS_OK || pieces.first != 0 || pieces.count != 1)
		return exchange_misfit(link, failure);
	if (piece_count(file->size) > 1)
		return STATUS_OK;
	memcpy(file->root.bytes, pieces.digests, sizeof file->root.bytes);
	file->root_known = true;
	return STATUS_OK;
}

static enum status take_file(struct link *link, struct span payload, struct file *file, struct failure *failure)
{
	struct file again;

	if (file_decode(payload, &again) != STATUS_OK || again.kind != ENTRY_FILE || again.size != file->size ||
		!version_equal(&again.version, &file->version))
		return exchange_misfit(link, failure);
	file->root_known = again.root_known;
	file->root = again.root;
	return STATUS_OK;
}

static enum status take_done(struct link *link, struct span payload, struct file *file, struct failure *failure)
{
	struct done done;

	(void)file;
	if (done_decode(payload, &done) != STATUS_OK || done.count != 1)
		return exchange_misfit(link, failure);
	link_answered(link);
	return STATUS_OK;
}

enum status exchange_root(struct link *link, const struct url *url, struct file *file, struct failure *failure)
{
	const struct pieces_request digests = {.path = span_of(url->path), .version = file->version, .count = 1};
	/* The frames of the answer, in their order. */
	static const struct {
		uint8_t type;
		enum status (*take)(struct link *link, struct span payload, struct file *file, struct failure *failure);
	} parts[] = {{FRAME_FILE, take_file}, {FRAME_PIECES, take_piece}, {FRAME_DONE, take_done}};
	struct exchange_request request;
	struct frame frame;
	struct span payload;

	exchange_begin(&request);
	digests_request_encode(&request.writer, link_number(link), &digests);
	enum status status = exchange_send(link, &request, failure);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0] && status == STATUS_OK; i++) {
		status = exchange_receive(link, url, span_of(""), &frame, &payload, failure);
		if (status == STATUS_OK && frame.type != parts[i].type)
			status = exchange_misfit(link, failure);
		else if (status == STATUS_OK)
			status = parts[i].take(link, payload, file, failure);
	}
	return status;
}
