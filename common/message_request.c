/* The requests: each message's encoder and decoder side by side. */
#include "message.h"

#include <string.h>

bool version_equal(const struct version *a, const struct version *b)
{
	return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool version_is_any(const struct version *version)
{
	return version_equal(version, &(struct version){{0}});
}

void stat_request_encode(struct writer *writer, uint16_t number, const struct stat_request *request)
{
	unsigned char *mark = frame_begin(writer, FRAME_STAT, 0, number);

	writer_span16(writer, request->path);
	frame_end(writer, mark);
}

enum status stat_request_decode(struct span payload, struct stat_request *request)
{
	struct reader reader;
	struct stat_request decoded;

	reader_init(&reader, payload.bytes, payload.length);
	decoded.path = reader_span16(&reader);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*request = decoded;
	return STATUS_OK;
}

void list_request_encode(struct writer *writer, uint16_t number, const struct list_request *request)
{
	unsigned char *mark = frame_begin(writer, FRAME_LIST, request->recursive ? FLAG_RECURSIVE : 0, number);

	writer_span16(writer, request->path);
	frame_end(writer, mark);
}

enum status list_request_decode(struct span payload, uint8_t flags, struct list_request *request)
{
	struct reader reader;
	struct list_request decoded = {.recursive = flags & FLAG_RECURSIVE};

	reader_init(&reader, payload.bytes, payload.length);
	decoded.path = reader_span16(&reader);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*request = decoded;
	return STATUS_OK;
}

static void pieces_request_encode(struct writer *writer, enum frame_type type, uint16_t number,
	const struct pieces_request *request)
{
	unsigned char *mark = frame_begin(writer, type, request->fresh ? FLAG_FRESH : 0, number);

	writer_span16(writer, request->path);
	writer_bytes(writer, request->version.bytes, sizeof request->version.bytes);
	writer_u64(writer, request->first);
	writer_u64(writer, request->count);
	frame_end(writer, mark);
}

void read_request_encode(struct writer *writer, uint16_t number, const struct pieces_request *request)
{
	pieces_request_encode(writer, FRAME_READ, number, request);
}

void digests_request_encode(struct writer *writer, uint16_t number, const struct pieces_request *request)
{
	pieces_request_encode(writer, FRAME_DIGESTS, number, request);
}

enum status pieces_request_decode(struct span payload, uint8_t flags, struct pieces_request *request)
{
	struct reader reader;
	struct pieces_request decoded = {.fresh = flags & FLAG_FRESH};

	reader_init(&reader, payload.bytes, payload.length);
	decoded.path = reader_span16(&reader);
	reader_bytes(&reader, decoded.version.bytes, sizeof decoded.version.bytes);
	decoded.first = reader_u64(&reader);
	decoded.count = reader_u64(&reader);
	/* Their sum must not wrap around later. */
	reader_require(&reader, decoded.count >= 1 && decoded.count <= UINT64_MAX - decoded.first);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*request = decoded;
	return STATUS_OK;
}

void sum_request_encode(struct writer *writer, uint16_t number, const struct sum_request *request)
{
	unsigned char *mark = frame_begin(writer, FRAME_SUM, 0, number);

	writer_span16(writer, request->path);
	writer_u8(writer, (uint8_t)request->kind);
	frame_end(writer, mark);
}

enum status sum_request_decode(struct span payload, struct sum_request *request)
{
	struct reader reader;
	struct sum_request decoded;

	reader_init(&reader, payload.bytes, payload.length);
	decoded.path = reader_span16(&reader);
	decoded.kind = reader_u8(&reader);
	reader_require(&reader, decoded.kind == SUM_FLAT || decoded.kind == SUM_TREE);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*request = decoded;
	return STATUS_OK;
}

static void echo_encode(struct writer *writer, enum frame_type type, uint16_t number, const struct ping *ping)
{
	unsigned char *mark = frame_begin(writer, type, 0, number);

	writer_bytes(writer, ping->bytes.bytes, ping->bytes.length);
	frame_end(writer, mark);
}

void ping_encode(struct writer *writer, uint16_t number, const struct ping *ping)
{
	echo_encode(writer, FRAME_PING, number, ping);
}

void pong_encode(struct writer *writer, uint16_t number, const struct ping *ping)
{
	echo_encode(writer, FRAME_PONG, number, ping);
}

enum status ping_decode(struct span payload, struct ping *ping)
{
	if (payload.length > PING_BYTES_MAX)
		return STATUS_PROTOCOL;
	ping->bytes = payload;
	return STATUS_OK;
}
