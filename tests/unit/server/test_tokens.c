/* Tests of the store of tokens: what its file says, what is refused, how it changes. */
/* Threat P3 of docs/security.md. */
#include "tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "scratch.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define DIGITS "00112233445566778899aabbccddeeff0123456789abcdefABCDEF0123456789"

static enum status parse(const char *text, struct tokens *tokens)
{
	size_t line;

	return tokens_parse(span_of(text), tokens, &line);
}

static struct token token(const char *name, const char *share, const char *prefix)
{
	return (struct token){.name = strdup(name), .share = strdup(share), .prefix = strdup(prefix), .expires = TOKEN_NEVER};
}

static void a_line_is_a_token(void **state)
{
	struct tokens tokens;

	(void)state;
	assert_int_equal(parse("# remark\n\nlaptop token " DIGITS " 1700000000 docs/a%20b/c\nkey key " ZEROS " never music", &tokens),
		STATUS_OK);
	assert_int_equal(tokens.count, 2);
	assert_string_equal(tokens.list[0].name, "laptop");
	assert_int_equal(tokens.list[0].kind, TOKEN_SECRET);
	assert_int_equal(tokens.list[0].digest.bytes[1], 0x11);
	assert_int_equal(tokens.list[0].digest.bytes[31], 0x89);
	assert_int_equal(tokens.list[0].expires, 1700000000);
	assert_string_equal(tokens.list[0].share, "docs");
	assert_string_equal(tokens.list[0].prefix, "a b/c");
	assert_int_equal(tokens.list[1].kind, TOKEN_KEY);
	assert_true(tokens.list[1].expires == TOKEN_NEVER);
	assert_string_equal(tokens.list[1].share, "music");
	assert_string_equal(tokens.list[1].prefix, "");
	tokens_release(&tokens);
}

static void what_is_no_token_is_refused_with_its_line(void **state)
{
	static const char *const wrong[] = {
		"x", "x token", "x token " ZEROS, "x token " ZEROS " never", "x token " ZEROS " never ", "x  token " ZEROS " never s",
		" x token " ZEROS " never s", "x TOKEN " ZEROS " never s", "x other " ZEROS " never s", "x token 00 never s",
		"x token " ZEROS "0 never s", "x token g" ZEROS " never s", "x token " ZEROS " always s", "x token " ZEROS " -1 s",
		"x token " ZEROS " 1e3 s", "x token " ZEROS "  s", "x token " ZEROS " 1234567890123456789 s", "x token " ZEROS " 1 /s",
		"x token " ZEROS " 1 s/", "x token " ZEROS " 1 s//p", "x token " ZEROS " 1 s/..", "x token " ZEROS " 1 ..",
		"x token " ZEROS " 1 s/%2e", "x token " ZEROS " 1 s%00", "x token " ZEROS " 1 s%", "x token " ZEROS " 1 s%4",
		"x token " ZEROS " 1 s%zz", "a/b token " ZEROS " never s", "a\033b token " ZEROS " never s",
	};
	struct tokens tokens;
	size_t line;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[256];
		snprintf(text, sizeof(text), "# remark\nfine token " ZEROS " never s\n%s\n", wrong[i]);
		line = 0;
		assert_int_equal(tokens_parse(span_of(text), &tokens, &line), STATUS_INVALID);
		assert_int_equal(line, 3);
	}
}

static void a_nul_does_not_hide_what_stands_behind_it(void **state)
{
	static const char text[] = "x\0y token " ZEROS " never s\n";
	struct tokens tokens;
	size_t line = 0;

	(void)state;
	assert_int_equal(tokens_parse((struct span){(const unsigned char *)text, sizeof(text) - 1}, &tokens, &line), STATUS_INVALID);
	assert_int_equal(line, 1);
}

static void a_name_is_there_once(void **state)
{
	struct tokens tokens;

	(void)state;
	assert_int_equal(parse("x token " ZEROS " never s\nx token " DIGITS " never t\n", &tokens), STATUS_INVALID);
}

static void every_cut_and_every_flipped_bit_is_read_without_harm(void **state)
{
	char text[] = "# remark\nlaptop token " DIGITS " 1700000000 docs/a%20b/c\nkey key " ZEROS " never music\n";
	struct tokens tokens;
	size_t line;

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		if (tokens_parse((struct span){(unsigned char *)text, cut}, &tokens, &line) == STATUS_OK)
			tokens_release(&tokens);
	}
	for (size_t bit = 0; bit < 8 * (sizeof(text) - 1); bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		if (tokens_parse((struct span){(unsigned char *)text, sizeof(text) - 1}, &tokens, &line) == STATUS_OK)
			tokens_release(&tokens);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
}

