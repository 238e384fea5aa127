/* Attacks before and with the greeting. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "stage.h"

#define HELLO_SIZE 16u
static const unsigned char sound_hello[HELLO_SIZE] = {'F', 'E', 'R', 'R', 'Y', '\r', '\n', 0x1a, 0, 1, 0, 1, 0, 0, 0, 0};

static struct frame hello_header(uint32_t length)
{
	return (struct frame){.length = length, .type = FRAME_HELLO};
}

/* What is said first, on a connection of its own, breaks the protocol. */
static void assert_refused(struct stage *stage, const struct frame *header, const void *payload, size_t length)
{
	struct raw *raw = stage_connect(stage);

	raw_frame(raw, header, payload, length);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

/* A HELLO with other versions. */
static struct raw *offer(struct stage *stage, uint16_t min, uint16_t max, uint32_t features)
{
	struct raw *raw = stage_connect(stage);
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = min, .version_max = max, .features = features});
	raw_say(raw, &writer);
	return raw;
}

static void assert_bytes_refused(struct stage *stage, const void *bytes, size_t length)
{
	struct raw *raw = stage_connect(stage);

	raw_put(raw, bytes, length);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

/* --- Its frame ------------------------------------------------------------------------------------------------------- */

static void a_hello_beyond_its_limit_is_refused_by_its_header(struct stage *stage)
{
	static const uint32_t lengths[] = {FRAME_GREETING_MAX + 1, 65536, UINT32_C(1) << 31, UINT32_MAX};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		assert_refused(stage, &(struct frame){.length = lengths[i], .type = FRAME_HELLO}, NULL, 0);
}

static void a_hello_that_is_cut_off_is_refused(struct stage *stage)
{
	for (uint32_t length = 0; length < HELLO_SIZE; length++) {
		struct frame header = hello_header(length);
		assert_refused(stage, &header, sound_hello, length);
	}
}

static void a_hello_with_bytes_behind_its_fields_is_refused(struct stage *stage)
{
	static const uint32_t lengths[] = {HELLO_SIZE + 1, FRAME_GREETING_MAX - 1, FRAME_GREETING_MAX};
	unsigned char payload[FRAME_GREETING_MAX] = {0};

	memcpy(payload, sound_hello, HELLO_SIZE);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct frame header = hello_header(lengths[i]);
		assert_refused(stage, &header, payload, lengths[i]);
	}
}

static void a_hello_with_a_flag_is_refused(struct stage *stage)
{
	for (unsigned bit = 0; bit < 8; bit++)
		assert_refused(stage, &(struct frame){.length = HELLO_SIZE, .type = FRAME_HELLO, .flags = (uint8_t)(1 << bit)}, sound_hello,
			HELLO_SIZE);
}

static void a_hello_with_a_number_is_refused(struct stage *stage)
{
	static const uint16_t numbers[] = {1, 2, 32768, 65535};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_refused(stage, &(struct frame){.length = HELLO_SIZE, .type = FRAME_HELLO, .number = numbers[i]}, sound_hello, HELLO_SIZE);
}

/* --- Its fields ------------------------------------------------------------------------------------------------------ */

static void a_magic_with_any_byte_changed_is_refused(struct stage *stage)
{
	struct frame header = hello_header(HELLO_SIZE);

	for (size_t i = 0; i < 8; i++) {
		unsigned char payload[HELLO_SIZE];
		memcpy(payload, sound_hello, HELLO_SIZE);
		payload[i] ^= 0x20;
		assert_refused(stage, &header, payload, HELLO_SIZE);
	}
}

static void a_magic_after_a_conversion_of_line_ends_is_refused(struct stage *stage)
{
	struct frame header = hello_header(HELLO_SIZE - 1);

	assert_refused(stage, &header, "FERRY\n\x1a\0\1\0\1\0\0\0", HELLO_SIZE - 1);
}

static void a_lowest_version_of_zero_is_refused(struct stage *stage)
{
	raw_expect_fatal(offer(stage, 0, 0, 0), ERROR_PROTOCOL);
	raw_expect_fatal(offer(stage, 0, 1, 0), ERROR_PROTOCOL);
	raw_expect_fatal(offer(stage, 0, 65535, 0), ERROR_PROTOCOL);
}

static void versions_in_the_wrong_order_are_refused(struct stage *stage)
{
	raw_expect_fatal(offer(stage, 1, 0, 0), ERROR_PROTOCOL);
	raw_expect_fatal(offer(stage, 2, 1, 0), ERROR_PROTOCOL);
	raw_expect_fatal(offer(stage, 65535, 1, 0), ERROR_PROTOCOL);
}

static void versions_that_nobody_speaks_are_refused_as_such(struct stage *stage)
{
	raw_expect_fatal(offer(stage, 2, 2, 0), ERROR_VERSION);
	raw_expect_fatal(offer(stage, 2, 65535, 0), ERROR_VERSION);
	raw_expect_fatal(offer(stage, 65535, 65535, 0), ERROR_VERSION);
}

static void features_that_nobody_knows_are_not_granted(struct stage *stage)
{
	for (unsigned bit = 0; bit < 32; bit++) {
		struct raw *raw = offer(stage, 1, 65535, UINT32_C(1) << bit);
		struct welcome welcome;
		assert_int_equal(welcome_decode(raw_expect(raw, FRAME_WELCOME, 0).payload, &welcome), STATUS_OK);
		assert_int_equal(welcome.features, 0);
		assert_int_equal(welcome.version, 1);
	}
}

