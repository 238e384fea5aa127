/* The honest answer to every request, which only the lie of an attack bends. */
#include <string.h>

#include "against_client.h"
#include "path.h"

struct file visit_file(const struct offered *offered)
{
	struct file file = {.kind = offered->kind, .mode = offered->kind == ENTRY_FOLDER ? 0755 : 0644, .mtime.seconds = OFFERED_TIME};

	if (offered->kind != ENTRY_FILE)
		return file;
	file.size = offered->size;
	file.version = offered->version;
	file.root_known = true;
	file.root = offered->root;
	return file;
}

/* A server that lies about names has something under each of them. */
static const struct offered *find(struct visit *visit, struct span path)
{
	char name[PATH_LENGTH_MAX + 1] = "";
	const struct offered *offered;

	if (path.length <= PATH_LENGTH_MAX && path.length > 0)
		memcpy(name, path.bytes, path.length);
	offered = offer_find(name);
	if (!offered && visit->attack->listing[0].kind)
		offered = offer_find("file");
	if (!offered)
		SAY_TRUE(visit, error_encode, visit->number, &(struct error){.code = ERROR_NOT_FOUND, .text = span_of("not found")});
	return offered;
}

static void answer_stat(struct visit *visit, const struct frame *frame, struct span payload)
{
	struct stat_request request;

	(void)frame;
	if (stat_request_decode(payload, &request) != STATUS_OK)
		return;
	const struct offered *offered = find(visit, request.path);
	if (!offered)
		return;
	const struct file file = visit_file(offered);
	SAY_TRUE(visit, file_encode, visit->number, &file);
}

static uint64_t write_listing(struct writer *writer, const struct listed *listing)
{
	uint64_t count = 0;

	for (; listing[count].kind && count < LISTED_MAX; count++) {
		const struct listed *listed = &listing[count];
		size_t length = listed->length ? listed->length : strlen(listed->name);
		entry_encode(writer, &(struct entry){
			.kind = listed->kind, .mode = listed->mode, .size = listed->size, .reason = listed->reason,
			.mtime = {listed->seconds, listed->nanoseconds}, .name = {(const unsigned char *)listed->name, length}});
	}
	return count;
}

/* Below FOLDER; not recursive: only what lies directly in it. */
static uint64_t write_offers(struct writer *writer, const struct offered *folder, bool recursive)
{
	size_t length = strlen(folder->path);
	uint64_t count = 0;

	for (const struct offered *offered = offer_next(NULL); offered; offered = offer_next(offered)) {
		const char *name = offered->path + length + (length > 0);
		if (strlen(offered->path) <= length || strncmp(offered->path, folder->path, length) != 0 ||
			(length > 0 && offered->path[length] != '/') || (!recursive && strchr(name, '/')))
			continue;
		entry_encode(writer, &(struct entry){.kind = offered->kind, .mode = 0755, .size = offered->size,
		                                     .mtime.seconds = OFFERED_TIME, .name = span_of(name)});
		count++;
	}
	return count;
}

static void answer_list(struct visit *visit, const struct frame *frame, struct span payload)
{
	struct list_request request;
	struct writer writer;
	uint64_t count;

	if (list_request_decode(payload, frame->flags, &request) != STATUS_OK)
		return;
	const struct offered *offered = find(visit, request.path);
	if (!offered)
		return;
	writer_init(&writer, visit->frame, FRAME_ROOM);
	unsigned char *mark = entries_begin(&writer, visit->number);
	if (visit->attack->listing[0].kind)
		count = write_listing(&writer, visit->attack->listing);
	else
		count = write_offers(&writer, offered, request.recursive);
	frame_end(&writer, mark);
	if (count > 0)
		visit_say_bent(visit, visit->frame, writer_length(&writer));
	SAY_TRUE(visit, done_encode, visit->number, &(struct done){count});
}

