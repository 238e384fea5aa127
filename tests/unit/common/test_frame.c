/* Tests of the frame header: who may send which type when, with which flags, numbers and lengths. */
/* Threat C5 of docs/security.md. */
#include "frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "examples.h"

static enum status judge(const struct frame *frame, enum frame_side side, enum frame_phase phase)
{
	unsigned char bytes[FRAME_HEADER_SIZE];
	struct writer writer;
	struct frame decoded;

	writer_init(&writer, bytes, sizeof bytes);
	frame_encode(&writer, frame);
	assert_false(writer.failed);
	return frame_decode(bytes, side, phase, &decoded);
}

static enum status judge_length(uint8_t type, uint16_t number, uint32_t length, enum frame_side side, enum frame_phase phase)
{
	return judge(&(struct frame){.type = type, .number = number, .length = length}, side, phase);
}

static void header_comes_back_as_it_was_written(void **state)
{
	static const unsigned char bytes[] = {0, 0, 0x12, 0x34, FRAME_READ, FLAG_FRESH, 0xab, 0xcd};
	unsigned char written[FRAME_HEADER_SIZE];
	struct writer writer;
	struct frame frame;

	(void)state;
	assert_int_equal(frame_decode(bytes, FRAME_FROM_CLIENT, FRAME_OPEN, &frame), STATUS_OK);
	assert_int_equal(frame.length, 0x1234);
	assert_int_equal(frame.type, FRAME_READ);
	assert_int_equal(frame.flags, FLAG_FRESH);
	assert_int_equal(frame.number, 0xabcd);
	writer_init(&writer, written, sizeof written);
	frame_encode(&writer, &frame);
	assert_memory_equal(written, bytes, sizeof bytes);
}

static void refused_header_leaves_the_result_alone(void **state)
{
	static const unsigned char bytes[] = {0xff, 0xff, 0xff, 0xff, FRAME_READ, 0, 0, 1};
	struct frame frame = {.length = 77};

	(void)state;
	assert_int_equal(frame_decode(bytes, FRAME_FROM_CLIENT, FRAME_OPEN, &frame), STATUS_PROTOCOL);
	assert_int_equal(frame.length, 77);
}

static void nobody_may_speak_for_the_other_side(void **state)
{
	(void)state;
	assert_int_equal(judge_length(FRAME_READ, 1, 40, FRAME_FROM_CLIENT, FRAME_OPEN), STATUS_OK);
	assert_int_equal(judge_length(FRAME_READ, 1, 40, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_DATA, 1, 40, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_OK);
	assert_int_equal(judge_length(FRAME_DATA, 1, 40, FRAME_FROM_CLIENT, FRAME_OPEN), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_ERROR, 0, 40, FRAME_FROM_CLIENT, FRAME_OPEN), STATUS_PROTOCOL);
}

static void greeting_comes_once_and_first(void **state)
{
	(void)state;
	assert_int_equal(judge_length(FRAME_HELLO, 0, 16, FRAME_FROM_CLIENT, FRAME_GREETING), STATUS_OK);
	assert_int_equal(judge_length(FRAME_HELLO, 0, 16, FRAME_FROM_CLIENT, FRAME_OPEN), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_STAT, 1, 16, FRAME_FROM_CLIENT, FRAME_GREETING), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_GOODBYE, 0, 0, FRAME_FROM_CLIENT, FRAME_GREETING), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_WELCOME, 0, 22, FRAME_FROM_SERVER, FRAME_GREETING), STATUS_OK);
	assert_int_equal(judge_length(FRAME_WELCOME, 0, 22, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_PONG, 1, 0, FRAME_FROM_SERVER, FRAME_GREETING), STATUS_PROTOCOL);
}