static void what_is_saved_is_loaded(void **state)
{
	struct scratch *scratch = *state;
	struct tokens tokens = {.list = NULL}, loaded;
	struct token one = token("one", "a share\n", "caf\xc3\xa9/%"), two = token("two", "b", "");
	size_t line;

	two.kind = TOKEN_KEY;
	two.expires = 12345;
	memset(two.digest.bytes, 0xa5, sizeof(two.digest.bytes));
	assert_int_equal(tokens_add(&tokens, &one), STATUS_OK);
	assert_int_equal(tokens_add(&tokens, &two), STATUS_OK);
	assert_int_equal(tokens_save(scratch->folder, &tokens), STATUS_OK);
	assert_int_equal(tokens_load(scratch->folder, &loaded, &line), STATUS_OK);
	assert_int_equal(loaded.count, 2);
	assert_string_equal(loaded.list[0].share, "a share\n");
	assert_string_equal(loaded.list[0].prefix, "caf\xc3\xa9/%");
	assert_int_equal(loaded.list[1].kind, TOKEN_KEY);
	assert_int_equal(loaded.list[1].expires, 12345);
	assert_true(digest_equal(&loaded.list[1].digest, &tokens.list[1].digest));
	tokens_release(&tokens);
	tokens_release(&loaded);
}

static void no_file_is_no_tokens_but_an_open_one_is_refused(void **state)
{
	struct scratch *scratch = *state;
	struct tokens tokens;
	size_t line;

	unlinkat(scratch->folder, TOKENS_FILE, 0);
	assert_int_equal(tokens_load(scratch->folder, &tokens, &line), STATUS_OK);
	assert_int_equal(tokens.count, 0);
	assert_int_equal(tokens_save(scratch->folder, &tokens), STATUS_OK);
	assert_int_equal(fchmodat(scratch->folder, TOKENS_FILE, 0644, 0), 0);
	assert_int_equal(tokens_load(scratch->folder, &tokens, &line), STATUS_REFUSED);
}

static void a_removed_token_is_gone_and_the_others_stay(void **state)
{
	static const char *const names[] = {"a", "b", "c"};
	struct tokens tokens = {.list = NULL};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct token next = token(names[i], "s", "");
		assert_int_equal(tokens_add(&tokens, &next), STATUS_OK);
	}
	struct token again = token("b", "s", "");
	assert_int_equal(tokens_add(&tokens, &again), STATUS_EXISTS);
	assert_int_equal(tokens_remove(&tokens, "b"), STATUS_OK);
	assert_int_equal(tokens_remove(&tokens, "b"), STATUS_NOT_FOUND);
	assert_int_equal(tokens.count, 2);
	assert_string_equal(tokens.list[0].name, "a");
	assert_string_equal(tokens.list[1].name, "c");
	tokens_release(&tokens);
}

static void names_are_short_and_plain(void **state)
{
	char longest[TOKEN_NAME_MAX + 2];

	(void)state;
	memset(longest, 'n', sizeof(longest));
	longest[TOKEN_NAME_MAX + 1] = '\0';
	assert_false(token_name_legal(longest));
	assert_true(token_name_legal(longest + 1));
	assert_true(token_name_legal("Lap-top_2.x"));
	assert_false(token_name_legal(""));
	assert_false(token_name_legal("a b"));
	assert_false(token_name_legal("#a"));
	assert_false(token_name_legal("a\n"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_token),
		cmocka_unit_test(what_is_no_token_is_refused_with_its_line),
		cmocka_unit_test(a_nul_does_not_hide_what_stands_behind_it),
		cmocka_unit_test(a_name_is_there_once),
		cmocka_unit_test(every_cut_and_every_flipped_bit_is_read_without_harm),
		cmocka_unit_test(what_is_saved_is_loaded),
		cmocka_unit_test(no_file_is_no_tokens_but_an_open_one_is_refused),
		cmocka_unit_test(a_removed_token_is_gone_and_the_others_stay),
		cmocka_unit_test(names_are_short_and_plain),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
