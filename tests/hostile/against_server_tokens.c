/* Attacks by tokens: of odd shapes, of others, and for more than they open. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "stage.h"

static struct raw *show(struct stage *stage, const void *token, size_t length)
{
	struct raw *raw = stage_greet(stage);

	raw_auth(raw, token, length);
	return raw;
}

static struct raw *show_text(struct stage *stage, const char *token)
{
	return show(stage, token, strlen(token));
}

/* Frames whose token is not as long as its field may be, or as it says. */
static void assert_breach(struct stage *stage, uint16_t claimed, size_t length)
{
	unsigned char payload[FRAME_GREETING_MAX] = {(unsigned char)(claimed >> 8), (unsigned char)claimed};
	struct raw *raw = stage_greet(stage);

	memset(payload + 2, 'x', sizeof(payload) - 2);
	raw_frame(raw, &(struct frame){.length = (uint32_t)length + 2, .type = FRAME_AUTH}, payload, length + 2);
	raw_expect_fatal(raw, ERROR_PROTOCOL);
}

static void an_empty_token_is_refused(struct stage *stage)
{
	assert_breach(stage, 0, 0);
}

static void a_token_is_256_bytes_long_at_most(struct stage *stage)
{
	static const unsigned char token[AUTH_TOKEN_MAX] = {0};

	raw_expect_fatal(show(stage, token, AUTH_TOKEN_MAX - 1), ERROR_REFUSED);
	raw_expect_fatal(show(stage, token, AUTH_TOKEN_MAX), ERROR_REFUSED);
	assert_breach(stage, AUTH_TOKEN_MAX + 1, AUTH_TOKEN_MAX + 1);
	assert_breach(stage, FRAME_GREETING_MAX - 2, FRAME_GREETING_MAX - 2);
}

static void a_token_longer_than_its_frame_is_refused(struct stage *stage)
{
	assert_breach(stage, 13, 12);
	assert_breach(stage, 32768, 12);
	assert_breach(stage, 65535, 12);
}

static void a_token_that_nobody_gave_out_is_refused(struct stage *stage)
{
	static const char *const tokens[] = {"x", "ferry_", "all", "locked", "never", "*", "%s%s%n", "ferry_locked\n", " ferry_locked",
		"FERRY_LOCKED", "\xff\xfe", "' or 1=1"};

	for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++)
		raw_expect_fatal(show_text(stage, tokens[i]), ERROR_REFUSED);
}

static void the_beginning_of_a_token_is_refused(struct stage *stage)
{
	for (size_t length = 1; length < strlen(TOKEN_OF_LOCKED); length++)
		raw_expect_fatal(show(stage, TOKEN_OF_LOCKED, length), ERROR_REFUSED);
}

static void a_token_with_something_behind_it_is_refused(struct stage *stage)
{
	raw_expect_fatal(show_text(stage, TOKEN_OF_LOCKED "x"), ERROR_REFUSED);
	raw_expect_fatal(show_text(stage, TOKEN_OF_LOCKED "\r\n"), ERROR_REFUSED);
	raw_expect_fatal(show(stage, TOKEN_OF_LOCKED, sizeof(TOKEN_OF_LOCKED)), ERROR_REFUSED);
}

static void a_token_with_any_bit_changed_is_refused(struct stage *stage)
{
	for (size_t bit = 0; bit < 8 * strlen(TOKEN_OF_LOCKED); bit++) {
		char token[] = TOKEN_OF_LOCKED;
		token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
		raw_expect_fatal(show(stage, token, strlen(TOKEN_OF_LOCKED)), ERROR_REFUSED);
	}
}

static void a_token_that_has_expired_is_refused(struct stage *stage)
{
	raw_expect_fatal(show_text(stage, TOKEN_EXPIRED), ERROR_REFUSED);
}

/* Who has read the file of tokens has none: neither digest nor line is one, as text or as bytes. */
static void what_the_file_of_tokens_holds_is_no_token(struct stage *stage)
{
	char path[PATH_MAX + 32], line[512], digest[65], bytes[32];

	snprintf(path, sizeof(path), "%s/world/public/state/tokens", stage->scratch.path);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	char *got = fgets(line, sizeof(line), file);
	fclose(file);
	assert_non_null(got);
	assert_int_equal(sscanf(line, "all token %64s", digest), 1);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		unsigned byte;
		assert_int_equal(sscanf(digest + 2 * i, "%2x", &byte), 1);
		bytes[i] = (char)byte;
	}
	raw_expect_fatal(show_text(stage, digest), ERROR_REFUSED);
	raw_expect_fatal(show(stage, bytes, sizeof(bytes)), ERROR_REFUSED);
	raw_expect_fatal(show(stage, line, strcspn(line, "\n")), ERROR_REFUSED);
}

