/* Reads recursive listings over a link of its own, frame by frame. */
#include "listing.h"

#include <stdlib.h>

#include "beneath.h"
#include "outcome.h"
#include "path.h"

/* One reading of one source's listing. */
struct listing {
	struct transfer *transfer;
	struct plan_source *source;
	struct link *link;
	uint8_t pass;
	uint64_t entries;
	struct plan_file *files, *last; /* of the current frame */
};

/* --- Failures ------------------------------------------------------------------------------------------------------ */

static void fail_entry(struct listing *listing, struct span below, enum failure_origin origin, enum status status, const char *what)
{
	char *name = url_text(&listing->source->url, below);
	struct failure failure;

	failure_set(&failure, origin, status, "%.400s%s", name ? name : "a file", what);
	free(name);
	outcome_entry(listing->transfer, listing->source, below, RESULT_FAILED, &failure);
}

/* Two sources, or one twice, would land on one name: the second one fails, both are named. */
static void fail_taken(struct listing *listing, struct span below, const struct plan_node *taken)
{
	char other_below[PLAN_PATH_SIZE], shown[OUTCOME_SHOWN_SIZE];
	char *name = url_text(&listing->source->url, below);
	char *other = url_text(&taken->source->url, span_of(plan_below(taken, other_below)));
	struct failure failure;

	failure_set(&failure, FAILURE_USAGE, STATUS_EXISTS, "%.200s and %.200s would both be written to %.200s", other ? other : "a file",
		name ? name : "another", outcome_shown(listing->transfer, taken, shown));
	free(name);
	free(other);
	outcome_entry(listing->transfer, listing->source, below, RESULT_FAILED, &failure);
}

/* --- Entries ------------------------------------------------------------------------------------------------------- */

static void collect(struct listing *listing, struct plan_file *file)
{
	struct progress_counters *counters = listing->transfer->counters;

	file->next = NULL;
	if (listing->last)
		listing->last->next = file;
	else
		listing->files = file;
	listing->last = file;
	atomic_fetch_add_explicit(&counters->files_known, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counters->bytes_known, file->size, memory_order_relaxed);
}

static enum status hand_over(struct listing *listing)
{
	enum status status = queue_add(listing->transfer->queue, listing->files);

	listing->files = listing->last = NULL;
	return status;
}

/* The name is taken. By this very entry, when the listing is read once more after a broken link: then all is well. */
static void meet(struct listing *listing, struct plan_node *taken, struct span below)
{
	if (taken->source == listing->source && taken->pass != listing->pass)
		taken->pass = listing->pass;
	else
		fail_taken(listing, below, taken);
}

static enum status add_folder(struct listing *listing, const struct plan_entry *planned, struct span below)
{
	struct plan_folder *folder;
	struct plan_node *taken;
	enum status status = plan_add_folder(listing->transfer->plan, planned, &folder, &taken);

	if (status != STATUS_EXISTS)
		return status;
	meet(listing, taken, below);
	return STATUS_OK;
}

static enum status add_file(struct listing *listing, const struct plan_entry *planned, struct span below)
{
	struct plan_file *file;
	struct plan_node *taken;
	enum status status = plan_add_file(listing->transfer->plan, planned, &file, &taken);

	if (status == STATUS_OK)
		collect(listing, file);
	if (status != STATUS_EXISTS)
		return status;
	meet(listing, taken, below);
	return STATUS_OK;
}

/* Does the path that this name makes keep to the limits of paths? */
static bool is_legal(const struct listing *listing, struct span below)
{
	char path[PATH_LENGTH_MAX + 1];

	return path_join(path, span_of(listing->source->url.path), below) == STATUS_OK && path_check(span_of(path)) == STATUS_OK;
}

static enum status plan_entry_of(struct listing *listing, const struct entry *entry)
{
	const struct plan_entry planned = {
		.source = listing->source,
		.parent = plan_find_folder(listing->transfer->plan, listing->source->base, path_folder(entry->name)),
		.name = path_last(entry->name),
		.mode = entry->mode,
		.mtime = entry->mtime,
		.size = entry->size,
		.told = true,
		.pass = listing->pass,
	};
	enum status status;

	/* A folder comes before what it holds. */
	if (!planned.parent)
		return STATUS_PROTOCOL;
	status = entry->kind == ENTRY_FOLDER ? add_folder(listing, &planned, entry->name) : add_file(listing, &planned, entry->name);
	if (status != STATUS_NAME_TOO_LONG)
		return status;
	fail_entry(listing, entry->name, FAILURE_LOCAL, status, " cannot be written");
	return STATUS_OK;
}

