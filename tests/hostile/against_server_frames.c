/* Attacks by the frame of every message: its length, its flags, its number, and a payload that is too short or too long. */
#include "against_server.h"

#include <string.h>

#include "path.h"
#include "stage.h"

/* What docs/protocol.md says of a message from the client, and a sound one without its header. */
struct message {
	enum frame_type type;
	uint8_t flags;       /* that it may bear */
	bool numbered;
	uint32_t length_max; /* of the payload */
	void (*encode)(struct writer *writer);
};

#define PATH "public/small"

static void encode_stat(struct writer *writer)
{
	stat_request_encode(writer, 1, &(struct stat_request){span_of(PATH)});
}

static void encode_list(struct writer *writer)
{
	list_request_encode(writer, 1, &(struct list_request){span_of("public"), false});
}

static void encode_digests(struct writer *writer)
{
	digests_request_encode(writer, 1, &(struct pieces_request){.path = span_of(PATH), .count = 1});
}

static void encode_read(struct writer *writer)
{
	read_request_encode(writer, 1, &(struct pieces_request){.path = span_of(PATH), .count = 1});
}

static void encode_sum(struct writer *writer)
{
	sum_request_encode(writer, 1, &(struct sum_request){span_of(PATH), SUM_TREE});
}

/* The longest there is. */
static void encode_ping(struct writer *writer)
{
	static const unsigned char bytes[PING_BYTES_MAX];

	ping_encode(writer, 1, &(struct ping){{bytes, sizeof(bytes)}});
}

static void encode_auth(struct writer *writer)
{
	auth_encode(writer, &(struct auth){span_of(TOKEN_OF_LOCKED)});
}

static const struct message stat = {FRAME_STAT, 0, true, FRAME_REQUEST_MAX, encode_stat};
static const struct message list = {FRAME_LIST, FLAG_RECURSIVE, true, FRAME_REQUEST_MAX, encode_list};
static const struct message digests = {FRAME_DIGESTS, FLAG_FRESH, true, FRAME_REQUEST_MAX, encode_digests};
static const struct message read = {FRAME_READ, FLAG_FRESH, true, FRAME_REQUEST_MAX, encode_read};
static const struct message sum = {FRAME_SUM, 0, true, FRAME_REQUEST_MAX, encode_sum};
static const struct message ping = {FRAME_PING, 0, true, FRAME_REQUEST_MAX, encode_ping};
static const struct message auth = {FRAME_AUTH, 0, false, FRAME_GREETING_MAX, encode_auth};
static const struct message goodbye = {FRAME_GOODBYE, 0, false, 0, goodbye_encode};

static struct frame header_of(const struct message *message, size_t length)
{
	return (struct frame){.length = (uint32_t)length, .type = (uint8_t)message->type, .number = message->numbered};
}

/* Fills PAYLOAD, of FRAME_REQUEST_MAX bytes, with a sound one and zeros; returns the length of what is sound. */
static size_t sound_payload(const struct message *message, unsigned char *payload)
{
	RAW_WRITER(writer);

	message->encode(&writer);
	size_t length = writer_length(&writer) - FRAME_HEADER_SIZE;
	memset(payload, 0, FRAME_REQUEST_MAX);
	memcpy(payload, writer.start + FRAME_HEADER_SIZE, length);
	return length;
}

static void assert_refused(struct stage *stage, const struct frame *header, const void *payload, size_t length)
{
	struct raw *raw = stage_greet(stage);

	raw_frame(raw, header, payload, length);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

/* --- What is done with each of them ------------------------------------------------------------------------------------ */

/* Nothing follows the header: it must not be waited for. */
static void exceed(void *stage, const void *argument)
{
	const struct message *message = argument;
	const uint32_t lengths[] = {message->length_max + 1, 65536, UINT32_C(1) << 31, UINT32_MAX};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct frame header = header_of(message, lengths[i]);
		assert_refused(stage, &header, NULL, 0);
	}
}

static void cut_off(void *stage, const void *argument)
{
	unsigned char payload[FRAME_REQUEST_MAX];
	size_t whole = sound_payload(argument, payload);

	for (size_t length = 0; length < whole; length++) {
		struct frame header = header_of(argument, length);
		assert_refused(stage, &header, payload, length);
	}
}

