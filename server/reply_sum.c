/* SUM: one digest of a whole file, flat as sha256sum prints it or the root of its tree. */
#include "budget.h"
#include "clock.h"
#include "message.h"
#include "reply.h"
#include "source.h"

/* Remembered digests that one step passes over. */
#define SKIP_MAX 4096u

struct sum {
	struct reply reply;
	struct source source;
	enum sum_kind kind;
	struct flat *flat; /* SUM_FLAT: the stream so far */
	uint64_t next;     /* piece */
	uint64_t end;
	struct digest last; /* of the piece hashed last */
	struct ticket ticket;
};

static enum reply_result open_source(struct sum *sum, struct turn *turn)
{
	int64_t wait_until;
	enum status status = source_open(&sum->source, turn, sum->reply.path, &(struct version){{0}}, &wait_until);

	if (status == STATUS_OK && wait_until != 0)
		return reply_park(turn, wait_until);
	if (status == STATUS_OK && sum->kind == SUM_FLAT)
		status = flat_new(&sum->flat);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	sum->end = piece_count(source_size(&sum->source));
	source_announce(&sum->source, turn, sum->reply.number, REMEMBER_AGREEING);
	return REPLY_MORE;
}

static enum reply_result finish(struct sum *sum, struct turn *turn, const struct digest *digest)
{
	struct sum_result result = {.kind = sum->kind, .digest = *digest};

	sum_result_encode(output_writer(turn->output), sum->reply.number, &result);
	return REPLY_DONE;
}

/* 0 when the next piece may be hashed now. */
static int64_t wait_for_budget(struct sum *sum, struct turn *turn)
{
	uint32_t length = piece_length(source_size(&sum->source), sum->next);

	return caps_ask(&turn->services->caps, turn->visitor->part, CAP_HASHING, &sum->ticket, length, clock_now());
}

static enum status add_flat(struct sum *sum, struct turn *turn)
{
	unsigned char *buffer = turn->bench->hashing;
	uint64_t offset = sum->next * PIECE_SIZE;
	uint32_t left = piece_length(source_size(&sum->source), sum->next);

	atomic_fetch_add(&turn->services->tally.hashed, left);
	while (left > 0) {
		uint32_t length = left < WORKBENCH_HASHING ? left : WORKBENCH_HASHING;
		enum status status = source_read(&sum->source, buffer, length, offset);
		if (status != STATUS_OK)
			return status;
		flat_add(sum->flat, buffer, length);
		offset += length;
		left -= length;
	}
	return source_check(&sum->source, turn);
}

static enum reply_result hash_piece(struct sum *sum, struct turn *turn)
{
	int64_t wait_until = wait_for_budget(sum, turn);
	enum status status;

	if (wait_until != 0)
		return reply_park(turn, wait_until);
	if (sum->kind == SUM_FLAT)
		status = add_flat(sum, turn);
	else
		status = source_hash(&sum->source, turn, sum->next, REMEMBER_AGREEING, &sum->last);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	sum->reply.worked += piece_length(source_size(&sum->source), sum->next);
	sum->next++;
	return REPLY_YIELD;
}

static enum reply_result step_flat(struct sum *sum, struct turn *turn)
{
	struct digest digest;

	if (sum->next < sum->end)
		return hash_piece(sum, turn);
	flat_finish(sum->flat, &digest);
	return finish(sum, turn, &digest);
}

static enum reply_result step_tree(struct sum *sum, struct turn *turn)
{
	struct digest digest;
	unsigned skipped = 0;

	while (sum->next < sum->end && skipped < SKIP_MAX && source_known(&sum->source, sum->next, &digest)) {
		sum->next++;
		skipped++;
	}
	if (skipped == SKIP_MAX)
		return REPLY_YIELD;
	if (sum->next < sum->end)
		return hash_piece(sum, turn);
	if (!sum->source.content)
		return finish(sum, turn, &sum->last);
	if (source_root(&sum->source, turn, &digest))
		return finish(sum, turn, &digest);
	/* Another client's FRESH request dropped some meanwhile. */
	sum->next = 0;
	return REPLY_YIELD;
}

static enum reply_result step(struct reply *reply, struct turn *turn)
{
	struct sum *sum = (struct sum *)reply;

	if (!sum->source.is_open)
		return open_source(sum, turn);
	return sum->kind == SUM_FLAT ? step_flat(sum, turn) : step_tree(sum, turn);
}

static void release(struct reply *reply, struct services *services)
{
	struct sum *sum = (struct sum *)reply;

	flat_free(sum->flat);
	source_release(&sum->source, services);
}

static enum reply_reading reads(struct reply *reply, struct file_range *range)
{
	struct sum *sum = (struct sum *)reply;
	struct digest digest;

	if (!sum->source.is_open || sum->next == sum->end)
		return REPLY_READS_NOTHING;
	if (sum->kind == SUM_TREE && source_known(&sum->source, sum->next, &digest))
		return REPLY_READS_NOTHING;
	*range = source_file_range(&sum->source, sum->next);
	return REPLY_READS_FILE;
}

static const struct reply_class sum_class = {.name = "sum", .step = step, .reads = reads, .release = release};

enum status reply_sum_new(const struct frame *frame, struct span payload, struct reply **reply)
{
	struct sum_request request;
	enum status status = sum_request_decode(payload, &request);

	(void)frame;
	if (status != STATUS_OK)
		return status;
	struct sum *sum = (struct sum *)reply_new(&sum_class, sizeof(*sum), request.path);
	if (!sum)
		return STATUS_NO_MEMORY;
	sum->kind = request.kind;
	*reply = &sum->reply;
	return STATUS_OK;
}