static enum status hear_entry(struct listing *listing, const struct entry *entry)
{
	listing->entries++;
	if (!is_legal(listing, entry->name))
		return STATUS_PROTOCOL;
	switch (entry->kind) {
	case ENTRY_FILE:
	case ENTRY_FOLDER:
		return plan_entry_of(listing, entry);
	case ENTRY_SYMLINK:
	case ENTRY_OTHER:
		outcome_entry(listing->transfer, listing->source, entry->name, RESULT_SKIPPED, NULL);
		return STATUS_OK;
	case ENTRY_UNREADABLE:
		fail_entry(listing, entry->name, FAILURE_SERVER, error_status_of(entry->reason), "");
		return STATUS_OK;
	}
	return STATUS_PROTOCOL;
}

static enum status hear_entries(struct listing *listing, struct span payload)
{
	struct reader reader;
	struct entry entry;
	enum status status;

	reader_init(&reader, payload.bytes, payload.length);
	while ((status = entry_decode(&reader, &entry)) == STATUS_OK) {
		status = hear_entry(listing, &entry);
		if (status != STATUS_OK)
			break;
	}
	enum status handed = hand_over(listing);
	return status == STATUS_END ? handed : status;
}

/* --- The conversation ---------------------------------------------------------------------------------------------- */

/* What the server refuses is told; a pause is not, for the listing is then read again. */
static enum status hear_error(struct listing *listing, struct span payload)
{
	struct failure failure;
	enum status status = link_error(listing->link, payload, &listing->source->url, span_of(""), &failure);

	if (status == STATUS_PROTOCOL)
		return status;
	link_answered(listing->link);
	if (status == STATUS_BUSY || status == STATUS_STOPPING)
		queue_pause(listing->transfer->queue, listing->source->remote, &failure);
	else
		outcome_entry(listing->transfer, listing->source, span_of(""), RESULT_FAILED, &failure);
	return status == STATUS_BUSY || status == STATUS_STOPPING ? STATUS_BUSY : STATUS_END;
}

static enum status hear_done(struct listing *listing, struct span payload)
{
	struct done done;
	enum status status = done_decode(payload, &done);

	if (status == STATUS_OK && done.count != listing->entries)
		status = STATUS_PROTOCOL;
	if (status != STATUS_OK)
		return status;
	link_answered(listing->link);
	return STATUS_END;
}

static enum status send_request(struct listing *listing, enum frame_type type)
{
	unsigned char bytes[FRAME_HEADER_SIZE + FRAME_REQUEST_MAX];
	struct writer writer;
	uint16_t number = link_number(listing->link);
	struct span path = span_of(listing->source->url.path);

	writer_init(&writer, bytes, sizeof(bytes));
	if (type == FRAME_LIST)
		list_request_encode(&writer, number, &(struct list_request){.path = path, .recursive = true});
	else
		stat_request_encode(&writer, number, &(struct stat_request){.path = path});
	return link_send(listing->link, bytes, writer_length(&writer));
}

/* Reads the listing to its end: STATUS_END. */
static enum status list(struct listing *listing)
{
	struct frame frame;
	struct span payload;
	enum status status = send_request(listing, FRAME_LIST);

	while (status == STATUS_OK) {
		status = link_receive(listing->link, &frame, &payload);
		if (status != STATUS_OK)
			return status;
		if (frame.type == FRAME_ENTRIES)
			status = hear_entries(listing, payload);
		else if (frame.type == FRAME_DONE)
			status = hear_done(listing, payload);
		else
			status = frame.type == FRAME_ERROR ? hear_error(listing, payload) : STATUS_PROTOCOL;
	}
	return status;
}

/* A URL without a slash at its end lands as a folder, or a file, of its own name. */
static struct plan_entry entry_of_source(const struct listing *listing, const struct file *file)
{
	return (struct plan_entry){
		.source = listing->source,
		.parent = listing->source->parent,
		.name = span_of(listing->source->name),
		.mode = file->mode,
		.mtime = file->mtime,
		.size = file->size,
		.sum = listing->source->summed ? &listing->source->sum : NULL,
		.told = true,
		.lone = file->kind == ENTRY_FILE,
		.pass = listing->pass,
	};
}

static enum status begin_folder(struct listing *listing, const struct file *file)
{
	const struct plan_entry planned = entry_of_source(listing, file);
	struct plan_node *taken;
	enum status status;

