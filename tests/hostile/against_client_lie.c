/* What a server says, and how it bends the frames that its attack means. */
#include <string.h>
#include <sys/socket.h>

#include "against_client.h"
#include "path.h"
#include "sockets.h"

void visit_say(struct visit *visit, const void *bytes, size_t length)
{
	const unsigned char *next = bytes;

	while (!visit->over && length > 0) {
		size_t written = 0;
		enum status status = stream_write(&visit->stream, next, length, STREAM_LAST, &written);
		if (status != STATUS_OK)
			visit->over = true;
		next += written;
		length -= written;
	}
}

void visit_end(struct visit *visit)
{
	enum status status = stream_shut(&visit->stream);

	(void)status;
	visit->over = true;
}

/* To disconnect is to reset, and the descriptor stays. */
static void reset(struct visit *visit)
{
	const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};

	if (connect(visit->stream.fd, &nowhere, sizeof(nowhere)) < 0)
		give_up("connect");
	visit->over = true;
}

static void say_other(struct visit *visit, uint8_t type)
{
	unsigned char bytes[1024];
	struct writer writer;
	const struct file file = visit_file(offer_find("file"));
	const struct error error = {.code = ERROR_IO, .text = span_of("on fire")};
	const struct welcome welcome = {.version = 1, .window_requests = 64, .window_bytes = 65536, .links = 4};
	const struct data_trailer trailer = {.status = DATA_PROVEN, .digest = *offer_piece(offer_find("file"), 0)};

	writer_init(&writer, bytes, sizeof(bytes));
	switch (type) {
	case FRAME_WELCOME: welcome_encode(&writer, &welcome); break;
	case FRAME_FILE: file_encode(&writer, visit->number, &file); break;
	case FRAME_PONG: pong_encode(&writer, visit->number, &(struct ping){span_of("pong")}); break;
	case FRAME_DONE: done_encode(&writer, visit->number, &(struct done){1}); break;
	case FRAME_PROGRESS: progress_report_encode(&writer, visit->number, &(struct progress_report){1}); break;
	case FRAME_ERROR: error_encode(&writer, visit->number, &error); break;
	case FRAME_SUM_RESULT: sum_result_encode(&writer, visit->number, &(struct sum_result){.kind = SUM_FLAT}); break;
	case FRAME_DATA:
		data_header_encode(&writer, visit->number, 3);
		writer_bytes(&writer, "hi\n", 3);
		data_trailer_encode(&writer, &trailer);
		break;
	case FRAME_PIECES: {
		unsigned char *mark = pieces_begin(&writer, visit->number, 0);
		pieces_add(&writer, offer_piece(offer_find("file"), 0));
		frame_end(&writer, mark);
		break;
	}
	case FRAME_ENTRIES: {
		unsigned char *mark = entries_begin(&writer, visit->number);
		entry_encode(&writer, &(struct entry){.kind = ENTRY_FILE, .mode = 0644, .name = span_of("unasked")});
		frame_end(&writer, mark);
		break;
	}
	default: writer_bytes(&writer, "\xde\xad\xbe\xef noise that is no frame", 28);
	}
	visit_say(visit, bytes, writer_length(&writer));
}

static void set(unsigned char *place, unsigned width, uint64_t value)
{
	while (width-- > 0) {
		place[width] = (unsigned char)value;
		value >>= 8;
	}
}

static void say_resized(struct visit *visit, unsigned char *frame, size_t length)
{
	size_t resized = FRAME_HEADER_SIZE + (size_t)visit->value;

	if (resized > length)
		memset(frame + length, 0, resized - length);
	set(frame, 4, visit->value);
	visit_say(visit, frame, resized);
}

static void lie(struct visit *visit, unsigned char *frame, size_t length)
{
	const struct lie *lie = &visit->attack->lie;
	size_t part = visit->value < length ? (size_t)visit->value : length;

	switch (lie->kind) {
	case LIE_NONE:
		break;
	case LIE_SET:
		set(lie->offset < 0 ? frame + length + lie->offset : frame + lie->offset, lie->width, visit->value);
		visit_say(visit, frame, length);
		break;
	case LIE_PAYLOAD:
		say_resized(visit, frame, length);
		break;
	case LIE_END:
		visit_say(visit, frame, part);
		visit_end(visit);
		break;
	case LIE_HOLD:
		visit_say(visit, frame, part);
		visit->over = true;
		break;
	case LIE_RESET:
		visit_say(visit, frame, part);
		reset(visit);
		break;
	case LIE_DROP:
		break;
	case LIE_REPEAT:
		for (uint64_t i = 0; i < visit->value && !visit->over; i++)
			visit_say(visit, frame, length);
		break;
	case LIE_BEFORE:
		say_other(visit, (uint8_t)visit->value);
		visit_say(visit, frame, length);
		break;
	case LIE_BEHIND:
		visit_say(visit, frame, length);
		say_other(visit, (uint8_t)visit->value);
		break;
	case LIE_INSTEAD:
		say_other(visit, (uint8_t)visit->value);
		break;
	}
}

void visit_say_bent(struct visit *visit, unsigned char *frame, size_t length)
{
	const struct lie *meant = &visit->attack->lie;
	unsigned said = visit->said[frame[4]]++;

	if (meant->kind != LIE_NONE && frame[4] == meant->type && said >= meant->spare) {
		lie(visit, frame, length);
		return;
	}
	if (!visit->attack->alter || !visit->attack->alter(visit, frame, length))
		visit_say(visit, frame, length);
}

