/* The answers: each message's encoder and decoder side by side. */
#include "message.h"

#include <string.h>

struct file_time file_time_of(struct timespec time)
{
	int64_t seconds = time.tv_sec;

	if (seconds > FILE_TIME_SECONDS_MAX)
		return (struct file_time){.seconds = FILE_TIME_SECONDS_MAX};
	if (seconds < -FILE_TIME_SECONDS_MAX)
		return (struct file_time){.seconds = -FILE_TIME_SECONDS_MAX};
	return (struct file_time){.seconds = seconds, .nanoseconds = (uint32_t)time.tv_nsec};
}

static void file_time_encode(struct writer *writer, const struct file_time *time)
{
	writer_u64(writer, (uint64_t)time->seconds);
	writer_u32(writer, time->nanoseconds);
}

static struct file_time file_time_decode(struct reader *reader)
{
	struct file_time time;

	time.seconds = (int64_t)reader_u64(reader);
	time.nanoseconds = reader_u32(reader);
	reader_require(reader, time.seconds <= FILE_TIME_SECONDS_MAX && time.seconds >= -FILE_TIME_SECONDS_MAX);
	reader_require(reader, time.nanoseconds <= FILE_TIME_NANOSECONDS_MAX);
	return time;
}

static enum entry_kind kind_decode(struct reader *reader, enum entry_kind last)
{
	uint8_t kind = reader_u8(reader);

	reader_require(reader, kind >= ENTRY_FILE && kind <= last);
	return kind;
}

static uint16_t mode_decode(struct reader *reader)
{
	uint16_t mode = reader_u16(reader);

	reader_require(reader, mode <= MODE_MAX);
	return mode;
}

static uint64_t size_decode(struct reader *reader, enum entry_kind kind)
{
	uint64_t size = reader_u64(reader);

	reader_require(reader, size <= (kind == ENTRY_FILE ? FILE_SIZE_MAX : 0));
	return size;
}

void file_encode(struct writer *writer, uint16_t number, const struct file *file)
{
	unsigned char *mark = frame_begin(writer, FRAME_FILE, 0, number);

	writer_u8(writer, (uint8_t)file->kind);
	writer_u16(writer, file->mode);
	writer_u64(writer, file->size);
	file_time_encode(writer, &file->mtime);
	writer_bytes(writer, file->version.bytes, sizeof file->version.bytes);
	writer_u8(writer, file->root_known);
	writer_bytes(writer, file->root.bytes, sizeof file->root.bytes);
	frame_end(writer, mark);
}

static bool digest_is_zero(const struct digest *digest)
{
	return memcmp(digest->bytes, (const struct digest){{0}}.bytes, sizeof digest->bytes) == 0;
}

static void root_decode(struct reader *reader, struct file *file)
{
	uint8_t known = reader_u8(reader);

	reader_require(reader, known == 0 || (known == 1 && file->kind == ENTRY_FILE));
	file->root_known = known;
	reader_bytes(reader, file->root.bytes, sizeof file->root.bytes);
	reader_require(reader, file->root_known || digest_is_zero(&file->root));
}

enum status file_decode(struct span payload, struct file *file)
{
	struct reader reader;
	struct file decoded;

	reader_init(&reader, payload.bytes, payload.length);
	decoded.kind = kind_decode(&reader, ENTRY_OTHER);
	decoded.mode = mode_decode(&reader);
	decoded.size = size_decode(&reader, decoded.kind);
	decoded.mtime = file_time_decode(&reader);
	reader_bytes(&reader, decoded.version.bytes, sizeof decoded.version.bytes);
	reader_require(&reader, version_is_any(&decoded.version) == (decoded.kind != ENTRY_FILE));
	root_decode(&reader, &decoded);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*file = decoded;
	return STATUS_OK;
}

unsigned char *entries_begin(struct writer *writer, uint16_t number)
{
	return frame_begin(writer, FRAME_ENTRIES, 0, number);
}

void entry_encode(struct writer *writer, const struct entry *entry)
{
	writer_u8(writer, (uint8_t)entry->kind);
	writer_u16(writer, entry->mode);
	writer_u64(writer, entry->size);
	file_time_encode(writer, &entry->mtime);
	writer_u16(writer, entry->reason);
	writer_span16(writer, entry->name);
}

enum status entry_decode(struct reader *reader, struct entry *entry)
{
	struct entry decoded;

