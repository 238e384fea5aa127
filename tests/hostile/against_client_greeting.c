/* Attacks before anything was asked: greetings that are none, too long, too short, too much, and peers that are not ferry. */
#include <string.h>

#include "against_client.h"
#include "path.h"

#define NO_FERRY "does not speak the ferry protocol"
#define BROKE "broke the ferry protocol"
#define SOME GET LS PING

static void say_text(struct visit *visit, const char *text)
{
	visit_say(visit, text, strlen(text));
	visit_hold(visit);
}

static void play_web_server(struct visit *visit)
{
	say_text(visit, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
}

static void play_shell_server(struct visit *visit)
{
	say_text(visit, "SSH-2.0-OpenSSH_9.2\r\n");
}

static void play_zeros(struct visit *visit)
{
	static const unsigned char zeros[4096];

	while (!visit->over)
		visit_say(visit, zeros, sizeof(zeros));
}

static void play_tls_alert(struct visit *visit)
{
	visit_say(visit, "\x15\x03\x01\x00\x02\x02\x46", 7);
	visit_hold(visit);
}

/* VALUE is the error's code. */
static void play_error(struct visit *visit)
{
	SAY(visit, error_encode, 0, &(struct error){.code = (uint16_t)visit->value, .text = span_of("go away")});
	visit_end(visit);
}

/* VALUE is the length of its payload. */
static void play_long_error(struct visit *visit)
{
	unsigned char frame[FRAME_HEADER_SIZE] = {0, 0, (unsigned char)(visit->value >> 8), (unsigned char)visit->value, FRAME_ERROR};

	visit_say(visit, frame, sizeof(frame));
	visit_hold(visit);
}

static void play_error_and_welcome(struct visit *visit)
{
	SAY(visit, error_encode, 0, &(struct error){.code = ERROR_REFUSED, .text = span_of("go away")});
	visit_greet(visit);
	visit_serve(visit);
}

static void play_escaping_error(struct visit *visit)
{
	static const char text[] = "\x1b]0;owned\x07\xc2\x9b" "31m\xe2\x80\xaetxt.exe\r\n";

	SAY(visit, error_encode, 0, &(struct error){.code = ERROR_REFUSED, .text = span_of(text)});
	visit_end(visit);
}

static const struct attack attacks[] = {
	{"S13", "another_magic", SOME, 11, NO_FERRY, LIE(SET, WELCOME, .width = 1, .offset = 8), VALUES(0, 'f', 0xff)},
	{"S13", "a_magic_that_went_through_a_line_conversion", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT(13, 2)),
		VALUES(0x0a1a, 0x0d0d)},
	{"P1", "a_version_that_nobody_offered", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT(16, 2)),
		VALUES(0, 2, 255, 32768, 65535)},
	{"P1", "features_that_nobody_offered", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT(18, 4)), VALUES(1, 1u << 31, UINT32_MAX)},
	{"S13", "a_window_of_no_requests", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT(22, 2))},
	{"S13", "a_window_of_one_request_is_enough", GET_TREE, 0, NULL, LIE(SET, WELCOME, AT(22, 2), .value = 1),
		.fetched = "folder/inner folder/deep/er"},
	{"S13", "a_window_of_65535_requests_costs_nothing", GET_TREE, 0, NULL, LIE(SET, WELCOME, AT(22, 2), .value = 65535),
		.fetched = "folder/inner folder/deep/er"},
	{"S13", "a_window_too_small_for_a_request", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT(24, 4)), VALUES(0, 1, 8199)},
	{"S13", "a_window_of_any_legal_size", GET_TREE, 0, NULL, LIE(SET, WELCOME, AT(24, 4)),
		VALUES(8200, 1u << 31, UINT32_MAX), .fetched = "folder/inner folder/deep/er"},
	{"S13", "no_links_at_all", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT(28, 2))},
	{"S13", "any_number_of_links", GET_BIG, 0, NULL, LIE(SET, WELCOME, AT(28, 2)), VALUES(1, 65535), .fetched = "big"},
	{"C5", "a_greeting_that_claims_to_be_huge", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT_LENGTH),
		VALUES(4097, 65536, 1u << 31, UINT32_MAX)},
	{"S13", "a_greeting_with_another_length", SOME, 11, NO_FERRY, LIE(PAYLOAD, WELCOME), VALUES(0, 1, 8, 21, 23, 4096)},
	{"S13", "a_greeting_of_another_type", EVERY_COMMAND, 11, NO_FERRY, LIE(SET, WELCOME, AT_TYPE),
		VALUES(0x00, 0x01, 0x80, 0x90, 0x93, 0xfe)},
	{"S13", "a_greeting_with_flags", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT_FLAGS), VALUES(1, 2, 0x80, 0xff)},
	{"S13", "a_greeting_with_a_number", SOME, 11, NO_FERRY, LIE(SET, WELCOME, AT_NUMBER), VALUES(1, 65535)},
	{"S13", "two_greetings", EVERY_COMMAND, 11, BROKE, LIE(REPEAT, WELCOME, .value = 2)},
	{"S13", "an_answer_before_the_greeting", SOME, 11, NO_FERRY, LIE(BEFORE, WELCOME),
		VALUES(FRAME_FILE, FRAME_PONG, FRAME_DATA, FRAME_PROGRESS)},
	{"S13", "an_answer_right_behind_the_greeting", SOME, 11, BROKE, LIE(BEHIND, WELCOME),
		VALUES(FRAME_FILE, FRAME_PONG, FRAME_DATA, FRAME_PROGRESS)},
	{"S13", "noise_before_the_greeting", SOME, 11, NO_FERRY, LIE(BEFORE, WELCOME)},
	{"S13", "noise_behind_the_greeting", SOME, 11, BROKE, LIE(BEHIND, WELCOME)},
	{"S13", "a_web_server", EVERY_COMMAND, 11, NO_FERRY, .play = play_web_server},
	{"S13", "a_shell_server", SOME, 11, NO_FERRY, .play = play_shell_server},
	{"S13", "zeros_without_end", SOME, 11, NO_FERRY, .play = play_zeros},
	{"P1", "a_tls_server_met_without_tls", EVERY_COMMAND, 11, "speaks TLS: its URL begins with ferrys://",
		.play = play_tls_alert},
	{"S13", "who_complains_of_the_protocol", SOME, 11, "says \"go away\"", .play = play_error,
		VALUES(ERROR_PROTOCOL, ERROR_VERSION)},
	{"S13", "who_refuses", SOME, 4, "says \"go away\"", .play = play_error, VALUES(ERROR_REFUSED)},
	{"S12", "who_is_busy", EVERY_COMMAND, 10, "says \"go away\"", .play = play_error, VALUES(ERROR_BUSY)},
	{"S12", "who_is_stopping", SOME, 5, "says \"go away\"", .play = play_error, VALUES(ERROR_STOPPING, ERROR_DEADLINE)},
	{"S13", "who_complains_of_what_was_never_asked", SOME, 3, "says \"go away\"", .play = play_error,
		VALUES(ERROR_NOT_FOUND)},
	{"S13", "who_gives_a_reason_that_nobody_knows", SOME, 1, "says \"go away\"", .play = play_error, VALUES(15, 999, 65535)},
	{"S13", "who_gives_no_reason", SOME, 11, NO_FERRY, .play = play_error, VALUES(0)},
	{"C5", "an_error_too_long_for_a_greeting", SOME, 11, NO_FERRY, .play = play_long_error, VALUES(4097, 65535)},
	{"S13", "an_error_and_a_greeting_behind_it", SOME, 4, "says \"go away\"", .play = play_error_and_welcome},
	{"S4", "an_error_that_steers_the_terminal", EVERY_COMMAND, 4,
		"\\x1b]0;owned\\x07\\xc2\\x9b31m\\xe2\\x80\\xaetxt.exe\\x0d\\x0a", .play = play_escaping_error},
};

const struct attack_table greeting_attacks = ATTACK_TABLE(attacks);
