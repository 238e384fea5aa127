/* Takes a listing apart into entries, and refuses those that no honest server sends. */
#include "folder_listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "path.h"

enum status folder_listing_start(struct folder_listing *listing, struct link *link, const struct url *url, bool recursive,
	struct failure *failure)
{
	const struct list_request list = {.path = span_of(url->path), .recursive = recursive};
	struct exchange_request request;

	*listing = (struct folder_listing){.link = link, .url = url, .recursive = recursive};
	reader_init(&listing->entries, "", 0);
	exchange_begin(&request);
	list_request_encode(&request.writer, link_number(link), &list);
	return exchange_send(link, &request, failure);
}

bool folder_listing_waits(const struct folder_listing *listing)
{
	return reader_left(&listing->entries) == 0;
}

/* The empty name is that of the listed folder itself, when it is unreadable. */
static bool legal(const struct folder_listing *listing, struct span name)
{
	char path[PATH_LENGTH_MAX + 1];

	if (name.length == 0)
		return true;
	if (!listing->recursive && memchr(name.bytes, '/', name.length))
		return false;
	return path_join(path, span_of(listing->url->path), name) == STATUS_OK && path_check(span_of(path)) == STATUS_OK;
}

static enum status finish(struct folder_listing *listing, struct span payload, struct failure *failure)
{
	struct done done;

	if (done_decode(payload, &done) != STATUS_OK || done.count != listing->count)
		return exchange_misfit(listing->link, failure);
	link_answered(listing->link);
	return STATUS_END;
}

/* The next ENTRIES or, by STATUS_END, the end. */
static enum status receive(struct folder_listing *listing, struct failure *failure)
{
	struct frame frame;
	struct span payload;
	enum status status = exchange_receive(listing->link, listing->url, span_of(""), &frame, &payload, failure);

	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_DONE)
		return finish(listing, payload, failure);
	if (frame.type != FRAME_ENTRIES)
		return exchange_misfit(listing->link, failure);
	reader_init(&listing->entries, payload.bytes, payload.length);
	return STATUS_OK;
}

enum status folder_listing_next(struct folder_listing *listing, struct entry *entry, struct failure *failure)
{
	if (folder_listing_waits(listing)) {
		enum status status = receive(listing, failure);
		if (status != STATUS_OK)
			return status;
	}
	if (entry_decode(&listing->entries, entry) != STATUS_OK || !legal(listing, entry->name))
		return exchange_misfit(listing->link, failure);
	listing->count++;
	return STATUS_OK;
}

void folder_listing_explain(const struct folder_listing *listing, const struct entry *entry, struct failure *failure)
{
	char *text = url_text(listing->url, entry->name);

	failure_set(failure, FAILURE_SERVER, error_status_of(entry->reason), "%s cannot be read at the server",
		text ? text : listing->url->host);
	free(text);
}
