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

/* Bytes of names, more than any sensible tree has: a server cannot fill the memory of its clients. */
#define NAMES_MAX (256u << 20)

/* Paths below the URL, each with a NUL, in the order in which they were listed. */
struct names {
	char *bytes;
	size_t length;
	size_t capacity;
};

struct answers {
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

static struct sum_item item_of(const struct answers *answers, struct span below)
{
	struct span name = below.length > 0 ? below : path_last(span_of(answers->url.path));

	return (struct sum_item){.url = &answers->url, .below = below, .name = name, .size = RECORD_UNKNOWN};
}

static void fail(struct answers *answers, struct span below, const struct failure *failure)
{
	struct sum_item item = item_of(answers, below);

	sum_fail(answers->sum, &item, failure);
}

/* Only files have a digest; anything else is passed over, but an unreadable entry is a failure. */
static enum status take(struct answers *answers, const struct folder_listing *listing, const struct entry *entry)
{
	struct failure failure;

	if (listing->count > FOLDER_LISTING_KEPT_MAX)
		return STATUS_LIMIT;
	if (entry->kind == ENTRY_FILE)
		return names_add(&answers->names, entry->name);
	if (entry->kind == ENTRY_UNREADABLE) {
		folder_listing_explain(listing, entry, &failure);
		fail(answers, entry->name, &failure);
	}
	return STATUS_OK;
}

/* Reads the listing to its end before any digest is asked for: a server drops a listing that is not received in time. */
static enum status list(struct answers *answers, struct failure *failure)
{
	struct folder_listing listing;
	struct entry entry;
	enum status status = folder_listing_start(&listing, answers->link, &answers->url, true, failure);

	while (status == STATUS_OK) {
		status = folder_listing_next(&listing, &entry, failure);
		if (status != STATUS_OK)
			break;
		status = take(answers, &listing, &entry);
		if (status != STATUS_OK)
			failure_set(failure, FAILURE_LOCAL, status, "the names of %s", answers->url.host);
	}
	return status == STATUS_END ? STATUS_OK : status;
}

static enum status collect(struct answers *answers, const char *operand, struct failure *failure)
{
	struct sum_item item = item_of(answers, span_of(""));
	struct file file;
	enum status status = exchange_stat(answers->link, &answers->url, &file, failure);

	if (status != STATUS_OK)
		return status;
	if (file.kind != ENTRY_FOLDER)
		return names_add(&answers->names, span_of(""));
	if (answers->sum->options->recursive)
		return list(answers, failure);
	sum_refuse_folder(answers->sum, &item, operand);
	return STATUS_OK;
}

static enum sum_kind kind_of(const struct answers *answers)
{
	return answers->sum->options->tree ? SUM_TREE : SUM_FLAT;
}

static void encode(struct answers *answers, struct span below, struct exchange_request *request)
{
	char path[PATH_LENGTH_MAX + 1];
	struct sum_request sum = {.kind = kind_of(answers)};

	/* The listing has checked that both together are a legal path. */
	if (path_join(path, span_of(answers->url.path), below) != STATUS_OK)
		abort();
	sum.path = span_of(path);
	exchange_begin(request);
	sum_request_encode(&request->writer, link_number(answers->link), &sum);
}

/* As far ahead as the window allows. */
static enum status ask(struct answers *answers, struct failure *failure)
{
	struct exchange_request request;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && answers->asked < answers->names.length && link_has_room(answers->link)) {
		struct span below = span_of(answers->names.bytes + answers->asked);
		encode(answers, below, &request);
		status = exchange_send(answers->link, &request, failure);
		answers->asked += below.length + 1;
	}
	return status;
}

static enum status take_answer(struct answers *answers, struct span below, struct failure *failure)
{
	struct sum_item item = item_of(answers, below);
	struct sum_result result;
	struct frame frame;
	struct span payload;
	struct file file;
	enum status status = exchange_receive(answers->link, &answers->url, below, &frame, &payload, failure);

	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_FILE || file_decode(payload, &file) != STATUS_OK || file.kind != ENTRY_FILE)
		return exchange_misfit(answers->link, failure);
	item.size = file.size;
	status = exchange_receive(answers->link, &answers->url, below, &frame, &payload, failure);
	if (status != STATUS_OK)
		return status;
	if (frame.type != FRAME_SUM_RESULT || sum_result_decode(payload, &result) != STATUS_OK || result.kind != kind_of(answers))
		return exchange_misfit(answers->link, failure);
	link_answered(answers->link);
	sum_tell(answers->sum, &item, &result.digest);
	return STATUS_OK;
}

static enum status run(struct answers *answers, struct failure *failure)
{
	enum status status = STATUS_OK;

	while (status == STATUS_OK && answers->answered < answers->names.length && !answers->sum->output.broken) {
		struct span below = span_of(answers->names.bytes + answers->answered);
		status = ask(answers, failure);
		if (status == STATUS_OK)
			status = take_answer(answers, below, failure);
		if (status == STATUS_REFUSED) {
			fail(answers, below, failure);
			status = STATUS_OK;
		}
		answers->answered += below.length + 1;
	}
	return status;
}

void sum_remote(struct sum *sum, const char *operand)
{
	struct answers answers = {.sum = sum};
	struct sum_item nothing = {.given = operand, .size = RECORD_UNKNOWN};
	struct failure failure;

	if (exchange_open(operand, sum->options, &answers.url, &answers.link, &failure) != STATUS_OK) {
		sum_fail(sum, &nothing, &failure);
		return;
	}
	enum status status = collect(&answers, operand, &failure);
	if (status == STATUS_OK)
		status = run(&answers, &failure);
	if (status != STATUS_OK)
		fail(&answers, span_of(""), &failure);
	link_close(answers.link);
	free(answers.names.bytes);
	url_release(&answers.url);
}