	if (listing->source->summed) {
		fail_entry(listing, span_of(""), FAILURE_USAGE, STATUS_IS_FOLDER, " is a folder: a SHA-256 can be that of a file alone");
		return STATUS_END;
	}
	if (listing->source->url.contents)
		return STATUS_OK;
	status = plan_add_folder(listing->transfer->plan, &planned, &listing->source->base, &taken);
	if (status != STATUS_EXISTS)
		return status;
	fail_taken(listing, span_of(""), taken);
	return STATUS_END;
}

static enum status begin_file(struct listing *listing, const struct file *file)
{
	const struct plan_entry planned = entry_of_source(listing, file);
	enum status status;

	if (listing->source->url.contents) {
		fail_entry(listing, span_of(""), FAILURE_SERVER, STATUS_NOT_FOLDER, "");
		return STATUS_END;
	}
	status = add_file(listing, &planned, span_of(""));
	if (status == STATUS_OK)
		status = hand_over(listing);
	return status == STATUS_OK ? STATUS_END : status;
}

/* STATUS_OK where it is a folder that is to be listed, STATUS_END where it is done with. */
static enum status hear_source(struct listing *listing, struct span payload)
{
	struct file file;
	enum status status = file_decode(payload, &file);

	if (status != STATUS_OK)
		return status;
	link_answered(listing->link);
	if (file.kind == ENTRY_FOLDER)
		return begin_folder(listing, &file);
	if (file.kind == ENTRY_FILE)
		return begin_file(listing, &file);
	fail_entry(listing, span_of(""), FAILURE_SERVER, STATUS_NOT_REGULAR, "");
	return STATUS_END;
}

/* STATUS_END when all is said, STATUS_BUSY when the server asked for patience; else the link's. */
static enum status converse(struct listing *listing)
{
	struct frame frame;
	struct span payload;
	enum status status = send_request(listing, FRAME_STAT);

	if (status == STATUS_OK)
		status = link_receive(listing->link, &frame, &payload);
	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ERROR)
		return hear_error(listing, payload);
	status = frame.type == FRAME_FILE ? hear_source(listing, payload) : STATUS_PROTOCOL;
	return status == STATUS_OK ? list(listing) : status;
}

/* --- The thread ---------------------------------------------------------------------------------------------------- */

static bool is_own_limit(enum status status)
{
	return status == STATUS_LIMIT || status == STATUS_NO_MEMORY;
}

/* One attempt over a new link. False: another one may help. */
static bool attempt(struct listing *listing, unsigned generation)
{
	struct queue *queue = listing->transfer->queue;
	struct remote *remote = listing->source->remote;
	struct failure failure;
	enum status status = link_open(&remote->url, &listing->transfer->link, &listing->link, &failure);

	if (status != STATUS_OK) {
		queue_link_failed(queue, remote, generation, &failure);
		return false;
	}
	if (!queue_link_opened(queue, remote, link_welcome(listing->link)->links))
		status = STATUS_BUSY;
	else
		status = converse(listing);
	if (status == STATUS_END || status == STATUS_BUSY || is_own_limit(status)) {
		if (is_own_limit(status))
			fail_entry(listing, span_of(""), FAILURE_LOCAL, status, " holds more files than one run can take");
		link_close(listing->link);
		queue_link_closed(queue, remote);
		return status != STATUS_BUSY;
	}
	link_failure(listing->link, status, &failure);
	link_drop(listing->link);
	queue_link_failed(queue, remote, generation, &failure);
	return false;
}

/* Reads one source's listing, from its beginning each time the link breaks, until its server is given up. */
static void list_source(struct transfer *transfer, struct plan_source *source)
{
	struct listing listing = {.transfer = transfer, .source = source};
	unsigned generation;

	while (queue_reserve_link(transfer->queue, source->remote, &generation)) {
		listing.pass++;
		listing.entries = 0;
		if (attempt(&listing, generation)) {
			atomic_store(&source->ended, true);
			return;
		}
	}
	if (queue_stopped(transfer->queue))
		return;
	outcome_entry(transfer, source, span_of(""), RESULT_FAILED, &source->remote->failure);
	atomic_store(&source->ended, true);
}

void listing_run(struct transfer *transfer)
{
	for (struct plan_source *source = plan_sources(transfer->plan); source; source = source->next) {
		if (source->listed)
			list_source(transfer, source);
	}
	atomic_store(&transfer->counters->listing, false);
	queue_listing_ends(transfer->queue);
}