static void token_comes_after_the_greeting_and_belongs_to_no_request(void **state)
{
	(void)state;
	assert_int_equal(judge_length(FRAME_AUTH, 0, 3, FRAME_FROM_CLIENT, FRAME_OPEN), STATUS_OK);
	assert_int_equal(judge_length(FRAME_AUTH, 0, 3, FRAME_FROM_CLIENT, FRAME_GREETING), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_AUTH, 1, 3, FRAME_FROM_CLIENT, FRAME_OPEN), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_AUTH, 0, 3, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_PROTOCOL);
}

static void error_bears_any_number_once_the_greeting_is_over(void **state)
{
	(void)state;
	assert_int_equal(judge_length(FRAME_ERROR, 0, 8, FRAME_FROM_SERVER, FRAME_GREETING), STATUS_OK);
	assert_int_equal(judge_length(FRAME_ERROR, 1, 8, FRAME_FROM_SERVER, FRAME_GREETING), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_ERROR, 0, 8, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_OK);
	assert_int_equal(judge_length(FRAME_ERROR, 65535, 8, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_OK);
}

static void greeting_has_a_shorter_limit_for_errors(void **state)
{
	(void)state;
	assert_int_equal(judge_length(FRAME_ERROR, 0, FRAME_GREETING_MAX, FRAME_FROM_SERVER, FRAME_GREETING), STATUS_OK);
	assert_int_equal(judge_length(FRAME_ERROR, 0, FRAME_GREETING_MAX + 1, FRAME_FROM_SERVER, FRAME_GREETING), STATUS_PROTOCOL);
	assert_int_equal(judge_length(FRAME_ERROR, 0, FRAME_GREETING_MAX + 1, FRAME_FROM_SERVER, FRAME_OPEN), STATUS_OK);
}

static void words_of_other_protocols_are_refused(void **state)
{
	static const char *const words[] = {"GET / HTTP/1.1", "SSH-2.0-x", "\x16\x03\x01\x02\x00\x01\x00\x01", "PRI * HTTP/2.0",
	                                    "HTTP/1.1 400", "\x15\x03\x03\x00\x02\x02\x46\x00", "USER anonymous"};
	struct frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		const unsigned char *bytes = (const unsigned char *)words[i];
		assert_int_equal(frame_decode(bytes, FRAME_FROM_CLIENT, FRAME_GREETING, &frame), STATUS_PROTOCOL);
		assert_int_equal(frame_decode(bytes, FRAME_FROM_SERVER, FRAME_GREETING, &frame), STATUS_PROTOCOL);
	}
}

/* --- The table of docs/protocol.md, row by row. -------------------------------------------------------------------- */

enum { TYPE, NAME, FROM, NUMBER, FLAGS, LIMIT, COLUMNS };

static uint32_t limit_of(const char *cell)
{
	uint32_t limit = 0;

	for (; (*cell >= '0' && *cell <= '9') || (*cell == ',' && cell[1] != ' '); cell++)
		if (*cell != ',')
			limit = limit * 10 + (uint32_t)(*cell - '0');
	return limit;
}

static void check_row(const struct row *row)
{
	uint8_t type = (uint8_t)strtoul(row->cells[TYPE], NULL, 16);
	enum frame_side side = strcmp(row->cells[FROM], "client") == 0 ? FRAME_FROM_CLIENT : FRAME_FROM_SERVER;
	enum frame_phase phase = type == FRAME_HELLO || type == FRAME_WELCOME ? FRAME_GREETING : FRAME_OPEN;
	unsigned allowed_flags = (unsigned)strtoul(row->cells[FLAGS], NULL, 16);
	bool numbered = strcmp(row->cells[NUMBER], "request") == 0;
	bool either = strcmp(row->cells[NUMBER], "request or 0") == 0;
	struct frame frame = {.type = type, .number = numbered, .length = limit_of(row->cells[LIMIT])};

	assert_int_equal(judge(&frame, side, phase), STATUS_OK);
	frame.length++;
	assert_int_equal(judge(&frame, side, phase), STATUS_PROTOCOL);
	frame.length -= 1;
	frame.number = !frame.number;
	assert_int_equal(judge(&frame, side, phase), either ? STATUS_OK : STATUS_PROTOCOL);
	frame.number = numbered;
	for (unsigned flags = 0; flags < 256; flags++) {
		frame.flags = (uint8_t)flags;
		assert_int_equal(judge(&frame, side, phase), flags & ~allowed_flags ? STATUS_PROTOCOL : STATUS_OK);
	}
	frame.flags = 0;
	const char *least = strstr(row->cells[LIMIT], "at least ");
	frame.length = least ? limit_of(least + strlen("at least ")) : 0;
	assert_int_equal(judge(&frame, side, phase), STATUS_OK);
	frame.length--;
	assert_int_equal(judge(&frame, side, phase), STATUS_PROTOCOL);
}

