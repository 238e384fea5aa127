/* Attacks by what comes when: numbers that were used, messages out of their turn, more than the window holds, and ends of all kinds. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "stage.h"

/* --- Numbers --------------------------------------------------------------------------------------------------------- */

/* A PING with a number that is not its turn. */
static void ping_as(struct raw *raw, uint16_t number)
{
	raw_header(raw, &(struct frame){.type = FRAME_PING, .number = number});
}

static void a_number_that_was_answered_is_refused(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	raw_expect_alive(raw);
	raw_expect_alive(raw);
	ping_as(raw, 1);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_number_that_is_not_answered_yet_is_refused(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	RAW_WRITER(writer);

	for (int i = 0; i < 2; i++)
		ping_encode(&writer, 1, &(struct ping){.bytes = span_of("")});
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_number_that_leaves_one_out_is_refused(struct stage *stage)
{
	static const uint16_t numbers[] = {3, 4, 257, 32769, 65535};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct raw *raw = stage_greet(stage);
		raw_expect_alive(raw);
		ping_as(raw, numbers[i]);
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
}

/* Requests up to number 65535, in bursts that the window holds. */
static void use_all_numbers(struct raw *raw)
{
	enum { BURST = 51 }; /* 65535 is 1285 of them */

	while (raw->number != UINT16_MAX) {
		RAW_WRITER(writer);
		for (unsigned i = 1; i <= BURST; i++)
			ping_encode(&writer, (uint16_t)(raw->number + i), &(struct ping){.bytes = span_of("")});
		raw_say(raw, &writer);
		for (unsigned i = 0; i < BURST; i++)
			raw_expect(raw, FRAME_PONG, ++raw->number);
	}
}

static void a_number_is_not_used_again_when_all_have_been_used(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	use_all_numbers(raw);
	raw_expect_alive(raw);
	assert_int_equal(raw->number, 1);
	ping_as(raw, UINT16_MAX);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

/* --- Turns ------------------------------------------------------------------------------------------------------------ */

static void a_token_behind_a_request_is_refused(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	raw_expect_alive(raw);
	raw_auth(raw, TOKEN_OF_LOCKED, strlen(TOKEN_OF_LOCKED));
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_second_token_is_refused(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	RAW_WRITER(writer);

	for (int i = 0; i < 2; i++)
		auth_encode(&writer, &(struct auth){span_of(TOKEN_OF_LOCKED)});
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_hello_between_requests_is_refused(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	raw_expect_alive(raw);
	raw_hello(raw);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void what_only_a_server_says_is_refused(struct stage *stage)
{
	static const struct frame frames[] = {
		{.type = FRAME_WELCOME, .length = 22}, {.type = FRAME_FILE, .number = 1, .length = 72},
		{.type = FRAME_ENTRIES, .number = 1, .length = 28}, {.type = FRAME_PIECES, .number = 1, .length = 40},
		{.type = FRAME_DATA, .number = 1, .length = FRAME_DATA_MAX}, {.type = FRAME_SUM_RESULT, .number = 1, .length = 33},
		{.type = FRAME_PONG, .number = 1}, {.type = FRAME_DONE, .number = 1, .length = 8},
		{.type = FRAME_PROGRESS, .number = 1, .length = 8},
	};

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct raw *raw = stage_greet(stage);
		raw_header(raw, &frames[i]);
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
}

static void an_error_from_the_client_is_refused(struct stage *stage)
{
	for (uint16_t number = 0; number < 2; number++) {
		struct raw *raw = stage_greet(stage);
		RAW_WRITER(writer);
		error_encode(&writer, number, &(struct error){.code = ERROR_BUSY, .text = span_of("go away")});
		raw_say(raw, &writer);
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
}

static bool is_from_client(unsigned type)
{
	return (type >= FRAME_STAT && type <= FRAME_PING) || type == FRAME_GOODBYE || type == FRAME_AUTH;
}

static void types_that_nobody_knows_are_refused(struct stage *stage)
{
	for (unsigned type = 0; type < 256; type++) {
		if (is_from_client(type))
			continue;
		struct raw *raw = stage_greet(stage);
		raw_header(raw, &(struct frame){.type = (uint8_t)type, .number = 1});
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
}

static void nothing_is_answered_behind_a_breach(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	RAW_WRITER(writer);

	ping_encode(&writer, 0, &(struct ping){.bytes = span_of("")});
	for (uint16_t i = 1; i < 60; i++)
		stat_request_encode(&writer, i, &(struct stat_request){span_of("public/small")});
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

/* --- The window -------------------------------------------------------------------------------------------------------- */

static struct raw *greet_narrow(struct stage *stage)
{
	raw_open(&stage->raw, stage->narrow.port);
	raw_greet(&stage->raw);
	return &stage->raw;
}

/* COUNT requests at once, of LENGTH bytes with their headers. */
static void burst(struct raw *raw, unsigned count, size_t length)
{
	static unsigned char bytes[65 * FRAME_REQUEST_SIZE];
	struct writer writer;

	writer_init(&writer, bytes, sizeof(bytes));
	for (uint16_t i = 1; i <= count; i++) {
		frame_encode(&writer, &(struct frame){.length = (uint32_t)length - FRAME_HEADER_SIZE, .type = FRAME_STAT, .number = i});
		writer_u16(&writer, (uint16_t)(length - FRAME_HEADER_SIZE - 2));
		writer_zeros(&writer, length - FRAME_HEADER_SIZE - 2);
	}
	raw_say(raw, &writer);
}

static void one_request_more_than_the_window_holds_is_refused(struct stage *stage)
{
	raw_greet(stage_connect(stage));
	burst(&stage->raw, 65, 12);
	raw_expect_fatal(&stage->raw, ERROR_PROTOCOL);
	burst(greet_narrow(stage), 3, 12);
	raw_expect_fatal(&stage->raw, ERROR_PROTOCOL);
}

/* In segments of their own, and with nobody to take the answers, the first bytes are served before the last ones come. */
static void requests_of_more_bytes_than_the_window_holds_are_refused(struct stage *stage)
{
	struct raw *raw = greet_narrow(stage);

	burst(raw, 2, FRAME_REQUEST_SIZE);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void a_full_window_is_served_and_can_be_filled_again(struct stage *stage)
{
	struct raw *raw = greet_narrow(stage);

	burst(raw, 2, 8192);
	for (uint16_t number = 1; number <= 2; number++) {
		raw->number = number;
		raw_expect_error(raw, ERROR_NAME);
	}
	raw_expect_alive(raw);
}

/* --- The end ----------------------------------------------------------------------------------------------------------- */

static void assert_refused_behind_goodbye(struct stage *stage, void (*encode)(struct writer *writer))
{
	struct raw *raw = stage_greet(stage);
	RAW_WRITER(writer);

	goodbye_encode(&writer);
	encode(&writer);
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void encode_request(struct writer *writer)
{
	ping_encode(writer, 1, &(struct ping){.bytes = span_of("")});
}

static void encode_token(struct writer *writer)
{
	auth_encode(writer, &(struct auth){span_of(TOKEN_OF_LOCKED)});
}

static void encode_hello(struct writer *writer)
{
	hello_encode(writer, &(struct hello){.version_min = 1, .version_max = 1});
}

static void encode_byte(struct writer *writer)
{
	writer_u8(writer, 0);
}

static void a_request_behind_goodbye_is_refused(struct stage *stage)
{
	assert_refused_behind_goodbye(stage, encode_request);
}

static void a_token_behind_goodbye_is_refused(struct stage *stage)
{
	assert_refused_behind_goodbye(stage, encode_token);
}

static void a_hello_behind_goodbye_is_refused(struct stage *stage)
{
	assert_refused_behind_goodbye(stage, encode_hello);
}

static void a_second_goodbye_is_refused(struct stage *stage)
{
	assert_refused_behind_goodbye(stage, goodbye_encode);
}

static void a_single_byte_behind_goodbye_is_refused(struct stage *stage)
{
	assert_refused_behind_goodbye(stage, encode_byte);
}

static void who_leaves_without_goodbye_is_let_go(struct stage *stage)
{
	for (int i = 0; i < 20; i++) {
		struct raw *raw = stage_greet(stage);
		struct raw_answer answer;
		raw_ask(raw, FRAME_READ, span_of("public/large"));
		raw_half_close(raw);
		while (raw_next(raw, &answer))
			assert_int_not_equal(answer.frame.type, FRAME_ERROR);
	}
	assert_true(victim_let_go(&stage->plain));
}

static void who_leaves_within_a_frame_is_let_go(struct stage *stage)
{
	RAW_WRITER(writer);

	stat_request_encode(&writer, 1, &(struct stat_request){span_of("public/small")});
	for (size_t length = 1; length < writer_length(&writer); length++) {
		struct raw *raw = stage_greet(stage);
		raw_put(raw, writer.start, length);
		raw_half_close(raw);
		raw_expect_end(raw);
	}
}

static void who_resets_with_answers_due_is_let_go(struct stage *stage)
{
	for (int i = 0; i < 100; i++) {
		struct raw *raw = stage_greet(stage);
		raw_ask(raw, i % 2 ? FRAME_READ : FRAME_SUM, span_of("public/large"));
		raw_reset(raw);
	}
	assert_true(victim_let_go(&stage->plain));
}

/* One says nothing more, the other goes on as long as somebody listens. Neither closes. */
static void who_was_refused_and_stays_is_let_go(struct stage *stage)
{
	static const unsigned char bytes[4096];
	struct raw_answer answer;

	for (int i = 0; i < 2; i++) {
		raw_open(&stage->others[i], stage->plain.port);
		raw_header(&stage->others[i], &(struct frame){.type = FRAME_PING});
	}
	for (int i = 0; i < 4096; i++)
		raw_put(&stage->others[1], bytes, sizeof(bytes));
	assert_true(raw_next(&stage->others[0], &answer));
	assert_true(victim_let_go(&stage->plain));
}

static const struct hostile_case cases[] = {
	ATTACK(C13, a_number_that_was_answered_is_refused),
	ATTACK(C13, a_number_that_is_not_answered_yet_is_refused),
	ATTACK(C13, a_number_that_leaves_one_out_is_refused),
	ATTACK(C13, a_number_is_not_used_again_when_all_have_been_used),
	ATTACK(P3, a_token_behind_a_request_is_refused),
	ATTACK(P3, a_second_token_is_refused),
	ATTACK(C14, a_hello_between_requests_is_refused),
	ATTACK(C14, what_only_a_server_says_is_refused),
	ATTACK(C14, an_error_from_the_client_is_refused),
	ATTACK(C14, types_that_nobody_knows_are_refused),
	ATTACK(C13, nothing_is_answered_behind_a_breach),
	ATTACK(C13, one_request_more_than_the_window_holds_is_refused),
	ATTACK(C10, requests_of_more_bytes_than_the_window_holds_are_refused),
	ATTACK(C13, a_full_window_is_served_and_can_be_filled_again),
	ATTACK(C13, a_request_behind_goodbye_is_refused),
	ATTACK(P3, a_token_behind_goodbye_is_refused),
	ATTACK(C14, a_hello_behind_goodbye_is_refused),
	ATTACK(C14, a_second_goodbye_is_refused),
	ATTACK(C14, a_single_byte_behind_goodbye_is_refused),
	ATTACK(C13, who_leaves_without_goodbye_is_let_go),
	ATTACK(C13, who_leaves_within_a_frame_is_let_go),
	ATTACK(C15, who_resets_with_answers_due_is_let_go),
	ATTACK(C7, who_was_refused_and_stays_is_let_go),
};
const struct hostile_table against_order = HOSTILE_TABLE(cases);
