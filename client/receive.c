/* Hashes the bytes of a piece and stores them, straight from the link's buffer while they are in the cache. */
#include "receive.h"

#include <string.h>

#include "digest.h"
#include "landing.h"
#include "link.h"

static bool is_stored(const struct receipt *receipt)
{
	return !receipt->drop && receipt->failure.code == EXIT_OK;
}

static enum status handle_error(struct worker *worker, const struct download *download, struct span payload, struct receipt *receipt)
{
	receipt->verdict = RECEIPT_ERROR;
	receipt->error = worker_explain_error(worker, download, payload, &receipt->failure);
	return receipt->error == STATUS_PROTOCOL ? STATUS_PROTOCOL : STATUS_OK;
}

/* A void trailer is followed by an ERROR with the reason. */
static enum status receive_reason(struct worker *worker, const struct download *download, struct receipt *receipt)
{
	struct frame frame;
	struct span payload;
	enum status status = link_receive(worker->link, &frame, &payload);

	if (status == STATUS_OK && frame.type != FRAME_ERROR)
		status = STATUS_PROTOCOL;
	return status == STATUS_OK ? handle_error(worker, download, payload, receipt) : status;
}

static void count_received(const struct worker *worker, struct receipt *receipt, size_t length)
{
	receipt->received += (uint32_t)length;
	atomic_fetch_add_explicit(&worker->transfer->counters->bytes_received, length, memory_order_relaxed);
}

/* Hashes and stores the bytes of PIECE as they come. */
static enum status receive_bytes(struct worker *worker, struct download *download, uint64_t piece, struct receipt *receipt,
	struct digest *digest)
{
	struct piece builder;
	struct span bytes;

	piece_start(&builder, download->source.size);
	for (uint32_t offset = 0; offset < receipt->length; offset += (uint32_t)bytes.length) {
		uint32_t rest = receipt->length - offset;
		enum status status = link_view(worker->link, rest < LINK_VIEW_MAX ? rest : LINK_VIEW_MAX, &bytes);
		if (status != STATUS_OK)
			return status;
		count_received(worker, receipt, bytes.length);
		piece_add(&builder, worker->lanes, bytes.bytes, bytes.length);
		if (is_stored(receipt))
			landing_store(worker->transfer, download, piece, offset, bytes, &receipt->failure);
	}
	piece_finish(&builder, worker->lanes, digest);
	return STATUS_OK;
}

static enum status hold_bytes(struct worker *worker, struct receipt *receipt)
{
	struct span bytes;
	enum status status = link_view(worker->link, receipt->length, &bytes);

	if (status != STATUS_OK)
		return status;
	memcpy(receipt->hold, bytes.bytes, bytes.length);
	count_received(worker, receipt, bytes.length);
	return STATUS_OK;
}

static enum status receive_trailer(struct worker *worker, struct data_trailer *trailer)
{
	struct span bytes;
	enum status status = link_view(worker->link, DATA_TRAILER_SIZE, &bytes);

	return status == STATUS_OK ? data_trailer_decode(bytes.bytes, trailer) : status;
}

static enum status receive_data(struct worker *worker, struct download *download, uint64_t piece, struct receipt *receipt)
{
	struct digest digest;
	struct data_trailer trailer;
	enum status status = receipt->hold ? hold_bytes(worker, receipt) : receive_bytes(worker, download, piece, receipt, &digest);

	if (status == STATUS_OK)
		status = receive_trailer(worker, &trailer);
	if (status != STATUS_OK)
		return status;
	if (trailer.status == DATA_VOID)
		return receive_reason(worker, download, receipt);
	if (receipt->hold) {
		receipt->verdict = RECEIPT_HELD;
		receipt->digest = trailer.digest;
		return STATUS_OK;
	}
	receipt->verdict = digest_equal(&trailer.digest, &digest) ? RECEIPT_PROVEN : RECEIPT_WRONG;
	receipt->digest = digest;
	if (receipt->verdict == RECEIPT_PROVEN && is_stored(receipt))
		landing_prove(worker->transfer, download, receipt->length, &receipt->failure);
	return STATUS_OK;
}

enum status receive_piece(struct worker *worker, struct download *download, uint64_t piece, struct receipt *receipt)
{
	struct frame frame;
	struct span payload;
	enum status status = link_receive(worker->link, &frame, &payload);

	receipt->length = piece_length(download->source.size, piece);
	if (status != STATUS_OK)
		return status;
	if (frame.type == FRAME_ERROR)
		return handle_error(worker, download, payload, receipt);
	if (frame.type != FRAME_DATA || frame.length != receipt->length + DATA_TRAILER_SIZE)
		return STATUS_PROTOCOL;
	return receive_data(worker, download, piece, receipt);
}