static void limits_flags_and_numbers_are_those_of_the_document(void **state)
{
	FILE *document = document_open();
	struct row row;
	size_t checked = 0;

	(void)state;
	while (row_next(document, &row)) {
		if (row.count != COLUMNS || (strcmp(row.cells[FROM], "client") != 0 && strcmp(row.cells[FROM], "server") != 0))
			continue;
		check_row(&row);
		checked++;
	}
	fclose(document);
	assert_int_equal(checked, 19);
}

/* --- Writing -------------------------------------------------------------------------------------------------------- */

static void frame_end_fills_in_the_length_of_what_was_written(void **state)
{
	static const unsigned char expected[] = {0, 0, 0, 0, FRAME_GOODBYE, 0, 0, 0, 0, 0, 0, 3, FRAME_PING, 0, 0, 9, 'a', 'b', 'c'};
	unsigned char bytes[sizeof expected];
	struct writer writer;

	(void)state;
	writer_init(&writer, bytes, sizeof bytes);
	frame_end(&writer, frame_begin(&writer, FRAME_GOODBYE, 0, 0));
	unsigned char *mark = frame_begin(&writer, FRAME_PING, 0, 9);
	writer_bytes(&writer, "abc", 3);
	frame_end(&writer, mark);
	assert_false(writer.failed);
	assert_memory_equal(bytes, expected, sizeof expected);
}

static void frame_that_does_not_fit_leaves_the_writer_failed(void **state)
{
	unsigned char bytes[FRAME_HEADER_SIZE + 2];
	struct writer writer;

	(void)state;
	for (size_t room = 0; room < sizeof bytes; room++) {
		writer_init(&writer, bytes, room);
		unsigned char *mark = frame_begin(&writer, FRAME_PING, 0, 1);
		writer_bytes(&writer, "ab", 2);
		frame_end(&writer, mark);
		assert_true(writer.failed);
	}
}

static void numbers_count_up_and_skip_zero(void **state)
{
	(void)state;
	assert_int_equal(frame_next_number(0), 1);
	assert_int_equal(frame_next_number(1), 2);
	assert_int_equal(frame_next_number(65534), 65535);
	assert_int_equal(frame_next_number(65535), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_comes_back_as_it_was_written),
		cmocka_unit_test(refused_header_leaves_the_result_alone),
		cmocka_unit_test(nobody_may_speak_for_the_other_side),
		cmocka_unit_test(greeting_comes_once_and_first),
		cmocka_unit_test(token_comes_after_the_greeting_and_belongs_to_no_request),
		cmocka_unit_test(error_bears_any_number_once_the_greeting_is_over),
		cmocka_unit_test(greeting_has_a_shorter_limit_for_errors),
		cmocka_unit_test(words_of_other_protocols_are_refused),
		cmocka_unit_test(limits_flags_and_numbers_are_those_of_the_document),
		cmocka_unit_test(frame_end_fills_in_the_length_of_what_was_written),
		cmocka_unit_test(frame_that_does_not_fit_leaves_the_writer_failed),
		cmocka_unit_test(numbers_count_up_and_skip_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
