/* Begins files: looks at what is here, asks the server, receives the first piece. */
#include "batch.h"

#include <stddef.h>
#include <stdlib.h>

#include "digest.h"
#include "ending.h"
#include "errand.h"
#include "fetch.h"
#include "handful.h"
#include "landing.h"
#include "outcome.h"
#include "receive.h"

/* First in, first out; no more than the files of a batch. */
struct errands {
	struct errand ring[BATCH_FILES_MAX];
	size_t first, count;
};

struct batch {
	struct worker *worker;
	struct transfer *transfer;
	struct errands waiting, asked;
	struct handful handful;
	bool proved; /* at least one file */
};

static void push(struct errands *errands, const struct errand *errand)
{
	errands->ring[(errands->first + errands->count++) % BATCH_FILES_MAX] = *errand;
}

static struct errand pop(struct errands *errands)
{
	struct errand errand = errands->ring[errands->first];

	errands->first = (errands->first + 1) % BATCH_FILES_MAX;
	errands->count--;
	return errand;
}

/* --- Asking -------------------------------------------------------------------------------------------------------- */

static enum status send_request(struct batch *batch, const struct errand *errand)
{
	unsigned char bytes[FRAME_REQUEST_SIZE];
	char path[PLAN_PATH_SIZE];
	struct writer writer;
	struct link *link = batch->worker->link;
	struct span name = span_of(plan_request_path(&errand->download->file->node, path));
	const struct stat_request stat = {.path = name};
	const struct pieces_request read = {.path = name, .count = 1, .fresh = errand->download->fresh};

	writer_init(&writer, bytes, sizeof(bytes));
	if (errand->ask == ASK_READ)
		read_request_encode(&writer, link_number(link), &read);
	else
		stat_request_encode(&writer, link_number(link), &stat);
	return link_send(link, bytes, writer_length(&writer));
}

static enum status send_requests(struct batch *batch)
{
	struct link *link = batch->worker->link;
	enum status status = STATUS_OK;

	while (status == STATUS_OK && batch->waiting.count > 0 && link_has_room(link)) {
		struct errand errand = pop(&batch->waiting);
		if (!errand_prepare(batch->worker, &errand))
			continue;
		if (errand.begins)
			errand.download->attempts++;
		errand.begins = false;
		push(&batch->asked, &errand);
		status = send_request(batch, &errand);
	}
	return status;
}

/* --- Answers ------------------------------------------------------------------------------------------------------- */

static void ask_again(struct batch *batch, struct download *download, enum ask ask)
{
	push(&batch->waiting, &(struct errand){.download = download, .ask = ask});
}

static void handle_error(struct batch *batch, const struct errand *errand, enum status error, const struct failure *failure)
{
	struct download *download = errand->download;

	if (error == STATUS_CHANGED) {
		ending_changed(batch->worker, download);
	} else if (worker_is_pause(error)) {
		worker_pause(batch->worker, failure);
		queue_again(batch->transfer->queue, download->file);
	} else if (error == STATUS_NOT_REGULAR && errand->ask == ASK_READ) {
		download->failure = *failure;
		ask_again(batch, download, ASK_KIND);
	} else {
		ending_fail(batch->worker, download, failure);
	}
}

/* An ERROR came instead of FILE. */
static enum status handle_refusal(struct batch *batch, const struct errand *errand, struct span payload)
{
	struct failure failure;
	enum status error = worker_explain_error(batch->worker, errand->download, payload, &failure);

	if (error == STATUS_PROTOCOL) {
		push(&batch->waiting, errand);
		return STATUS_PROTOCOL;
	}
	link_answered(batch->worker->link);
	handle_error(batch, errand, error, &failure);
	return STATUS_OK;
}

/* The path that could not be read, or stored, may be no file: for a folder the failure says what to do. */
static void handle_kind(struct batch *batch, struct download *download, const struct file *source)
{
	const struct plan_node *node = &download->file->node;
	struct failure failure = download->failure;
	char *name;

	if (source->kind == ENTRY_FOLDER && node->named_by_url && (name = url_text(&node->source->url, span_of("")))) {
		failure_set(&failure, FAILURE_USAGE, STATUS_IS_FOLDER, "%.400s is a folder: fetch it with -r", name);
		free(name);
	}
	ending_fail(batch->worker, download, &failure);
}

/* Size and time are known now: the file that is here is the same, or of use, or it is fetched anew. */
static void handle_stat(struct batch *batch, struct download *download, const struct file *source)
{
	bool is_file = source->kind == ENTRY_FILE;

	if (is_file) {
		worker_described(batch->worker, download, source);
		download->file->size = source->size;
		download->file->node.mtime = source->mtime;
		download->file->node.attributes_known = true;
		download->looked = false;
	}
	/* For anything but a file READ gets the reason why it cannot be fetched. */
	push(&batch->waiting, &(struct errand){.download = download, .ask = ASK_READ, .described = is_file, .odd = !is_file});
}