static void lengthen(void *stage, const void *argument)
{
	const struct message *message = argument;
	unsigned char payload[FRAME_REQUEST_MAX];
	size_t whole = sound_payload(message, payload);
	const size_t lengths[] = {whole + 1, whole + 2, message->length_max - 1, message->length_max};
	/* Of a GOODBYE already the first of them is beyond its limit. */
	size_t count = message->length_max > whole ? sizeof(lengths) / sizeof(lengths[0]) : 2;

	for (size_t i = 0; i < count; i++) {
		struct frame header = header_of(message, lengths[i]);
		assert_refused(stage, &header, payload, lengths[i]);
	}
}

static void flag(void *stage, const void *argument)
{
	const struct message *message = argument;
	unsigned char payload[FRAME_REQUEST_MAX];
	size_t whole = sound_payload(message, payload);

	for (unsigned bit = 1; bit < 256; bit <<= 1) {
		struct frame header = header_of(message, whole);
		header.flags = (uint8_t)bit;
		if (!(message->flags & bit))
			assert_refused(stage, &header, payload, whole);
	}
}

static void number(void *stage, const void *argument)
{
	static const uint16_t wrong[] = {0, 2, 3, 32768, 65535}, numbers[] = {1, 2, 65535};
	const struct message *message = argument;
	unsigned char payload[FRAME_REQUEST_MAX];
	size_t whole = sound_payload(message, payload);
	const uint16_t *list_of = message->numbered ? wrong : numbers;
	size_t count = message->numbered ? sizeof(wrong) / sizeof(wrong[0]) : sizeof(numbers) / sizeof(numbers[0]);

	for (size_t i = 0; i < count; i++) {
		struct frame header = header_of(message, whole);
		header.number = list_of[i];
		assert_refused(stage, &header, payload, whole);
	}
}

/* The first field's length is another one than that of what is there. */
static void lie_about_length(void *stage, const void *argument)
{
	unsigned char payload[FRAME_REQUEST_MAX];
	size_t whole = sound_payload(argument, payload);
	uint16_t length = (uint16_t)(payload[0] << 8 | payload[1]);
	const uint16_t lengths[] = {0, 1, (uint16_t)(length - 1), (uint16_t)(whole - 1), FRAME_REQUEST_MAX - 2, FRAME_REQUEST_MAX - 1,
		FRAME_REQUEST_MAX, 32768, 65535};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct frame header = header_of(argument, whole);
		payload[0] = (unsigned char)(lengths[i] >> 8);
		payload[1] = (unsigned char)lengths[i];
		assert_refused(stage, &header, payload, whole);
	}
}

#define HEADER_OF(message)                                                                              \
	HOSTILE_WITH(C5, a_##message##_beyond_its_limit_is_refused_by_its_header, exceed, &message),    \
	HOSTILE_WITH(C14, a_##message##_with_a_flag_that_is_not_its_own_is_refused, flag, &message),    \
	HOSTILE_WITH(C14, a_##message##_with_a_wrong_number_is_refused, number, &message),              \
	HOSTILE_WITH(C5, a_##message##_with_bytes_behind_its_fields_is_refused, lengthen, &message)
#define FIELDS_OF(message)                                                                              \
	HOSTILE_WITH(C5, a_##message##_that_is_cut_off_is_refused, cut_off, &message),                  \
	HOSTILE_WITH(C5, a_##message##_whose_first_field_lies_about_its_length_is_refused, lie_about_length, &message)

static const struct hostile_case cases[] = {
	HEADER_OF(stat), HEADER_OF(list), HEADER_OF(digests), HEADER_OF(read), HEADER_OF(sum), HEADER_OF(ping), HEADER_OF(auth),
	HEADER_OF(goodbye),
	FIELDS_OF(stat), FIELDS_OF(list), FIELDS_OF(digests), FIELDS_OF(read), FIELDS_OF(sum), FIELDS_OF(auth),
};
const struct hostile_table against_frames = HOSTILE_TABLE(cases);