/* FILE, and the range cut at the file's end; NULL where it was refused. */
static const struct offered *open_range(struct visit *visit, const struct frame *frame, struct span payload,
	struct pieces_request *request)
{
	if (pieces_request_decode(payload, frame->flags, request) != STATUS_OK)
		return NULL;
	const struct offered *offered = find(visit, request->path);
	if (!offered)
		return NULL;
	if (offered->kind != ENTRY_FILE) {
		SAY_TRUE(visit, error_encode, visit->number, &(struct error){.code = ERROR_NOT_A_FILE, .text = span_of("no file")});
		return NULL;
	}
	const struct file file = visit_file(offered);
	SAY_TRUE(visit, file_encode, visit->number, &file);
	uint64_t pieces = piece_count(offered->size);
	if (request->first >= pieces)
		request->first = pieces - 1;
	if (request->count > pieces - request->first)
		request->count = pieces - request->first;
	return offered;
}

static void say_data(struct visit *visit, const struct offered *offered, uint64_t piece)
{
	uint32_t length = piece_length(offered->size, piece);
	struct writer writer;

	writer_init(&writer, visit->frame, FRAME_ROOM);
	data_header_encode(&writer, visit->number, length);
	writer_bytes(&writer, offered->bytes + piece * PIECE_SIZE, length);
	data_trailer_encode(&writer, &(struct data_trailer){DATA_PROVEN, *offer_piece(offered, piece)});
	visit_say_bent(visit, visit->frame, writer_length(&writer));
}

static void answer_read(struct visit *visit, const struct frame *frame, struct span payload)
{
	struct pieces_request request;
	const struct offered *offered = open_range(visit, frame, payload, &request);

	for (uint64_t i = 0; offered && i < request.count && !visit->over; i++)
		say_data(visit, offered, request.first + i);
}

static void answer_digests(struct visit *visit, const struct frame *frame, struct span payload)
{
	struct pieces_request request;
	const struct offered *offered = open_range(visit, frame, payload, &request);
	struct writer writer;

	if (!offered)
		return;
	writer_init(&writer, visit->frame, FRAME_ROOM);
	unsigned char *mark = pieces_begin(&writer, visit->number, request.first);
	for (uint64_t i = 0; i < request.count; i++)
		pieces_add(&writer, offer_piece(offered, request.first + i));
	frame_end(&writer, mark);
	visit_say_bent(visit, visit->frame, writer_length(&writer));
	SAY_TRUE(visit, done_encode, visit->number, &(struct done){request.count});
}

static void answer_sum(struct visit *visit, const struct frame *frame, struct span payload)
{
	struct sum_request request;

	(void)frame;
	if (sum_request_decode(payload, &request) != STATUS_OK)
		return;
	const struct offered *offered = find(visit, request.path);
	if (!offered)
		return;
	const struct file file = visit_file(offered);
	SAY_TRUE(visit, file_encode, visit->number, &file);
	const struct sum_result result = {request.kind, request.kind == SUM_FLAT ? offered->sum : offered->root};
	SAY_TRUE(visit, sum_result_encode, visit->number, &result);
}

static void answer_ping(struct visit *visit, const struct frame *frame, struct span payload)
{
	struct ping ping;

	(void)frame;
	if (ping_decode(payload, &ping) == STATUS_OK)
		SAY_TRUE(visit, pong_encode, visit->number, &ping);
}

void visit_answer(struct visit *visit, const struct frame *frame, struct span payload)
{
	static void (*const answers[256])(struct visit *visit, const struct frame *frame, struct span payload) = {
		[FRAME_STAT] = answer_stat, [FRAME_LIST] = answer_list, [FRAME_DIGESTS] = answer_digests,
		[FRAME_READ] = answer_read, [FRAME_SUM] = answer_sum,   [FRAME_PING] = answer_ping,
	};

	if (answers[frame->type])
		answers[frame->type](visit, frame, payload);
}
