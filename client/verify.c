/* Asks for the digests of a run and compares local pieces with them. */
#include "verify.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"
#include "landing.h"
#include "outcome.h"
#include "stored_piece.h"

/* PIECES continue where the last one ended, and never go beyond the run. */
static enum status handle_pieces(struct span payload, const struct piece_run *run, struct digest *wanted, uint32_t *received)
{
	struct pieces pieces;
	enum status status = pieces_decode(payload, &pieces);

	if (status != STATUS_OK)
		return status;
	if (pieces.first != run->first + *received || pieces.count > run->count - *received)
		return STATUS_PROTOCOL;
	memcpy(wanted + *received, pieces.digests, pieces.count * sizeof(wanted[0]));
	*received += pieces.count;
	return STATUS_OK;
}

static enum status handle_done(struct worker *worker, struct span payload, const struct piece_run *run, uint32_t received)
{
	struct done done;
	enum status status = done_decode(payload, &done);

	if (status == STATUS_OK && (received != run->count || done.count != run->count))
		status = STATUS_PROTOCOL;
	if (status == STATUS_OK)
		link_answered(worker->link);
	return status;
}

/* Receives the answer behind FILE to its end. */
static enum status handle_digests(struct worker *worker, struct download *download, const struct piece_run *run, struct digest *wanted,
	struct course *course)
{
	uint32_t received = 0;

	for (;;) {
		struct frame frame;
		struct span payload;
		enum status status = link_receive(worker->link, &frame, &payload);
		if (status != STATUS_OK)
			return status;
		if (frame.type == FRAME_ERROR)
			return course_refuse(course, worker, download, payload);
		if (frame.type == FRAME_DONE)
			return handle_done(worker, payload, run, received);
		if (frame.type != FRAME_PIECES)
			return STATUS_PROTOCOL;
		status = handle_pieces(payload, run, wanted, &received);
		if (status != STATUS_OK)
			return status;
	}
}

/* Does FD have the wanted piece? Not if it cannot be read. */
static bool holds(struct worker *worker, const struct download *download, int fd, uint64_t piece, const struct digest *wanted)
{
	struct stored_piece stored = {.fd = fd, .file_size = download->source.size, .index = piece};
	struct stored_piece_room room = {.bytes = worker->room, .size = PIECE_SIZE};
	struct digest digest;

	return stored_piece_digest(&stored, worker->lanes, room, &digest) == STATUS_OK && digest_equal(&digest, wanted);
}

/* Stores the buffer that was hashed: the file may have other bytes by now. */
static bool take_over(struct worker *worker, struct download *download, uint64_t piece, struct course *course)
{
	struct failure failure = {.code = EXIT_OK};
	struct span bytes = {.bytes = worker->room, .length = piece_length(download->source.size, piece)};

	landing_store(worker->transfer, download, piece, 0, bytes, &failure);
	if (failure.code == EXIT_OK)
		return true;
	course_fail(course, &failure);
	return false;
}

/* Looks for the piece in the partial, then in the older file. */
static bool prove(struct worker *worker, struct download *download, const struct piece_run *run, uint64_t piece,
	const struct digest *wanted, struct course *course)
{
	if (run->from == PIECE_LOCAL && holds(worker, download, download->partial.fd, piece, wanted))
		return true;
	if (download->basis < 0 || !holds(worker, download, download->basis, piece, wanted))
		return false;
	return download->proving || take_over(worker, download, piece, course);
}

static void prove_run(struct worker *worker, struct download *download, const struct piece_run *run, const struct digest *wanted,
	struct course *course)
{
	for (uint32_t i = 0; i < run->count && !course->stop && !queue_stopped(worker->transfer->queue); i++) {
		struct piece_news news = {.piece = run->first + i, .verdict = PIECE_VERDICT_WRONG, .digest = wanted[i]};
		if (prove(worker, download, run, news.piece, &wanted[i], course)) {
			news.verdict = PIECE_VERDICT_PROVEN;
			news.reused = piece_length(download->source.size, news.piece);
			atomic_fetch_add_explicit(&worker->transfer->counters->bytes_verified, news.reused, memory_order_relaxed);
		} else if (download->proving) {
			course->end = RUN_DIFFERS;
			course->stop = true;
		}
		if (!course->stop)
			queue_piece(worker->transfer->queue, download, &news);
	}
}

static void prepare(struct worker *worker, const struct download *download, struct course *course)
{
	struct failure failure;

	if (worker_room(worker))
		return;
	outcome_local_failure(worker->transfer, &download->file->node, STATUS_NO_MEMORY, "cannot verify", &failure);
	course_fail(course, &failure);
}

void verify_run(struct worker *worker, struct download *download, const struct piece_run *run)
{
	struct course course = {.end = RUN_OVER};
	struct digest wanted[RUN_PIECES_MAX];

	assert(run->count <= RUN_PIECES_MAX);
	enum status status = course_ask(worker, download, run, digests_request_encode);
	if (status == STATUS_OK)
		status = course_open(&course, worker, download);
	if (status == STATUS_OK && !course.stop)
		status = handle_digests(worker, download, run, wanted, &course);
	if (status == STATUS_OK && !course.stop)
		prepare(worker, download, &course);
	if (status == STATUS_OK && !course.stop)
		prove_run(worker, download, run, wanted, &course);
	course_end(&course, worker, download, run, status);
}
