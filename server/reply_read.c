/* READ: pieces of a file, each followed by its digest. */
#include "budget.h"
#include "clock.h"
#include "message.h"
#include "reply.h"
#include "source.h"

/*
 * Per piece: its digest, remembered or computed now; the DATA header and the piece straight from the file; a check that the
 * file is still the same; the trailer. A failure behind the header voids the piece: it arrives in full length, but worth
 * nothing, and the ERROR after it tells why.
 */
enum read_state {
	READ_OPENING,
	READ_SMALL,   /* open, and its only piece did not lie in memory */
	READ_BETWEEN, /* the next frame is a DATA header, if any */
	READ_SENDING, /* the piece is in the output, its trailer is not */
};

struct read {
	struct reply reply;
	struct source source;
	struct version wanted;
	uint64_t next;
	uint64_t end;
	enum remembering remembering;
	enum read_state state;
	bool hashed;          /* DIGEST is that of piece NEXT, computed by this reply */
	struct digest digest;
	struct ticket ticket;
};

static void write_trailer(struct read *read, struct turn *turn, enum data_status status)
{
	struct data_trailer trailer = {.status = status};

	if (status == DATA_PROVEN)
		trailer.digest = read->digest;
	data_trailer_encode(output_writer(turn->output), &trailer);
	read->reply.inside_frame = false;
}

/*
 * A small file, read into the bench's buffer, is proven before its first byte is written: many answers share one send, and
 * nothing can turn void.
 */
static enum reply_result send_small(struct read *read, struct turn *turn)
{
	const unsigned char *bytes = turn->bench->hashing;
	struct writer *writer = output_writer(turn->output);
	uint32_t length = (uint32_t)source_size(&read->source);
	enum status status = source_check(&read->source, turn);

	if (status != STATUS_OK)
		return reply_fail(turn, status);
	/* A lone leaf's digest comes later, together with others. */
	if (length > LEAF_SIZE)
		piece_digest(turn->bench->lanes, bytes, length, &read->digest);
	atomic_fetch_add(&turn->services->tally.hashed, length);
	source_describe(&read->source, turn, read->reply.number, &read->digest);
	unsigned char *root = writer->next - sizeof(struct digest);
	data_header_encode(writer, read->reply.number, length);
	struct span leaf = {.bytes = writer->next, .length = length};
	output_file_bytes(turn->output, bytes, length);
	write_trailer(read, turn, DATA_PROVEN);
	if (length <= LEAF_SIZE)
		seals_add(&turn->bench->seals, turn->bench->lanes, leaf, root, writer->next - sizeof(struct digest));
	return REPLY_DONE;
}

static enum reply_result read_small(struct read *read, struct turn *turn)
{
	enum status status = source_read(&read->source, turn->bench->hashing, source_size(&read->source), 0);

	return status == STATUS_OK ? send_small(read, turn) : reply_fail(turn, status);
}

/* Most small files lie in memory: trying costs no more than asking would. */
static enum reply_result try_small(struct read *read, struct turn *turn)
{
	struct file_range range = source_file_range(&read->source, 0);

	if (file_range_read_hot(&range, turn->bench->hashing))
		return send_small(read, turn);
	read->state = READ_SMALL;
	return REPLY_MORE;
}

static enum reply_result open_source(struct read *read, struct turn *turn)
{
	int64_t wait_until;
	enum status status = source_open(&read->source, turn, read->reply.path, &read->wanted, &wait_until);

	if (status == STATUS_OK && wait_until != 0)
		return reply_park(turn, wait_until);
	if (status == STATUS_OK)
		status = source_range(&read->source, &read->wanted, read->next, &read->end);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	if (!read->source.content)
		return try_small(read, turn);
	source_announce(&read->source, turn, read->reply.number, read->remembering);
	read->state = READ_BETWEEN;
	return REPLY_MORE;
}

static enum reply_result send_piece(struct read *read, struct turn *turn)
{
	uint32_t length = piece_length(source_size(&read->source), read->next);

