/* The frame: an 8-byte header before every payload, and the limits that hold before anything is allocated. */
#include "frame.h"

#include <assert.h>

enum {
	IN_GREETING = 1 << FRAME_GREETING,
	IN_OPEN = 1 << FRAME_OPEN,
};

enum numbering {
	UNNUMBERED, /* concerns the connection: 0 */
	NUMBERED,   /* a request or part of its answer: never 0 */
	EITHER,
};

struct rule {
	enum frame_type type;
	enum frame_side side;
	uint8_t phases;
	uint8_t flags;
	enum numbering numbering;
	uint32_t shortest;
	uint32_t longest;
};

/* Which side may send which frame, when, and how long it may be. Any other frame is a PROTOCOL error. */
static const struct rule rules[] = {
	{FRAME_HELLO, FRAME_FROM_CLIENT, IN_GREETING, 0, UNNUMBERED, 0, FRAME_GREETING_MAX},
	{FRAME_AUTH, FRAME_FROM_CLIENT, IN_OPEN, 0, UNNUMBERED, 0, FRAME_GREETING_MAX},
	{FRAME_STAT, FRAME_FROM_CLIENT, IN_OPEN, 0, NUMBERED, 0, FRAME_REQUEST_MAX},
	{FRAME_LIST, FRAME_FROM_CLIENT, IN_OPEN, FLAG_RECURSIVE, NUMBERED, 0, FRAME_REQUEST_MAX},
	{FRAME_DIGESTS, FRAME_FROM_CLIENT, IN_OPEN, FLAG_FRESH, NUMBERED, 0, FRAME_REQUEST_MAX},
	{FRAME_READ, FRAME_FROM_CLIENT, IN_OPEN, FLAG_FRESH, NUMBERED, 0, FRAME_REQUEST_MAX},
	{FRAME_SUM, FRAME_FROM_CLIENT, IN_OPEN, 0, NUMBERED, 0, FRAME_REQUEST_MAX},
	{FRAME_PING, FRAME_FROM_CLIENT, IN_OPEN, 0, NUMBERED, 0, FRAME_REQUEST_MAX},
	{FRAME_GOODBYE, FRAME_FROM_CLIENT, IN_OPEN, 0, UNNUMBERED, 0, 0},

	{FRAME_WELCOME, FRAME_FROM_SERVER, IN_GREETING, 0, UNNUMBERED, 0, FRAME_GREETING_MAX},
	{FRAME_FILE, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 0, FRAME_ANSWER_MAX},
	{FRAME_ENTRIES, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 1, FRAME_ANSWER_MAX},
	{FRAME_PIECES, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 0, FRAME_ANSWER_MAX},
	{FRAME_DATA, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, DATA_TRAILER_SIZE, FRAME_DATA_MAX},
	{FRAME_SUM_RESULT, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 0, FRAME_ANSWER_MAX},
	{FRAME_PONG, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 0, FRAME_ANSWER_MAX},
	{FRAME_DONE, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 0, FRAME_ANSWER_MAX},
	{FRAME_PROGRESS, FRAME_FROM_SERVER, IN_OPEN, 0, NUMBERED, 0, FRAME_ANSWER_MAX},
	/* While greeting there is no request yet that an ERROR could belong to. */
	{FRAME_ERROR, FRAME_FROM_SERVER, IN_GREETING, 0, UNNUMBERED, 0, FRAME_GREETING_MAX},
	{FRAME_ERROR, FRAME_FROM_SERVER, IN_OPEN, 0, EITHER, 0, FRAME_ANSWER_MAX},
};

static const struct rule *find_rule(uint8_t type, enum frame_side side, enum frame_phase phase)
{
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		if (rules[i].type == type && rules[i].side == side && rules[i].phases & 1 << phase)
			return &rules[i];
	return NULL;
}

static bool number_fits(enum numbering numbering, uint16_t number)
{
	return numbering == EITHER || (numbering == NUMBERED) == (number != 0);
}

enum status frame_decode(const unsigned char *bytes, enum frame_side side, enum frame_phase phase, struct frame *frame)
{
	struct reader reader;
	struct frame decoded;

	reader_init(&reader, bytes, FRAME_HEADER_SIZE);
	decoded.length = reader_u32(&reader);
	decoded.type = reader_u8(&reader);
	decoded.flags = reader_u8(&reader);
	decoded.number = reader_u16(&reader);

	const struct rule *rule = find_rule(decoded.type, side, phase);
	if (!rule || decoded.flags & ~rule->flags || !number_fits(rule->numbering, decoded.number))
		return STATUS_PROTOCOL;
	if (decoded.length < rule->shortest || decoded.length > rule->longest)
		return STATUS_PROTOCOL;
	*frame = decoded;
	return STATUS_OK;
}

void frame_encode(struct writer *writer, const struct frame *frame)
{
	writer_u32(writer, frame->length);
	writer_u8(writer, frame->type);
	writer_u8(writer, frame->flags);
	writer_u16(writer, frame->number);
}

unsigned char *frame_begin(struct writer *writer, enum frame_type type, uint8_t flags, uint16_t number)
{
	unsigned char *mark = writer->next;

	frame_encode(writer, &(struct frame){.type = (uint8_t)type, .flags = flags, .number = number});
	return mark;
}

void frame_end(struct writer *writer, unsigned char *mark)
{
	if (writer->failed)
		return;

	size_t length = (size_t)(writer->next - mark) - FRAME_HEADER_SIZE;
	assert(length <= FRAME_DATA_MAX);

	struct writer header;
	writer_init(&header, mark, FRAME_HEADER_SIZE);
	writer_u32(&header, (uint32_t)length);
}

uint16_t frame_next_number(uint16_t number)
{
	return number == UINT16_MAX ? 1 : (uint16_t)(number + 1);
}