	if (reader_done(reader))
		return STATUS_END;
	decoded.kind = kind_decode(reader, ENTRY_UNREADABLE);
	decoded.mode = mode_decode(reader);
	decoded.size = size_decode(reader, decoded.kind);
	decoded.mtime = file_time_decode(reader);
	decoded.reason = reader_u16(reader);
	decoded.name = reader_span16(reader);
	reader_require(reader, (decoded.reason != 0) == (decoded.kind == ENTRY_UNREADABLE));
	reader_require(reader, decoded.name.length > 0 || decoded.kind == ENTRY_UNREADABLE);
	reader_require(reader, path_check(decoded.name) == STATUS_OK);
	if (reader->failed)
		return STATUS_PROTOCOL;
	*entry = decoded;
	return STATUS_OK;
}

unsigned char *pieces_begin(struct writer *writer, uint16_t number, uint64_t first)
{
	unsigned char *mark = frame_begin(writer, FRAME_PIECES, 0, number);

	writer_u64(writer, first);
	return mark;
}

void pieces_add(struct writer *writer, const struct digest *digest)
{
	writer_bytes(writer, digest->bytes, sizeof digest->bytes);
}

enum status pieces_decode(struct span payload, struct pieces *pieces)
{
	struct reader reader;

	reader_init(&reader, payload.bytes, payload.length);
	uint64_t first = reader_u64(&reader);
	size_t count = reader_left(&reader) / sizeof(struct digest);
	reader_require(&reader, count >= 1 && count <= PIECES_PER_FRAME && count <= UINT64_MAX - first);
	struct span digests = reader_span(&reader, count * sizeof(struct digest));
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*pieces = (struct pieces){.first = first, .count = (uint32_t)count, .digests = digests.bytes};
	return STATUS_OK;
}

void data_header_encode(struct writer *writer, uint16_t number, uint32_t piece_length)
{
	frame_encode(writer, &(struct frame){
		.length = piece_length + DATA_TRAILER_SIZE,
		.type = FRAME_DATA,
		.number = number,
	});
}

void data_trailer_encode(struct writer *writer, const struct data_trailer *trailer)
{
	writer_u8(writer, (uint8_t)trailer->status);
	writer_bytes(writer, trailer->digest.bytes, sizeof trailer->digest.bytes);
}

enum status data_trailer_decode(const unsigned char bytes[DATA_TRAILER_SIZE], struct data_trailer *trailer)
{
	struct reader reader;
	struct data_trailer decoded;

	reader_init(&reader, bytes, DATA_TRAILER_SIZE);
	decoded.status = reader_u8(&reader);
	reader_bytes(&reader, decoded.digest.bytes, sizeof decoded.digest.bytes);
	reader_require(&reader, decoded.status == DATA_PROVEN || decoded.status == DATA_VOID);
	reader_require(&reader, decoded.status == DATA_PROVEN || digest_is_zero(&decoded.digest));
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*trailer = decoded;
	return STATUS_OK;
}

void sum_result_encode(struct writer *writer, uint16_t number, const struct sum_result *result)
{
	unsigned char *mark = frame_begin(writer, FRAME_SUM_RESULT, 0, number);

	writer_u8(writer, (uint8_t)result->kind);
	writer_bytes(writer, result->digest.bytes, sizeof result->digest.bytes);
	frame_end(writer, mark);
}

enum status sum_result_decode(struct span payload, struct sum_result *result)
{
	struct reader reader;
	struct sum_result decoded;

	reader_init(&reader, payload.bytes, payload.length);
	decoded.kind = reader_u8(&reader);
	reader_bytes(&reader, decoded.digest.bytes, sizeof decoded.digest.bytes);
	reader_require(&reader, decoded.kind == SUM_FLAT || decoded.kind == SUM_TREE);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*result = decoded;
	return STATUS_OK;
}

/* DONE and PROGRESS are a count each. */
static void count_encode(struct writer *writer, enum frame_type type, uint16_t number, uint64_t count)
{
	unsigned char *mark = frame_begin(writer, type, 0, number);

	writer_u64(writer, count);
	frame_end(writer, mark);
}

static enum status count_decode(struct span payload, uint64_t *count)
{
	struct reader reader;

	reader_init(&reader, payload.bytes, payload.length);
	uint64_t decoded = reader_u64(&reader);
	if (!reader_done(&reader))
		return STATUS_PROTOCOL;
	*count = decoded;
	return STATUS_OK;
}

void done_encode(struct writer *writer, uint16_t number, const struct done *done)
{
	count_encode(writer, FRAME_DONE, number, done->count);
}

enum status done_decode(struct span payload, struct done *done)
{
	return count_decode(payload, &done->count);
}

void progress_report_encode(struct writer *writer, uint16_t number, const struct progress_report *report)
{
	count_encode(writer, FRAME_PROGRESS, number, report->done);
}

enum status progress_report_decode(struct span payload, struct progress_report *report)
{
	return count_decode(payload, &report->done);
}