/* --- The first piece ----------------------------------------------------------------------------------------------- */

/* The only piece of a file: with it the file is complete. */
static void judge(struct batch *batch, struct errand *errand, const struct receipt *receipt)
{
	struct download *download = errand->download;
	struct failure failure;

	download->fetched += receipt->received;
	if (receipt->verdict == RECEIPT_ERROR) {
		handle_error(batch, errand, receipt->error, &receipt->failure);
		return;
	}
	if (receipt->failure.code != EXIT_OK) {
		ending_fail(batch->worker, download, &receipt->failure);
	} else if (receipt->verdict == RECEIPT_PROVEN) {
		download->root = receipt->digest;
		download->done += receipt->length;
		batch->proved = true;
		atomic_fetch_add_explicit(&batch->transfer->counters->bytes_fetched, receipt->length, memory_order_relaxed);
		ending_finish(batch->worker, download);
	} else if (!download->fresh) {
		download->fresh = true;
		ask_again(batch, download, ASK_READ);
	} else {
		ending_explain_mismatch(download, 0, &failure);
		ending_fail(batch->worker, download, &failure);
	}
}

/* The caller may have set RECEIPT to drop or to hold the piece. */
static enum status receive_lone_piece(struct batch *batch, struct errand *errand, struct receipt *receipt)
{
	enum status status = receive_piece(batch->worker, errand->download, 0, receipt);

	if (status == STATUS_OK)
		link_answered(batch->worker->link);
	return status;
}

static enum status receive_first_piece(struct batch *batch, struct errand *errand)
{
	struct download *download = errand->download;
	struct receipt receipt = {.drop = false};

	if (piece_count(download->source.size) > 1) {
		struct piece_run run = {.first = 0, .count = 1, .from = PIECE_MISSING};
		/* This piece is on its way, whatever the partial holds of it. */
		piece_map_set(&download->pieces, 0, PIECE_MISSING);
		queue_share(batch->transfer->queue, download, &run);
		return fetch_pieces(batch->worker, download, &run);
	}
	enum status status = receive_lone_piece(batch, errand, &receipt);
	if (status == STATUS_OK) {
		judge(batch, errand, &receipt);
	} else {
		download->fetched += receipt.received;
		push(&batch->waiting, errand);
	}
	return status;
}

/* --- Small files --------------------------------------------------------------------------------------------------- */

/* All bytes of the file have come and are proven. */
static void finish_held(struct batch *batch, struct held *held)
{
	const uint32_t length = (uint32_t)held->bytes.length;
	struct receipt receipt = {.verdict = RECEIPT_PROVEN, .length = length, .received = length, .digest = held->digest};
	struct download *download = held->errand.download;
	enum place place;
	enum status ready = errand_begin(batch->worker, download, &place, &receipt.failure);

	if (ready == STATUS_OK && place == PLACE_SAME) {
		download->fetched += length;
		ending_unchanged(batch->worker, download);
		return;
	}
	if (ready == STATUS_OK)
		landing_store(batch->transfer, download, 0, 0, held->bytes, &receipt.failure);
	judge(batch, &held->errand, &receipt);
}

static void settle(struct batch *batch)
{
	handful_prove(&batch->handful, batch->worker->lanes);
	for (size_t i = 0; i < batch->handful.count; i++) {
		struct held *held = &batch->handful.files[i];
		if (held->proven)
			finish_held(batch, held);
		else
			judge(batch, &held->errand, &(struct receipt){.verdict = RECEIPT_WRONG, .received = (uint32_t)held->bytes.length});
	}
	batch->handful.count = 0;
}

static enum status hold(struct batch *batch, struct errand *errand)
{
	struct receipt receipt = {.hold = handful_next(&batch->handful)};
	enum status status = receive_lone_piece(batch, errand, &receipt);

	if (status != STATUS_OK) {
		errand->download->fetched += receipt.received;
		push(&batch->waiting, errand);
	} else if (receipt.verdict == RECEIPT_ERROR) {
		judge(batch, errand, &receipt);
	} else {
		handful_add(&batch->handful, errand, receipt.length, &receipt.digest);
		if (handful_is_full(&batch->handful))
			settle(batch);
	}
	return status;
}

/* --- What is not wanted any more ----------------------------------------------------------------------------------- */

