/* Sends READ for a run of pieces and judges each piece as it arrives. */
#include "fetch.h"

#include "course.h"
#include "digest.h"
#include "ending.h"
#include "landing.h"
#include "outcome.h"
#include "receive.h"

static bool is_ordered(const struct download *download)
{
	return download->outlet && outlet_is_ordered(download->outlet);
}

/* A piece that arrives wrong once is fetched again; twice is a failure. */
static void judge_wrong(struct worker *worker, struct download *download, const struct piece_run *run, const struct piece_news *news,
	struct course *course)
{
	struct failure failure;

	queue_piece(worker->transfer->queue, download, news);
	/* An ordered outlet gets nothing behind a missing piece. */
	course->stop = is_ordered(download);
	if (run->from != PIECE_SUSPECT)
		return;
	ending_explain_mismatch(download, news->piece, &failure);
	course_fail(course, &failure);
}

/* Does judge() tell the queue of this piece, which counts its bytes then? Other bytes are counted as wasted. */
static bool is_news(const struct receipt *receipt)
{
	return !receipt->drop && receipt->verdict != RECEIPT_ERROR && receipt->failure.code == EXIT_OK;
}

static void judge(struct worker *worker, struct download *download, const struct piece_run *run, uint64_t piece,
	const struct receipt *receipt, struct course *course)
{
	struct piece_news news = {.piece = piece, .verdict = PIECE_VERDICT_WRONG, .digest = receipt->digest, .received = receipt->length};

	if (receipt->verdict == RECEIPT_ERROR) {
		course_error(course, worker, receipt->error, &receipt->failure);
	} else if (receipt->failure.code != EXIT_OK) {
		course_fail(course, &receipt->failure);
	} else if (receipt->verdict == RECEIPT_WRONG) {
		judge_wrong(worker, download, run, &news, course);
	} else {
		news.verdict = PIECE_VERDICT_PROVEN;
		queue_piece(worker->transfer->queue, download, &news);
		atomic_fetch_add_explicit(&worker->transfer->counters->bytes_fetched, receipt->length, memory_order_relaxed);
	}
}

/* The answer has been received to its end, or its rest is not wanted. */
static void end_answer(struct worker *worker, bool complete)
{
	if (complete)
		link_answered(worker->link);
	else
		worker_drop_link(worker);
}

static void reserve(struct worker *worker, struct download *download, const struct piece_run *run, struct course *course)
{
	struct failure failure = {.code = EXIT_OK};
	uint64_t last = run->first + run->count - 1;
	uint64_t length = (last - run->first) * PIECE_SIZE + piece_length(download->source.size, last);

	landing_reserve(worker->transfer, download, run->first * PIECE_SIZE, length, &failure);
	if (failure.code != EXIT_OK)
		course_fail(course, &failure);
}

/* *COMPLETE: the answer was received to its end. */
static enum status receive_run(struct worker *worker, struct download *download, const struct piece_run *run, struct course *course,
	bool *complete)
{
	const uint64_t end = run->first + run->count;

	for (uint64_t piece = run->first; piece < end && !*complete; piece++) {
		/* One unwanted piece is received and dropped; for more of them it is cheaper to drop the link. */
		if (course->stop && end - piece > 1)
			return STATUS_OK;
		if (queue_stopped(worker->transfer->queue))
			return STATUS_INTERRUPTED;
		struct receipt receipt = {.drop = course->stop};
		enum status status = receive_piece(worker, download, piece, &receipt);
		if (status != STATUS_OK || !is_news(&receipt))
			queue_wasted(worker->transfer->queue, download, receipt.received);
		if (status != STATUS_OK)
			return status;
		if (!course->stop)
			judge(worker, download, run, piece, &receipt, course);
		*complete = piece + 1 == end || receipt.verdict == RECEIPT_ERROR;
		worker_commit_old(worker);
	}
	return STATUS_OK;
}

static enum status receive_answer(struct worker *worker, struct download *download, const struct piece_run *run, struct course *course)
{
	bool complete = false;

	reserve(worker, download, run, course);
	enum status status = receive_run(worker, download, run, course, &complete);
	if (status == STATUS_OK)
		end_answer(worker, complete);
	return status;
}

enum status fetch_pieces(struct worker *worker, struct download *download, const struct piece_run *run)
{
	struct course course = {.end = RUN_OVER};
	enum status status = receive_answer(worker, download, run, &course);

	course_end(&course, worker, download, run, status);
	return status;
}

void fetch_run(struct worker *worker, struct download *download, const struct piece_run *run)
{
	struct course course = {.end = RUN_OVER};
	enum status status = course_ask(worker, download, run, read_request_encode);

	if (status == STATUS_OK)
		status = course_open(&course, worker, download);
	if (status == STATUS_OK && !course.stop)
		status = receive_answer(worker, download, run, &course);
	course_end(&course, worker, download, run, status);
}