	data_header_encode(output_writer(turn->output), read->reply.number, length);
	output_file(turn->output, read->source.fd, read->next * PIECE_SIZE, length);
	read->reply.inside_frame = true;
	read->reply.worked += length;
	read->hashed = false;
	read->state = READ_SENDING;
	return REPLY_MORE;
}

static enum reply_result hash_piece(struct read *read, struct turn *turn)
{
	uint32_t length = piece_length(source_size(&read->source), read->next);
	int64_t wait_until = 0;

	/* An ordinary READ pays for its hashing by receiving; asking again and again for fresh digests is not ordinary. */
	if (read->remembering == REMEMBER_FRESH)
		wait_until = caps_ask(&turn->services->caps, turn->visitor->part, CAP_HASHING, &read->ticket, length, clock_now());
	if (wait_until != 0)
		return reply_park(turn, wait_until);
	enum status status = source_hash(&read->source, turn, read->next, read->remembering, &read->digest);
	if (status != STATUS_OK)
		return reply_fail(turn, status);
	read->hashed = true;
	return REPLY_YIELD;
}

static bool has_digest(struct read *read)
{
	if (read->hashed)
		return true;
	return read->remembering == REMEMBER_AGREEING && source_known(&read->source, read->next, &read->digest);
}

static enum reply_result next_piece(struct read *read, struct turn *turn)
{
	if (read->next == read->end)
		return REPLY_DONE;
	return has_digest(read) ? send_piece(read, turn) : hash_piece(read, turn);
}

static enum reply_result end_piece(struct read *read, struct turn *turn)
{
	enum status status = source_check(&read->source, turn);

	/* A file that ended early has changed, even where its times do not show it. */
	if (status == STATUS_OK)
		status = output_file_status(turn->output);
	if (status != STATUS_OK) {
		write_trailer(read, turn, DATA_VOID);
		return reply_fail(turn, status == STATUS_END ? STATUS_CHANGED : status);
	}
	write_trailer(read, turn, DATA_PROVEN);
	read->next++;
	read->state = READ_BETWEEN;
	/* The written bytes leave before the next piece is hashed. */
	return read->next < read->end && !has_digest(read) ? REPLY_YIELD : REPLY_MORE;
}

static enum reply_result step(struct reply *reply, struct turn *turn)
{
	struct read *read = (struct read *)reply;

	switch (read->state) {
	case READ_OPENING:
		return open_source(read, turn);
	case READ_SMALL:
		return read_small(read, turn);
	case READ_BETWEEN:
		return next_piece(read, turn);
	case READ_SENDING:
		break;
	}
	return end_piece(read, turn);
}

/* Nothing may wait within a DATA frame: the needs of the next piece are asked for once the trailer is written. */
static enum reply_reading reads(struct reply *reply, struct file_range *range)
{
	struct read *read = (struct read *)reply;
	bool between = read->state == READ_BETWEEN && read->next < read->end;

	if (!between && read->state != READ_SMALL)
		return REPLY_READS_NOTHING;
	*range = source_file_range(&read->source, read->next);
	return between && has_digest(read) ? REPLY_SENDS_FILE : REPLY_READS_FILE;
}

static void release(struct reply *reply, struct services *services)
{
	source_release(&((struct read *)reply)->source, services);
}

static const struct reply_class read_class = {.name = "read", .step = step, .reads = reads, .release = release};

enum status reply_read_new(const struct frame *frame, struct span payload, struct reply **reply)
{
	struct pieces_request request;
	enum status status = pieces_request_decode(payload, frame->flags, &request);

	if (status != STATUS_OK)
		return status;
	struct read *read = (struct read *)reply_new(&read_class, sizeof(*read), request.path);
	if (!read)
		return STATUS_NO_MEMORY;
	read->wanted = request.version;
	read->next = request.first;
	read->end = request.first + request.count;
	read->remembering = request.fresh ? REMEMBER_FRESH : REMEMBER_AGREEING;
	*reply = &read->reply;
	return STATUS_OK;
}