/* The file cannot be stored, or need not be: its piece is on its way and has to be received. */
static enum status drop_first_piece(struct batch *batch, struct errand *errand)
{
	struct receipt receipt = {.drop = true};
	enum status status = receive_lone_piece(batch, errand, &receipt);

	errand->download->fetched += receipt.received;
	return status;
}

/* The file has grown beyond --max-size since its size was looked at. */
static enum status drop_too_large(struct batch *batch, struct errand *errand)
{
	enum status status = drop_first_piece(batch, errand);

	errand_leave(batch->worker, errand->download, RESULT_SKIPPED);
	return status;
}

static enum status handle_file(struct batch *batch, struct errand *errand, const struct file *source)
{
	struct download *download = errand->download;
	enum place place = PLACE_FREE;
	struct failure failure;

	if (source->kind != ENTRY_FILE) {
		push(&batch->waiting, errand);
		return STATUS_PROTOCOL;
	}
	worker_described(batch->worker, download, source);
	if (source->size > batch->transfer->max_size)
		return drop_too_large(batch, errand);
	if (source->size <= LEAF_SIZE && !download->outlet && batch->handful.room)
		return hold(batch, errand);
	enum status ready = errand_begin(batch->worker, download, &place, &failure);
	if (ready == STATUS_OK && place != PLACE_SAME)
		return receive_first_piece(batch, errand);
	enum status status = drop_first_piece(batch, errand);
	if (ready != STATUS_OK)
		ending_fail(batch->worker, download, &failure);
	else
		ending_unchanged(batch->worker, download);
	return status;
}

/* --- The conversation ---------------------------------------------------------------------------------------------- */

static enum status handle_description(struct batch *batch, struct errand *errand, struct span payload)
{
	struct file source;
	enum status status = file_decode(payload, &source);

	if (status != STATUS_OK) {
		push(&batch->waiting, errand);
		return status;
	}
	if (errand->ask == ASK_READ)
		return handle_file(batch, errand, &source);
	link_answered(batch->worker->link);
	if (errand->ask == ASK_STAT)
		handle_stat(batch, errand->download, &source);
	else
		handle_kind(batch, errand->download, &source);
	return STATUS_OK;
}

/* One whole answer to the oldest errand. */
static enum status handle_answer(struct batch *batch)
{
	struct frame frame;
	struct span payload;
	enum status status = link_receive(batch->worker->link, &frame, &payload);

	if (status == STATUS_OK && frame.type != FRAME_FILE && frame.type != FRAME_ERROR)
		status = STATUS_PROTOCOL;
	if (status != STATUS_OK)
		return status;
	struct errand errand = pop(&batch->asked);
	if (frame.type == FRAME_ERROR)
		return handle_refusal(batch, &errand, payload);
	return handle_description(batch, &errand, payload);
}

/* A file that was put back goes on where it was, but its question is asked again: the answer went with the link. */
static void take_up(struct batch *batch, struct plan_file *file)
{
	struct transfer *transfer = batch->transfer;
	struct errand errand = {.download = file->download, .ask = ASK_READ, .begins = true};
	struct failure failure;

	if (!errand.download && download_new(file, transfer->destination->outlet, &errand.download) != STATUS_OK) {
		outcome_local_failure(transfer, &file->node, STATUS_NO_MEMORY, "cannot fetch", &failure);
		outcome_file(transfer, file, RESULT_FAILED, &failure);
		return;
	}
	if (download_failed(errand.download))
		errand.ask = ASK_KIND;
	else
		errand.download->looked = false;
	push(&batch->waiting, &errand);
}

static void put_back(struct batch *batch, struct errands *errands)
{
	while (errands->count > 0)
		queue_again(batch->transfer->queue, pop(errands).download->file);
}

void batch_run(struct worker *worker)
{
	struct batch batch = {.worker = worker, .transfer = worker->transfer, .handful.room = worker_room(worker)};
	struct queue *queue = worker->transfer->queue;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < worker->task.work.file_count; i++)
		take_up(&batch, worker->task.work.files[i]);
	while (status == STATUS_OK && batch.waiting.count + batch.asked.count + batch.handful.count > 0) {
		status = queue_stopped(queue) ? STATUS_INTERRUPTED : send_requests(&batch);
		if (status == STATUS_OK && batch.asked.count > 0)
			status = handle_answer(&batch);
		else if (status == STATUS_OK)
			settle(&batch);
	}
	settle(&batch);
	if (batch.proved)
		queue_progress(queue, worker->task.remote);
	/* Before the files go back: other threads that take them up then wait out the pause. */
	if (status != STATUS_OK)
		worker_lose_link(worker, status);
	put_back(&batch, &batch.asked);
	put_back(&batch, &batch.waiting);
}