/* --- Its place ------------------------------------------------------------------------------------------------------- */

static void a_request_before_the_greeting_is_refused(struct stage *stage)
{
	for (size_t i = 0; i < raw_path_type_count; i++) {
		struct raw *raw = stage_connect(stage);
		raw_ask(raw, raw_path_types[i], (struct span){(const unsigned char *)"public/small", 12});
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
	raw_ping(stage_connect(stage), 0);
	raw_expect_fatal(&stage->raw, ERROR_PROTOCOL);
}

static void a_token_before_the_greeting_is_refused(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);

	raw_auth(raw, TOKEN_OF_LOCKED, strlen(TOKEN_OF_LOCKED));
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_goodbye_before_the_greeting_is_refused(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);

	raw_goodbye(raw);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void every_other_type_before_the_greeting_is_refused(struct stage *stage)
{
	for (unsigned type = 0; type < 256; type++) {
		if (type != FRAME_HELLO)
			assert_refused(stage, &(struct frame){.type = (uint8_t)type, .number = type & 1}, NULL, 0);
	}
}

static void two_hellos_at_once_are_refused(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);
	RAW_WRITER(writer);

	for (int i = 0; i < 2; i++)
		hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_second_hello_after_the_welcome_is_refused(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	raw_hello(raw);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_request_that_does_not_wait_for_the_welcome_is_refused(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	stat_request_encode(&writer, 1, &(struct stat_request){{(const unsigned char *)"public", 6}});
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_single_byte_behind_the_hello_is_refused(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	writer_u8(&writer, 0);
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

/* --- Others ---------------------------------------------------------------------------------------------------------- */

static void tls_at_the_plain_door_is_refused(struct stage *stage)
{
	/* The header of a ClientHello, RFC 8446. */
	assert_bytes_refused(stage, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11);
}

static void other_protocols_are_refused(struct stage *stage)
{
	static const char *const greetings[] = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n",
		"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "@RSYNCD: 31.0 sha512\n", "EHLO localhost\r\n", "{\"jsonrpc\":\"2.0\"}\n"};

	for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++)
		assert_bytes_refused(stage, greetings[i], strlen(greetings[i]));
}

static void one_byte_without_end_is_refused(struct stage *stage)
{
	static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
	unsigned char bytes[65536];

	for (size_t i = 0; i < sizeof(values); i++) {
		memset(bytes, values[i], sizeof(bytes));
		assert_bytes_refused(stage, bytes, sizeof(bytes));
	}
}

static void who_leaves_without_a_word_is_let_go(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);

	raw_half_close(raw);
	raw_expect_end(raw);
}

static void who_leaves_within_the_greeting_is_let_go(struct stage *stage)
{
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	for (size_t length = 1; length < writer_length(&writer); length++) {
		struct raw *raw = stage_connect(stage);
		raw_put(raw, writer.start, length);
		raw_half_close(raw);
		raw_expect_end(raw);
	}
}

static void who_resets_before_the_greeting_is_let_go(struct stage *stage)
{
	for (int i = 0; i < 100; i++) {
		stage_connect(stage);
		raw_put(&stage->raw, sound_hello, (size_t)i % HELLO_SIZE);
		raw_reset(&stage->raw);
	}
	assert_true(victim_let_go(&stage->plain));
}

static const struct hostile_case cases[] = {
	ATTACK(C5, a_hello_beyond_its_limit_is_refused_by_its_header),
	ATTACK(C5, a_hello_that_is_cut_off_is_refused),
	ATTACK(C5, a_hello_with_bytes_behind_its_fields_is_refused),
	ATTACK(C5, a_hello_with_a_flag_is_refused),
	ATTACK(C5, a_hello_with_a_number_is_refused),
	ATTACK(C5, a_magic_with_any_byte_changed_is_refused),
	ATTACK(C5, a_magic_after_a_conversion_of_line_ends_is_refused),
	ATTACK(P1, a_lowest_version_of_zero_is_refused),
	ATTACK(P1, versions_in_the_wrong_order_are_refused),
	ATTACK(P1, versions_that_nobody_speaks_are_refused_as_such),
	ATTACK(P1, features_that_nobody_knows_are_not_granted),
	ATTACK(C14, a_request_before_the_greeting_is_refused),
	ATTACK(P3, a_token_before_the_greeting_is_refused),
	ATTACK(C14, a_goodbye_before_the_greeting_is_refused),
	ATTACK(C14, every_other_type_before_the_greeting_is_refused),
	ATTACK(C14, two_hellos_at_once_are_refused),
	ATTACK(C14, a_second_hello_after_the_welcome_is_refused),
	ATTACK(C14, a_request_that_does_not_wait_for_the_welcome_is_refused),
	ATTACK(C14, a_single_byte_behind_the_hello_is_refused),
	ATTACK(P1, tls_at_the_plain_door_is_refused),
	ATTACK(C5, other_protocols_are_refused),
	ATTACK(C5, one_byte_without_end_is_refused),
	ATTACK(C13, who_leaves_without_a_word_is_let_go),
	ATTACK(C13, who_leaves_within_the_greeting_is_let_go),
	ATTACK(C15, who_resets_before_the_greeting_is_let_go),
};
const struct hostile_table against_greeting = HOSTILE_TABLE(cases);
