/* Decodes whatever a frame holds and encodes it again: a sound message must come out as the same bytes. */
#ifndef RECODE_H
#define RECODE_H

#include <string.h>

#include "message.h"

/* For messages whose encoder takes the request's number. */
#define RECODE(message, encode) \
	static inline enum status recode_##message(const struct frame *frame, struct span payload, struct writer *out) \
	{ \
		struct message decoded; \
		enum status status = message##_decode(payload, &decoded); \
		if (status == STATUS_OK) \
			(encode)(out, frame->number, &decoded); \
		return status; \
	}

RECODE(stat_request, stat_request_encode)
RECODE(sum_request, sum_request_encode)
RECODE(ping, frame->type == FRAME_PING ? ping_encode : pong_encode)
RECODE(file, file_encode)
RECODE(sum_result, sum_result_encode)
RECODE(done, done_encode)
RECODE(progress_report, progress_report_encode)
RECODE(error, error_encode)

static inline enum status recode_hello(const struct frame *frame, struct span payload, struct writer *out)
{
	struct hello hello;
	enum status status = hello_decode(payload, &hello);

	(void)frame;
	if (status == STATUS_OK)
		hello_encode(out, &hello);
	return status;
}

static inline enum status recode_welcome(const struct frame *frame, struct span payload, struct writer *out)
{
	struct welcome welcome;
	enum status status = welcome_decode(payload, &welcome);

	(void)frame;
	if (status == STATUS_OK)
		welcome_encode(out, &welcome);
	return status;
}

static inline enum status recode_auth(const struct frame *frame, struct span payload, struct writer *out)
{
	struct auth auth;
	enum status status = auth_decode(payload, &auth);

	(void)frame;
	if (status == STATUS_OK)
		auth_encode(out, &auth);
	return status;
}

/* It has no payload, as its header has said. */
static inline enum status recode_goodbye(const struct frame *frame, struct span payload, struct writer *out)
{
	(void)frame;
	(void)payload;
	goodbye_encode(out);
	return STATUS_OK;
}

static inline enum status recode_list_request(const struct frame *frame, struct span payload, struct writer *out)
{
	struct list_request request;
	enum status status = list_request_decode(payload, frame->flags, &request);

	if (status == STATUS_OK)
		list_request_encode(out, frame->number, &request);
	return status;
}

static inline enum status recode_pieces_request(const struct frame *frame, struct span payload, struct writer *out)
{
	struct pieces_request request;
	enum status status = pieces_request_decode(payload, frame->flags, &request);

	if (status == STATUS_OK)
		(frame->type == FRAME_READ ? read_request_encode : digests_request_encode)(out, frame->number, &request);
	return status;
}

static inline enum status recode_entries(const struct frame *frame, struct span payload, struct writer *out)
{
	unsigned char *mark = entries_begin(out, frame->number);
	struct reader reader;
	struct entry entry;
	enum status status;

	reader_init(&reader, payload.bytes, payload.length);
	while ((status = entry_decode(&reader, &entry)) == STATUS_OK)
		entry_encode(out, &entry);
	frame_end(out, mark);
	return status == STATUS_END ? STATUS_OK : status;
}

static inline enum status recode_pieces(const struct frame *frame, struct span payload, struct writer *out)
{
	struct pieces pieces;
	enum status status = pieces_decode(payload, &pieces);

	if (status != STATUS_OK)
		return status;
	unsigned char *mark = pieces_begin(out, frame->number, pieces.first);
	for (uint32_t i = 0; i < pieces.count; i++) {
		struct digest digest;
		memcpy(digest.bytes, pieces.digests + i * sizeof digest, sizeof digest);
		pieces_add(out, &digest);
	}
	frame_end(out, mark);
	return STATUS_OK;
}

static inline enum status recode_data(const struct frame *frame, struct span payload, struct writer *out)
{
	struct data_trailer trailer;

	if (payload.length < DATA_TRAILER_SIZE)
		return STATUS_PROTOCOL;
	uint32_t piece_length = (uint32_t)payload.length - DATA_TRAILER_SIZE;
	enum status status = data_trailer_decode(payload.bytes + piece_length, &trailer);
	if (status != STATUS_OK)
		return status;
	data_header_encode(out, frame->number, piece_length);
	writer_bytes(out, payload.bytes, piece_length);
	data_trailer_encode(out, &trailer);
	return STATUS_OK;
}

typedef enum status recoder(const struct frame *frame, struct span payload, struct writer *out);

/* NULL for a type that has none. */
static inline recoder *recoder_of(uint8_t type)
{
	static recoder *const recoders[256] = {
		[FRAME_HELLO] = recode_hello,
		[FRAME_AUTH] = recode_auth,
		[FRAME_STAT] = recode_stat_request,
		[FRAME_LIST] = recode_list_request,
		[FRAME_DIGESTS] = recode_pieces_request,
		[FRAME_GOODBYE] = recode_goodbye,
		[FRAME_READ] = recode_pieces_request,
		[FRAME_SUM] = recode_sum_request,
		[FRAME_PING] = recode_ping,
		[FRAME_WELCOME] = recode_welcome,
		[FRAME_FILE] = recode_file,
		[FRAME_ENTRIES] = recode_entries,
		[FRAME_PIECES] = recode_pieces,
		[FRAME_DATA] = recode_data,
		[FRAME_SUM_RESULT] = recode_sum_result,
		[FRAME_PONG] = recode_ping,
		[FRAME_DONE] = recode_done,
		[FRAME_PROGRESS] = recode_progress_report,
		[FRAME_ERROR] = recode_error,
	};
	return recoders[type];
}

#endif
