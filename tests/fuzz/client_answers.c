/* Fuzzes what a server answers: the client asks for attributes, a listing and pieces, and hears the input. */
#include "scripted_dial.h"

#include "clock.h"
#include "exchange.h"
#include "folder_listing.h"
#include "link.h"
#include "link_state.h"
#include "path.h"

enum ask {
	ASK_NOTHING,
	ASK_STAT,
	ASK_LIST,
	ASK_READ,
};
#define ASKS_MAX 3       /* two bits each of the first byte */
#define RECURSIVE 0x40u

/* It goes to terminals as it is. */
static void check_failure(const struct failure *failure)
{
	CHECK(failure->code != EXIT_OK && *failure->text);
	for (const char *next = failure->text; *next; next++)
		CHECK((unsigned char)*next >= ' ' && *next != 0x7f);
}

static enum status take_data(struct link *link, uint32_t length, struct failure *failure)
{
	struct span bytes;
	struct data_trailer trailer;

	for (uint32_t left = length - DATA_TRAILER_SIZE; left > 0; left -= (uint32_t)bytes.length) {
		enum status status = link_view(link, left < LINK_VIEW_MAX ? left : LINK_VIEW_MAX, &bytes);
		if (status != STATUS_OK) {
			link_failure(link, status, failure);
			return status;
		}
		CHECK(bytes.length > 0 && bytes.length <= left);
	}
	enum status status = link_view(link, DATA_TRAILER_SIZE, &bytes);
	if (status != STATUS_OK)
		link_failure(link, status, failure);
	else if (data_trailer_decode(bytes.bytes, &trailer) != STATUS_OK)
		return exchange_misfit(link, failure);
	return status;
}

static enum status ask_read(struct link *link, const struct url *url, struct failure *failure)
{
	const struct pieces_request read = {.path = span_of(url->path), .first = 0, .count = 1};
	struct exchange_request request;
	struct frame frame = {.type = FRAME_FILE};
	struct span payload;
	struct file file;

	exchange_begin(&request);
	read_request_encode(&request.writer, link_number(link), &read);
	enum status status = exchange_send(link, &request, failure);
	if (status == STATUS_OK)
		status = exchange_receive(link, url, span_of(""), &frame, &payload, failure);
	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_FILE || file_decode(payload, &file) != STATUS_OK)
		return exchange_misfit(link, failure);
	status = exchange_receive(link, url, span_of(""), &frame, &payload, failure);
	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_DATA)
		return exchange_misfit(link, failure);
	status = take_data(link, frame.length, failure);
	if (status == STATUS_OK)
		link_answered(link);
	return status;
}

static enum status ask_list(struct link *link, const struct url *url, bool recursive, struct failure *failure)
{
	struct folder_listing listing;
	struct failure reason;
	struct entry entry;
	char path[PATH_LENGTH_MAX + 1];
	enum status status = folder_listing_start(&listing, link, url, recursive, failure);

	while (status == STATUS_OK && (status = folder_listing_next(&listing, &entry, failure)) == STATUS_OK) {
		CHECK(path_check(entry.name) == STATUS_OK && (recursive || path_depth(entry.name) <= 1));
		CHECK(entry.name.length > 0 || entry.kind == ENTRY_UNREADABLE);
		CHECK(path_join(path, span_of(url->path), entry.name) == STATUS_OK);
		if (entry.kind == ENTRY_UNREADABLE) {
			folder_listing_explain(&listing, &entry, &reason);
			check_failure(&reason);
		}
	}
	return status == STATUS_END ? STATUS_OK : status;
}

static enum status ask(enum ask what, bool recursive, struct link *link, const struct url *url, struct failure *failure)
{
	struct file file;

	switch (what) {
	case ASK_STAT:
		return exchange_stat(link, url, &file, failure);
	case ASK_LIST:
		return ask_list(link, url, recursive, failure);
	case ASK_READ:
		return ask_read(link, url, failure);
	default:
		return STATUS_OK;
	}
}

/* STATUS_REFUSED leaves the link whole: the next question may follow. */
static void converse(unsigned asks, struct link *link, const struct url *url)
{
	enum status status = STATUS_OK;
	struct failure failure;

	for (int i = 0; i < ASKS_MAX && (status == STATUS_OK || status == STATUS_REFUSED); i++) {
		status = ask((enum ask)(asks >> 2 * i & 3), asks & RECURSIVE, link, url, &failure);
		if (status != STATUS_OK)
			check_failure(&failure);
	}
	if (status == STATUS_OK || status == STATUS_REFUSED)
		CHECK(link_window_requests(link) == link_welcome(link)->window_requests);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const struct link_options options = {.timeout = 10 * CLOCK_SECOND, .stop_fd = -1};
	static char host[] = "server", path[] = "folder/file";
	struct url url = {.host = host, .port = 1, .path = path};
	struct failure failure;
	struct link *link;

	if (length == 0)
		return 0;
	script_begin(bytes + 1, length - 1);
	if (link_open(&url, &options, &link, &failure) == STATUS_OK) {
		converse(bytes[0], link, &url);
		link_close(link);
	} else {
		check_failure(&failure);
	}
	script_end();
	return 0;
}
