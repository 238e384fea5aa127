/* Attacks by ERROR: every code where an answer is due, texts that are none, and excuses that never end. */
#include <string.h>

#include "against_client.h"
#include "path.h"

#define BROKE "broke the ferry protocol"
#define TEN(text) text text text text text text text text text text
#define EVERY_FILE GET STAT SUM VERIFY
#define EVERY_REQUEST GET STAT SUM VERIFY LS PING GET_TREE
#define AGAIN " --timeout 20 --retry 1 --no-sync\n"

static void refuse(struct visit *visit, uint16_t number, uint16_t code, const char *text, uint32_t wait_ms)
{
	SAY(visit, error_encode, number, &(struct error){.code = code, .retry_after_ms = wait_ms, .text = span_of(text)});
}

/* Every request is answered by the error VALUE. */
static void play_errors(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload)) {
		if (frame.type != FRAME_GOODBYE)
			refuse(visit, frame.number, (uint16_t)visit->value, "not today", 1);
		else
			visit_end(visit);
	}
}

/* The first request is answered by the error VALUE of the whole connection. */
static void play_farewell(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (visit_hear(visit, &frame, &payload))
		refuse(visit, 0, (uint16_t)visit->value, "not today", 1);
	visit_end(visit);
}

/* Speaks on behind its own farewell. */
static void play_no_farewell(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	if (!visit_hear(visit, &frame, &payload))
		return;
	refuse(visit, 0, ERROR_REFUSED, "not today", 0);
	visit_answer(visit, &frame, payload);
	visit_serve(visit);
}

static bool change_error(struct visit *visit, const unsigned char *frame, const char *text)
{
	struct writer writer;

	if (frame[4] != FRAME_ERROR)
		return false;
	writer_init(&writer, visit->frame, FRAME_ROOM);
	error_encode(&writer, (uint16_t)(frame[6] << 8 | frame[7]), &(struct error){.code = ERROR_REFUSED, .text = span_of(text)});
	visit_say(visit, visit->frame, writer_length(&writer));
	return true;
}

static bool say_escapes(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)length;
	return change_error(visit, frame, "\x1b]52;c;cm0gLXJmIC8=\x07\x1b[2J\r\n\x7f\xc2\x9b\x9b");
}

static bool say_turned_text(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)length;
	return change_error(visit, frame, "\xe2\x80\xae\xe2\x81\xa6\xd8\x9c\xe2\x80\xa8gnp.exe");
}

static bool say_lines(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)length;
	return change_error(visit, frame, "gone\nferry: all files are fetched and proven\n");
}

/* The longest text, of characters of three bytes each: wherever it is cut, it is not cut inside one. VALUE shifts it. */
static bool say_long_text(struct visit *visit, unsigned char *frame, size_t length)
{
	char text[ERROR_TEXT_MAX + 1] = "xxx";

	(void)length;
	for (size_t i = visit->value; i + 3 <= ERROR_TEXT_MAX; i += 3)
		memcpy(text + i, "\xe2\x82\xac", 4);
	return change_error(visit, frame, text);
}

static bool say_invalid_text(struct visit *visit, unsigned char *frame, size_t length)
{
	(void)length;
	return change_error(visit, frame, "\xff\xfe\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82");
}

/* Whatever names a version is told that there is another one by now. */
static bool change_for_ever(struct visit *visit, unsigned char *frame, size_t length)
{
	if (frame[4] != FRAME_DATA)
		return false;
	frame[length - DATA_TRAILER_SIZE] = DATA_VOID;
	memset(frame + length - DATA_TRAILER_SIZE + 1, 0, DATA_TRAILER_SIZE - 1);
	visit_say(visit, frame, length);
	refuse(visit, visit->number, ERROR_CHANGED, "it changed", 0);
	return true;
}

static void play_changes(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload) && frame.type != FRAME_GOODBYE)
		refuse(visit, frame.number, ERROR_CHANGED, "it changed", 0);
	visit_end(visit);
}

/* READ says that it is no file, STAT that it is one. */
static void play_contradiction(struct visit *visit)
{
	struct frame frame;
	struct span payload;

	visit_greet(visit);
	while (visit_hear(visit, &frame, &payload) && frame.type != FRAME_GOODBYE) {
		if (frame.type == FRAME_READ)
			refuse(visit, frame.number, ERROR_NOT_A_FILE, "no file", 0);
		else
			visit_answer(visit, &frame, payload);
	}
	visit_end(visit);
}

