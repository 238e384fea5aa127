/* Reads listings over a link of its own, frame by frame: whole trees, or folder by folder if there is a filter. */
#include "listing.h"

#include <stdlib.h>

#include "filter.h"
#include "gather.h"
#include "outcome.h"
#include "overlap.h"
#include "path.h"

/* One LIST: of the source itself, or of a folder below it. Its path is not kept: a server can make many of long ones. */
struct step {
	struct step *next;
	struct plan_folder *folder; /* the listed one in the plan */
	uint64_t entries;           /* received so far */
};

struct steps {
	struct step *first, *last;
};

struct listing {
	struct gather *gather;
	struct link *link;
	struct steps waiting, asked; /* in the order of their answers */
	uint64_t entries;            /* in all answers over this link, planned or not */
};

/* --- Steps --------------------------------------------------------------------------------------------------------- */

static void append(struct steps *steps, struct step *step)
{
	step->next = NULL;
	if (steps->first)
		steps->last->next = step;
	else
		steps->first = step;
	steps->last = step;
}

static struct step *take_off(struct steps *steps)
{
	struct step *step = steps->first;

	steps->first = step->next;
	return step;
}

static enum status add_step(struct listing *listing, struct plan_folder *folder)
{
	struct step *step = calloc(1, sizeof(*step));

	if (!step)
		return STATUS_NO_MEMORY;
	step->folder = folder;
	append(&listing->waiting, step);
	return STATUS_OK;
}

/* The folder's path below the source's URL. */
static struct span below_of(const struct listing *listing, const struct step *step, char out[PLAN_PATH_SIZE])
{
	return span_of(plan_path_below(&step->folder->node, listing->gather->source->base, out));
}

static void forget_steps(struct listing *listing)
{
	while (listing->waiting.first)
		free(take_off(&listing->waiting));
	while (listing->asked.first)
		free(take_off(&listing->asked));
}

/* Is the tree listed by one LIST? A filter is better served folder by folder: one LIST would bring the excluded folders, too. */
static bool is_whole(const struct listing *listing)
{
	return listing->gather->transfer->filter->count == 0;
}

/* --- Asking -------------------------------------------------------------------------------------------------------- */

static enum status send_request(struct listing *listing, enum frame_type type, struct span below)
{
	unsigned char bytes[FRAME_REQUEST_SIZE];
	char path[PATH_LENGTH_MAX + 1];
	struct writer writer;
	uint16_t number = link_number(listing->link);

	/* BELOW was gathered, so both together are a legal path. */
	if (path_join(path, span_of(listing->gather->source->url.path), below) != STATUS_OK)
		return STATUS_PROTOCOL;
	writer_init(&writer, bytes, sizeof(bytes));
	if (type == FRAME_LIST)
		list_request_encode(&writer, number, &(struct list_request){.path = span_of(path), .recursive = is_whole(listing)});
	else
		stat_request_encode(&writer, number, &(struct stat_request){.path = span_of(path)});
	return link_send(listing->link, bytes, writer_length(&writer));
}

static enum status send_requests(struct listing *listing)
{
	char below[PLAN_PATH_SIZE];
	enum status status = STATUS_OK;

	while (status == STATUS_OK && listing->waiting.first && link_has_room(listing->link)) {
		struct step *step = take_off(&listing->waiting);
		append(&listing->asked, step);
		status = send_request(listing, FRAME_LIST, below_of(listing, step, below));
	}
	return status;
}

/* --- Answers ------------------------------------------------------------------------------------------------------- */

static enum status handle_entry(struct listing *listing, struct step *step, const struct entry *entry)
{
	char above[PLAN_PATH_SIZE], below[PATH_LENGTH_MAX + 1];
	struct plan_folder *folder;
	enum status status = path_join(below, below_of(listing, step, above), entry->name);

