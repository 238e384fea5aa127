/* DIGESTS: the digests of pieces, as they become known. */
#include "budget.h"
#include "clock.h"
#include "message.h"
#include "reply.h"
#include "source.h"

/* Known digests are sent at least this often. */
#define SILENCE_MAX CLOCK_SECOND

/*
 * The digests between SENT and READY wait in the content, not here. Where another client's FRESH request drops them
 * meanwhile, they are computed again.
 */
struct digests {
	struct reply reply;
	struct source source;
	struct version wanted;
	uint64_t first;
	uint64_t sent;
	uint64_t ready;
	uint64_t end;
	enum remembering remembering;
	struct ticket ticket;
};

static enum reply_result finish(struct digests *digests, struct turn *turn)
{
	done_encode(output_writer(turn->output), digests->reply.number, &(struct done){digests->end - digests->first});
	return REPLY_DONE;
}

/* 0 when the next piece may be hashed now. */
static int64_t wait_for_budget(struct digests *digests, struct turn *turn, int64_t now)
{
	uint32_t length = piece_length(source_size(&digests->source), digests->ready);

	return caps_ask(&turn->services->caps, turn->visitor->part, CAP_HASHING, &digests->ticket, length, now);
}

static enum status hash_next(struct digests *digests, struct turn *turn, struct digest *digest)
{
	enum status status = source_hash(&digests->source, turn, digests->ready, digests->remembering, digest);

	if (status != STATUS_OK)
		return status;
	digests->reply.worked += piece_length(source_size(&digests->source), digests->ready);
	digests->ready++;
	return STATUS_OK;
}

/* A file without a content: the whole answer in one step. */
static enum reply_result send_small(struct digests *digests, struct turn *turn)
{
	struct writer *writer = output_writer(turn->output);
	struct digest digest;
	int64_t wait_until = wait_for_budget(digests, turn, clock_now());

	if (wait_until != 0)
		return reply_park(turn, wait_until);
	enum status status = hash_next(digests, turn, &digest);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	source_describe(&digests->source, turn, digests->reply.number, &digest);
	unsigned char *mark = pieces_begin(writer, digests->reply.number, 0);
	pieces_add(writer, &digest);
	frame_end(writer, mark);
	return finish(digests, turn);
}

static enum reply_result open_source(struct digests *digests, struct turn *turn)
{
	int64_t wait_until;
	enum status status = source_open(&digests->source, turn, digests->reply.path, &digests->wanted, &wait_until);

	if (status == STATUS_OK && wait_until != 0)
		return reply_park(turn, wait_until);
	if (status == STATUS_OK)
		status = source_range(&digests->source, &digests->wanted, digests->first, &digests->end);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	if (digests->source.content)
		source_announce(&digests->source, turn, digests->reply.number, digests->remembering);
	return REPLY_MORE;
}

static void skip_known(struct digests *digests)
{
	struct digest digest;

	if (digests->remembering == REMEMBER_FRESH)
		return;
	while (digests->ready < digests->end && digests->ready - digests->sent < PIECES_PER_FRAME &&
		source_known(&digests->source, digests->ready, &digest))
		digests->ready++;
}

static bool is_time_to_send(const struct digests *digests, int64_t now)
{
	uint64_t waiting = digests->ready - digests->sent;

	if (waiting == 0)
		return false;
	return digests->ready == digests->end || waiting == PIECES_PER_FRAME || now - digests->reply.last_word >= SILENCE_MAX;
}

static enum reply_result send_ready(struct digests *digests, struct turn *turn)
{
	struct writer *writer = output_writer(turn->output);
	struct digest digest;

	if (!source_known(&digests->source, digests->sent, &digest)) {
		digests->ready = digests->sent;
		return REPLY_MORE;
	}
	unsigned char *mark = pieces_begin(writer, digests->reply.number, digests->sent);
	do {
		pieces_add(writer, &digest);
		digests->sent++;
	} while (digests->sent < digests->ready && source_known(&digests->source, digests->sent, &digest));
	frame_end(writer, mark);
	digests->ready = digests->sent;
	return REPLY_MORE;
}

static enum reply_result hash_piece(struct digests *digests, struct turn *turn, int64_t now)
{
	int64_t wait_until = wait_for_budget(digests, turn, now);
	int64_t speak_at = digests->reply.last_word + SILENCE_MAX;
	struct digest digest;

	if (wait_until != 0)
		return reply_park(turn, digests->ready > digests->sent && speak_at < wait_until ? speak_at : wait_until);
	enum status status = hash_next(digests, turn, &digest);
	return status == STATUS_OK ? REPLY_YIELD : reply_fail(turn, status);
}

static enum reply_result step(struct reply *reply, struct turn *turn)
{
	struct digests *digests = (struct digests *)reply;
	int64_t now = clock_now();

	if (!digests->source.is_open)
		return open_source(digests, turn);
	if (!digests->source.content)
		return send_small(digests, turn);
	skip_known(digests);
	if (is_time_to_send(digests, now))
		return send_ready(digests, turn);
	if (digests->sent == digests->end)
		return finish(digests, turn);
	return hash_piece(digests, turn, now);
}

static void release(struct reply *reply, struct services *services)
{
	source_release(&((struct digests *)reply)->source, services);
}

static enum reply_reading reads(struct reply *reply, struct file_range *range)
{
	struct digests *digests = (struct digests *)reply;

	if (!digests->source.is_open)
		return REPLY_READS_NOTHING;
	skip_known(digests);
	if (digests->ready == digests->end || is_time_to_send(digests, clock_now()))
		return REPLY_READS_NOTHING;
	*range = source_file_range(&digests->source, digests->ready);
	return REPLY_READS_FILE;
}

static const struct reply_class digests_class = {.name = "digests", .step = step, .reads = reads, .release = release};

enum status reply_digests_new(const struct frame *frame, struct span payload, struct reply **reply)
{
	struct pieces_request request;
	enum status status = pieces_request_decode(payload, frame->flags, &request);

	if (status != STATUS_OK)
		return status;
	struct digests *digests = (struct digests *)reply_new(&digests_class, sizeof(*digests), request.path);
	if (!digests)
		return STATUS_NO_MEMORY;
	digests->wanted = request.version;
	digests->first = digests->sent = digests->ready = request.first;
	digests->end = request.first + request.count;
	digests->remembering = request.fresh ? REMEMBER_FRESH : REMEMBER_AGREEING;
	*reply = &digests->reply;
	return STATUS_OK;
}