#define ABSENT "get URL/absent" ASKED \
	"stat URL/absent --timeout 20\nls URL/absent --timeout 20\nsum URL/absent --timeout 20\nverify URL/absent kept --timeout 20\n"

static const struct attack attacks[] = {
	{"S13", "a_request_that_finds_nothing", EVERY_REQUEST, 3, "not today", .play = play_errors, VALUES(ERROR_NOT_FOUND)},
	{"S13", "a_request_that_is_refused", EVERY_REQUEST, 4, "not today", .play = play_errors, VALUES(ERROR_REFUSED)},
	{"S12", "a_server_that_is_always_busy", "get URL/file" ASKED "get URL/file" AGAIN "get -r URL/folder" AGAIN STAT LS SUM
		VERIFY PING, 10, "not today", .play = play_errors, VALUES(ERROR_BUSY)},
	{"S12", "a_server_that_is_always_stopping", "get URL/file" ASKED "get URL/file" AGAIN "get -r URL/folder" AGAIN STAT LS
		SUM VERIFY PING, 5, "not today", .play = play_errors, VALUES(ERROR_STOPPING)},
	{"S13", "a_request_that_fails_at_the_server", EVERY_REQUEST, 1, "not today", .play = play_errors,
		VALUES(ERROR_IO, ERROR_LIMIT, 15, 65535)},
	{"S13", "a_request_that_broke_the_protocol", EVERY_REQUEST, 11, BROKE, .play = play_errors, VALUES(ERROR_PROTOCOL)},
	{"S13", "a_name_that_the_server_does_not_allow", EVERY_REQUEST, 11, "not today", .play = play_errors, VALUES(ERROR_NAME)},
	{"S14", "a_file_that_changes_in_each_answer", GET "get -r URL/folder" ASKED, 8, NULL, .play = play_changes},
	{"S14", "a_file_that_changes_behind_each_piece", GET, 8, "kept changing", .alter = change_for_ever},
	{"S14", "a_file_that_changes_in_a_pipe", "get URL/file -o -" ASKED, 8, "kept changing", .alter = change_for_ever},
	{"S13", "a_file_that_is_none_and_is_one", GET, 1, NULL, .play = play_contradiction},
	{"S12", "a_farewell_instead_of_an_answer", EVERY_REQUEST, 10, "not today", .play = play_farewell, VALUES(ERROR_BUSY)},
	{"S12", "a_farewell_because_of_a_deadline", EVERY_REQUEST, 5, "not today", .play = play_farewell,
		VALUES(ERROR_STOPPING, ERROR_DEADLINE)},
	{"S12", "a_farewell_because_of_a_limit", EVERY_REQUEST, 1, "not today", .play = play_farewell,
		VALUES(ERROR_LIMIT, ERROR_IO, 999)},
	{"P3", "a_farewell_because_of_a_token", EVERY_REQUEST, 4, "not today", .play = play_farewell, VALUES(ERROR_REFUSED)},
	{"S13", "a_farewell_for_no_reason", EVERY_REQUEST, 11, BROKE, .play = play_farewell, VALUES(0)},
	{"S13", "a_farewell_that_is_none", GET STAT LS PING, 4, "not today", .play = play_no_farewell},
	{"S4", "a_text_that_steers_the_terminal", ABSENT, 4,
		"\\x1b]52;c;cm0gLXJmIC8=\\x07\\x1b[2J\\x0d\\x0a\\x7f\\xc2\\x9b\\x9b", .alter = say_escapes},
	{"S4", "a_text_that_turns_around", ABSENT, 4, "\\xe2\\x80\\xae\\xe2\\x81\\xa6\\xd8\\x9c\\xe2\\x80\\xa8gnp.exe",
		.alter = say_turned_text},
	{"S4", "a_text_of_several_lines", ABSENT, 4, "gone\\x0aferry: all files", .alter = say_lines},
	{"S4", "a_text_that_is_no_text", ABSENT, 4, "\\xff\\xfe\\xc0\\xaf", .alter = say_invalid_text},
	{"S4", "the_longest_text_is_not_cut_inside_a_character", ABSENT, 4, "\xe2\x82\xac", .alter = say_long_text,
		VALUES(0, 1, 2, 3)},
};

const struct attack_table error_attacks = ATTACK_TABLE(attacks);