	step->entries++;
	if (++listing->entries > PLAN_NODES_MAX)
		return STATUS_LIMIT;
	if (status != STATUS_OK || (!is_whole(listing) && path_depth(entry->name) > 1))
		return STATUS_PROTOCOL;
	status = gather_entry(listing->gather, entry, span_of(below), &folder);
	if (status == STATUS_OK && folder && !is_whole(listing))
		status = add_step(listing, folder);
	return status;
}

static enum status handle_entries(struct listing *listing, struct span payload)
{
	struct reader reader;
	struct entry entry;
	enum status status;

	reader_init(&reader, payload.bytes, payload.length);
	while ((status = entry_decode(&reader, &entry)) == STATUS_OK) {
		status = handle_entry(listing, listing->asked.first, &entry);
		if (status != STATUS_OK)
			break;
	}
	enum status handed = gather_hand_over(listing->gather);
	return status == STATUS_END ? handed : status;
}

/* A refusal of FOLDER, or of the source (NULL), ends the answer. STATUS_BUSY: after a pause the listing has to be read again. */
static enum status handle_error(struct listing *listing, struct span payload, struct span below, struct plan_folder *folder)
{
	struct gather *gather = listing->gather;
	struct failure failure;
	enum status status = link_error(listing->link, payload, &gather->source->url, below, &failure);

	if (status == STATUS_PROTOCOL)
		return status;
	link_answered(listing->link);
	if (status == STATUS_BUSY || status == STATUS_STOPPING) {
		outcome_pause(gather->transfer, &failure, queue_pause(gather->transfer->queue, gather->source->remote, &failure));
		return STATUS_BUSY;
	}
	if (!folder || gather_gives_up(gather, folder))
		outcome_entry(gather->transfer, gather->source, below, RESULT_FAILED, &failure);
	return STATUS_OK;
}

static enum status handle_done(struct listing *listing, struct span payload)
{
	struct done done;
	enum status status = done_decode(payload, &done);

	if (status == STATUS_OK && done.count != listing->asked.first->entries)
		status = STATUS_PROTOCOL;
	if (status == STATUS_OK)
		link_answered(listing->link);
	return status;
}

/* The next frame of the oldest step's answer. */
static enum status handle_frame(struct listing *listing)
{
	struct frame frame;
	struct span payload;
	char below[PLAN_PATH_SIZE];
	enum status status = link_receive(listing->link, &frame, &payload);

	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ENTRIES)
		return handle_entries(listing, payload);
	if (frame.type == FRAME_DONE)
		status = handle_done(listing, payload);
	else
		status = frame.type != FRAME_ERROR ? STATUS_PROTOCOL :
			handle_error(listing, payload, below_of(listing, listing->asked.first, below), listing->asked.first->folder);
	if (status == STATUS_OK)
		free(take_off(&listing->asked));
	return status;
}

/* --- The conversation ---------------------------------------------------------------------------------------------- */

/* Reads the listing to its end: STATUS_END. */
static enum status list(struct listing *listing)
{
	enum status status = add_step(listing, listing->gather->source->base);

	while (status == STATUS_OK && (listing->waiting.first || listing->asked.first)) {
		status = send_requests(listing);
		if (status == STATUS_OK)
			status = handle_frame(listing);
	}
	return status == STATUS_OK ? STATUS_END : status;
}

static enum status handle_source(struct listing *listing, struct span payload)
{
	struct file file;
	enum status status = file_decode(payload, &file);

	if (status != STATUS_OK)
		return status;
	link_answered(listing->link);
	return gather_source(listing->gather, &file);
}

/* STATUS_END when all is read, STATUS_BUSY when the server asked for patience; else the link's. */
static enum status converse(struct listing *listing)
{
	struct frame frame;
	struct span payload;
	enum status status = send_request(listing, FRAME_STAT, span_of(""));

