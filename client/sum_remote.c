/* Digests that a server computes: one file, or all that a listing names, asked for as far ahead as the window allows. */
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "folder_listing.h"
#include "message.h"
#include "path.h"
#include "record.h"
#include "sum.h"
#include "text.h"

/* More names than any tree of use has; a server cannot fill the memory of its clients. */
#define NAMES_MAX (256u << 20)

/* Paths below the URL, each with a NUL, in the order in which they were listed. */
struct names {
	char *bytes;
	size_t length;
	size_t capacity;
};

struct remote {
	struct sum *sum;
	struct url url;
	struct link *link;
	struct names names;
	size_t asked;    /* offset in names of the next one to ask for */
	size_t answered; /* offset of the one whose answer comes next */
};

static enum status names_add(struct names *names, struct span name)
{
	size_t needed = names->length + name.length + 1;

	if (needed > NAMES_MAX)
		return STATUS_LIMIT;
	if (needed > names->capacity) {
		size_t capacity = needed < 2048 ? 4096 : 2 * needed;
		char *bytes = realloc(names->bytes, capacity);
		if (!bytes)
			return STATUS_NO_MEMORY;
		names->bytes = bytes;
		names->capacity = capacity;
	}
	/* The URL's own file has the empty name. */
	if (name.length > 0)
		memcpy(names->bytes + names->length, name.bytes, name.length);
	names->bytes[needed - 1] = '\0';
	names->length = needed;
	return STATUS_OK;
}

static struct sum_item item_of(const struct remote *remote, struct span below)
{
	struct span name = below.length > 0 ? below : path_last(span_of(remote->url.path));

	return (struct sum_item){.url = &remote->url, .below = below, .name = name, .size = RECORD_UNKNOWN};
}

static void fail(struct remote *remote, struct span below, const struct failure *failure)
{
	struct sum_item item = item_of(remote, below);

	sum_fail(remote->sum, &item, failure);
}

/* --- Which files --------------------------------------------------------------------------------------------------- */

/* What a tree holds and is no file has no digest; only what could not be read is a failure. */
static enum status take(struct remote *remote, const struct folder_listing *listing, const struct entry *entry)
{
	struct failure failure;

	if (entry->kind == ENTRY_FILE)
		return names_add(&remote->names, entry->name);
	if (entry->kind == ENTRY_UNREADABLE) {
		folder_listing_explain(listing, entry, &failure);
		fail(remote, entry->name, &failure);
	}
	return STATUS_OK;
}

/* To its end before the first digest is asked for: a listing that nobody takes in time would be dropped by the server. */
static enum status list(struct remote *remote, struct failure *failure)
{
	struct folder_listing listing;
	struct entry entry;
	enum status status = folder_listing_start(&listing, remote->link, &remote->url, true, failure);

	while (status == STATUS_OK) {
		status = folder_listing_next(&listing, &entry, failure);
		if (status != STATUS_OK)
			break;
		status = take(remote, &listing, &entry);
		if (status != STATUS_OK)
			failure_set(failure, FAILURE_LOCAL, status, "the names of %s", remote->url.host);
	}
	return status == STATUS_END ? STATUS_OK : status;
}

static enum status collect(struct remote *remote, const char *operand, struct failure *failure)
{
	struct sum_item item = item_of(remote, span_of(""));
	struct file file;
	enum status status = exchange_stat(remote->link, &remote->url, &file, failure);

	if (status != STATUS_OK)
		return status;
	if (file.kind != ENTRY_FOLDER)
		return names_add(&remote->names, span_of(""));
	if (remote->sum->options->recursive)
		return list(remote, failure);
	sum_refuse_folder(remote->sum, &item, operand);
	return STATUS_OK;
}

/* --- Their digests ------------------------------------------------------------------------------------------------- */

static enum sum_kind kind_of(const struct remote *remote)
{
	return remote->sum->options->tree ? SUM_TREE : SUM_FLAT;
}

static void encode(struct remote *remote, struct span below, struct exchange_request *request)
{
	char path[PATH_LENGTH_MAX + 1];
	struct sum_request sum = {.kind = kind_of(remote)};

	/* The listing has checked that both together are a legal path. */
	if (path_join(path, span_of(remote->url.path), below) != STATUS_OK)
		abort();
	sum.path = span_of(path);
	exchange_begin(request);
	sum_request_encode(&request->writer, link_number(remote->link), &sum);
}

/* As far ahead as the window allows. */
static enum status ask(struct remote *remote, struct failure *failure)
{
	struct exchange_request request;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && remote->asked < remote->names.length && link_window_requests(remote->link) > 0 &&
		link_window_bytes(remote->link) >= sizeof request.bytes) {
		struct span below = span_of(remote->names.bytes + remote->asked);
		encode(remote, below, &request);
		status = exchange_send(remote->link, &request, failure);
		remote->asked += below.length + 1;
	}
	return status;
}

static enum status take_answer(struct remote *remote, struct span below, struct failure *failure)
{
	struct sum_item item = item_of(remote, below);
	struct sum_result result;
	struct frame frame;
	struct span payload;
	struct file file;
	enum status status = exchange_receive(remote->link, &remote->url, below, &frame, &payload, failure);

	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_FILE || file_decode(payload, &file) != STATUS_OK || file.kind != ENTRY_FILE)
		return exchange_misfit(remote->link, failure);
	item.size = file.size;
	status = exchange_receive(remote->link, &remote->url, below, &frame, &payload, failure);
	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_SUM_RESULT || sum_result_decode(payload, &result) != STATUS_OK || result.kind != kind_of(remote))
		return exchange_misfit(remote->link, failure);
	link_answered(remote->link);
	sum_tell(remote->sum, &item, &result.digest);
	return STATUS_OK;
}

static enum status run(struct remote *remote, struct failure *failure)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && remote->answered < remote->names.length && !remote->sum->output.broken) {
		struct span below = span_of(remote->names.bytes + remote->answered);
		status = ask(remote, failure);
		if (status == STATUS_OK)
			status = take_answer(remote, below, failure);
		if (status == STATUS_REFUSED) {
			fail(remote, below, failure);
			status = STATUS_OK;
		}
		remote->answered += below.length + 1;
	}
	return status;
}

void sum_remote(struct sum *sum, const char *operand)
{
	struct remote remote = {.sum = sum};
	struct sum_item nothing = {.given = operand, .size = RECORD_UNKNOWN};
	struct failure failure;

	if (exchange_open(operand, sum->options, &remote.url, &remote.link, &failure) != STATUS_OK) {
		sum_fail(sum, &nothing, &failure);
		return;
	}
	enum status status = collect(&remote, operand, &failure);
	if (status == STATUS_OK)
		status = run(&remote, &failure);
	if (status != STATUS_OK)
		fail(&remote, span_of(""), &failure);
	link_close(remote.link);
	free(remote.names.bytes);
	url_release(&remote.url);
}