/* Nothing of what was asked behind a bad token is answered. */
static void a_request_behind_a_bad_token_is_not_answered(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	RAW_WRITER(writer);

	auth_encode(&writer, &(struct auth){span_of("wrong")});
	stat_request_encode(&writer, 1, &(struct stat_request){span_of("public/small")});
	goodbye_encode(&writer);
	raw_say(raw, &writer);
	raw_expect_fatal(raw, ERROR_REFUSED);
}

static void a_token_is_good_for_its_own_connection_only(struct stage *stage)
{
	struct raw *raw = show_text(stage, TOKEN_OF_LOCKED);

	raw_ask(raw, FRAME_STAT, span_of("locked/file"));
	assert_int_equal(raw_expect_file(raw).kind, ENTRY_FILE);
	raw_open(&stage->others[0], stage->plain.port);
	raw_greet(&stage->others[0]);
	raw_ask(&stage->others[0], FRAME_STAT, span_of("locked/file"));
	raw_expect_error(&stage->others[0], ERROR_NOT_FOUND);
}

static void a_token_for_a_part_opens_nothing_else(struct stage *stage)
{
	static const char *const paths[] = {"locked/file", "locked/par", "locked/partx", "locked/part/nothing", "far/file", "veiled/.secret",
		"public/state"};
	struct raw *raw = show_text(stage, TOKEN_OF_PART);

	raw_ask(raw, FRAME_STAT, span_of("locked/part/inside"));
	assert_int_equal(raw_expect_file(raw).kind, ENTRY_FILE);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		raw_ask(raw, FRAME_READ, span_of(paths[i]));
		raw_expect_error(raw, ERROR_NOT_FOUND);
	}
}

static void dots_do_not_lead_out_of_the_part_that_a_token_opens(struct stage *stage)
{
	static const char *const paths[] = {"locked/part/../file", "locked/part/./../file", "locked/part//../file", "locked/../public/small"};
	struct raw *raw = show_text(stage, TOKEN_OF_PART);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		raw_ask(raw, FRAME_READ, span_of(paths[i]));
		raw_expect_error(raw, ERROR_NAME);
	}
}

static void a_symlink_does_not_lead_out_of_the_part_that_a_token_opens(struct stage *stage)
{
	struct raw *raw = show_text(stage, TOKEN_OF_PART);

	raw_ask(raw, FRAME_READ, span_of("locked/part/up"));
	raw_expect_error(raw, ERROR_REFUSED);
	raw_ask(raw, FRAME_SUM, span_of("locked/part/up"));
	raw_expect_error(raw, ERROR_REFUSED);
}

static void a_token_does_not_change_who_may_come_from_where(struct stage *stage)
{
	struct raw *raw = show_text(stage, TOKEN_OF_LOCKED);

	raw_ask(raw, FRAME_STAT, span_of("far/file"));
	raw_expect_error(raw, ERROR_NOT_FOUND);
}

static void a_bad_token_inside_tls_is_refused(struct stage *stage)
{
	raw_open(&stage->raw, stage->secure.port);
	raw_secure(&stage->raw);
	raw_greet(&stage->raw);
	raw_auth(&stage->raw, "wrong", 5);
	raw_expect_fatal(&stage->raw, ERROR_REFUSED);
}

static const struct hostile_case cases[] = {
	ATTACK(P3, an_empty_token_is_refused),
	ATTACK(P3, a_token_is_256_bytes_long_at_most),
	ATTACK(C5, a_token_longer_than_its_frame_is_refused),
	ATTACK(P3, a_token_that_nobody_gave_out_is_refused),
	ATTACK(P3, the_beginning_of_a_token_is_refused),
	ATTACK(P3, a_token_with_something_behind_it_is_refused),
	ATTACK(P3, a_token_with_any_bit_changed_is_refused),
	ATTACK(P3, a_token_that_has_expired_is_refused),
	ATTACK(P3, what_the_file_of_tokens_holds_is_no_token),
	ATTACK(P3, a_request_behind_a_bad_token_is_not_answered),
	ATTACK(P3, a_token_is_good_for_its_own_connection_only),
	ATTACK(C17, a_token_for_a_part_opens_nothing_else),
	ATTACK(C17, dots_do_not_lead_out_of_the_part_that_a_token_opens),
	ATTACK(C17, a_symlink_does_not_lead_out_of_the_part_that_a_token_opens),
	ATTACK(C17, a_token_does_not_change_who_may_come_from_where),
	ATTACK(P3, a_bad_token_inside_tls_is_refused),
};
const struct hostile_table against_tokens = HOSTILE_TABLE(cases);