	if (status == STATUS_OK)
		status = link_receive(listing->link, &frame, &payload);
	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ERROR) {
		status = handle_error(listing, payload, span_of(""), NULL);
		return status == STATUS_OK ? STATUS_END : status;
	}
	status = frame.type == FRAME_FILE ? handle_source(listing, payload) : STATUS_PROTOCOL;
	return status == STATUS_OK ? list(listing) : status;
}

/* --- The thread ---------------------------------------------------------------------------------------------------- */

static bool is_own_limit(enum status status)
{
	return status == STATUS_LIMIT || status == STATUS_NO_MEMORY;
}

/* Has the listing ended, or is it to pause? Not if the link is broken, which may have happened with the same status. */
static bool is_over(const struct listing *listing, enum status status)
{
	return !link_is_broken(listing->link) &&
		(status == STATUS_END || status == STATUS_BUSY || is_own_limit(status) || listing->gather->refused);
}

/* One attempt over a new link. False: another one may help. */
static bool attempt(struct listing *listing, unsigned generation)
{
	struct queue *queue = listing->gather->transfer->queue;
	struct remote *remote = listing->gather->source->remote;
	struct failure failure;
	enum status status = link_open(&remote->url, &listing->gather->transfer->link, &listing->link, &failure);

	if (status != STATUS_OK) {
		outcome_pause(listing->gather->transfer, &failure, queue_link_failed(queue, remote, generation, &failure));
		return false;
	}
	if (!queue_link_opened(queue, remote, link_welcome(listing->link)->links))
		status = STATUS_BUSY;
	else
		status = converse(listing);
	forget_steps(listing);
	if (is_over(listing, status)) {
		if (is_own_limit(status))
			gather_fail(listing->gather, span_of(""), FAILURE_LOCAL, status, " holds more files than one run can take");
		link_close(listing->link);
		queue_link_closed(queue, remote);
		return status != STATUS_BUSY;
	}
	link_failure(listing->link, status, &failure);
	link_drop(listing->link);
	outcome_pause(listing->gather->transfer, &failure, queue_link_failed(queue, remote, generation, &failure));
	return false;
}

/* Reads one source's listing, from its beginning each time the link breaks, until its server is given up. */
static void list_source(struct gather *gather, struct plan_source *source)
{
	struct transfer *transfer = gather->transfer;
	struct listing listing = {.gather = gather};
	unsigned generation;

	gather->source = source;
	gather->pass = 0;
	while (queue_reserve_link(transfer->queue, source->remote, &generation)) {
		gather->pass = gather->pass == PLAN_PASS_TOLD - 1 ? 1 : (uint8_t)(gather->pass + 1);
		listing.entries = 0;
		if (attempt(&listing, generation)) {
			atomic_store(&source->ended, true);
			return;
		}
	}
	if (queue_stopped(transfer->queue))
		return;
	outcome_unlisted(transfer, source);
	atomic_store(&source->ended, true);
}

/* Hands over the files that were held back. */
static void end(struct gather *gather)
{
	struct failure failure;
	enum status status = gather_end(gather);

	if (status == STATUS_OK)
		return;
	failure_set(&failure, FAILURE_LOCAL, status, "planning");
	report_failure(gather->transfer->report, &failure);
}

enum round {
	SUMMED,
	NOT_SUMMED,
};

/* Sources with a SHA-256 come first: the listing of another may name the same file, and without its SHA-256. */
static void list_sources(struct gather *gather, enum round round)
{
	for (struct plan_source *source = plan_sources(gather->transfer->plan); source && !gather->refused; source = source->next) {
		if (source->listed && source->summed == (round == SUMMED))
			list_source(gather, source);
	}
}

void listing_run(struct transfer *transfer)
{
	struct gather gather = {.transfer = transfer, .held = overlap_is_possible(transfer->plan)};

	list_sources(&gather, SUMMED);
	list_sources(&gather, NOT_SUMMED);
	if (!gather.refused)
		end(&gather);
	transfer->refused = gather.refused;
	atomic_store(&transfer->counters->listing, false);
	queue_listing_ends(transfer->queue);
}
