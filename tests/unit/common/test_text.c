/* Tests of UTF-8, of escaping for people and for lists of sums, and of URL paths. */
/* Threat S4 of docs/security.md. */
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"

static struct span span_at(const unsigned char *bytes, size_t length)
{
	return (struct span){.bytes = bytes, .length = length};
}

/* The textbook's encoder, which encodes surrogates too. */
static size_t encode(unsigned char out[4], uint32_t code)
{
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};

	for (size_t i = length - 1; i > 0; i--, code >>= 6)
		out[i] = (unsigned char)(0x80 | (code & 0x3f));
	out[0] = (unsigned char)(leads[length] | code);
	return length;
}

static void every_code_point_but_surrogates_is_read_back(void **state)
{
	(void)state;
	for (uint32_t code = 0; code <= 0x10ffff; code++) {
		unsigned char bytes[4];
		struct span span = span_at(bytes, encode(bytes, code));
		if (code >= 0xd800 && code <= 0xdfff) {
			assert_int_equal(text_next(&span), TEXT_INVALID);
			assert_int_equal(span.length, 2);
			continue;
		}
		assert_int_equal(text_next(&span), code);
		assert_int_equal(span.length, 0);
	}
}

/* How many strings of LENGTH bytes are one character, with every byte from the second on out of CHOICES. */
static size_t count_characters(unsigned char *bytes, size_t at, size_t length, const unsigned char *choices, size_t count)
{
	size_t found = 0;

	if (at == length) {
		struct span span = span_at(bytes, length);
		return text_next(&span) != TEXT_INVALID && span.length == 0;
	}
	for (size_t i = 0; i < count; i++) {
		bytes[at] = choices[i];
		found += count_characters(bytes, at + 1, length, choices, count);
	}
	return found;
}

static void nothing_but_code_points_is_a_character(void **state)
{
	unsigned char all[256], bytes[4];

	(void)state;
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (unsigned char)i;
	assert_int_equal(count_characters(bytes, 0, 1, all, sizeof(all)), 0x80);
	assert_int_equal(count_characters(bytes, 0, 2, all, sizeof(all)), 0x800 - 0x80);
	/* U+0800..U+FFFF without 2,048 surrogates. */
	assert_int_equal(count_characters(bytes, 0, 3, all, sizeof(all)), 0x10000 - 0x800 - 0x800);
}

static void four_bytes_are_a_character_only_within_unicode(void **state)
{
	static const unsigned char edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
	unsigned char bytes[4];
	size_t found = 0;

	(void)state;
	for (unsigned lead = 0xf0; lead <= 0xff; lead++) {
		bytes[0] = (unsigned char)lead;
		found += count_characters(bytes, 1, 4, edges, sizeof(edges));
	}
	/* Of the ten, six continue: F0 takes four of them, F1..F3 all, F4 two, the rest none. */
	assert_int_equal(found, (4 + 3 * 6 + 2) * 6 * 6);
}

static void a_character_cut_short_is_invalid(void **state)
{
	static const char *const cut[] = {"\xc3", "\xe2\x82", "\xf0\x9f\x98", "a\xf0\x9f", "\x80", "\xfe", "\xc0\xaf"};

	(void)state;
	for (size_t i = 0; i < sizeof(cut) / sizeof(cut[0]); i++)
		assert_false(text_is_utf8(span_of(cut[i])));
	assert_true(text_is_utf8(span_of("")));
	assert_true(text_is_utf8(span_of("pl\xc3\xa4in \xe2\x82\xac \xf0\x9f\x98\x80")));
}

static void what_lies_behind_the_end_is_not_read(void **state)
{
	static const char *const characters[] = {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};

	(void)state;
	for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
		struct span cut = span_of(characters[i]);
		cut.length--;
		assert_int_equal(text_next(&cut), TEXT_INVALID);
		assert_int_equal(cut.length, strlen(characters[i]) - 2);
	}
}

static const struct escape {
	const char *untrusted, *printed;
} escapes[] = {
	{"", ""},
	{"plain text 123 ~", "plain text 123 ~"},
	{"pl\xc3\xa4in \xe2\x82\xac \xf0\x9f\x98\x80", "pl\xc3\xa4in \xe2\x82\xac \xf0\x9f\x98\x80"},
	{"\"quotes\" stay", "\"quotes\" stay"},
	{"a\\b", "a\\\\b"},
	{"\x1b[2J", "\\x1b[2J"},
	{"line\nbreak\t\r\x7f", "line\\x0abreak\\x09\\x0d\\x7f"},
	{"\x9b" "31m", "\\x9b31m"},
	{"\xc2\x9b" "31m", "\\xc2\\x9b31m"},
	{"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
	{"\xff\xc3", "\\xff\\xc3"},
	{"\xe2\x82", "\\xe2\\x82"},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
	{"\xd8\x9c", "\\xd8\\x9c"},                                 /* U+061C */
	{"\xe2\x80\x8d\xe2\x80\x8e", "\xe2\x80\x8d\\xe2\\x80\\x8e"}, /* U+200D stays, U+200E does not */
	{"\xe2\x80\x8f\xe2\x80\x90", "\\xe2\\x80\\x8f\xe2\x80\x90"},
	{"\xe2\x80\xa7\xe2\x80\xa8", "\xe2\x80\xa7\\xe2\\x80\\xa8"}, /* U+2027 stays, U+2028 does not */
	{"\xe2\x80\xa9", "\\xe2\\x80\\xa9"},
	{"\xe2\x80\xaa", "\\xe2\\x80\\xaa"},
	{"\xe2\x80\xae\xe2\x80\xaf", "\\xe2\\x80\\xae\xe2\x80\xaf"},
	{"\xe2\x81\xa5\xe2\x81\xa6", "\xe2\x81\xa5\\xe2\\x81\\xa6"},
	{"\xe2\x81\xa9\xe2\x81\xaa", "\\xe2\\x81\\xa9\xe2\x81\xaa"},
};

static void what_moves_a_terminal_is_escaped(void **state)
{
	char out[256];

	(void)state;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		assert_string_equal(text_escape(out, sizeof(out), span_of(escapes[i].untrusted)), escapes[i].printed);
}

typedef void (*printer)(FILE *out, struct span span);

static void assert_prints(printer print, struct span span, const char *expected)
{
	char *printed;
	size_t length;
	FILE *out = open_memstream(&printed, &length);

	assert_non_null(out);
	print(out, span);
	fclose(out);
	assert_int_equal(length, strlen(expected));
	assert_string_equal(printed, expected);
	free(printed);
}

static void printing_and_escaping_agree(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		assert_prints(text_print, span_of(escapes[i].untrusted), escapes[i].printed);
	assert_prints(text_print, span_at((const unsigned char *)"a\0b", 3), "a\\x00b");
}

static void no_random_bytes_reach_a_terminal(void **state)
{
	unsigned char bytes[64];
	char out[4 * sizeof(bytes) + 1];

	(void)state;
	srandom(7440);
	for (unsigned round = 0; round < 10000; round++) {
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (unsigned char)(random() >> 7);
		struct span escaped = span_of(text_escape(out, sizeof(out), span_at(bytes, sizeof(bytes))));
		assert_true(text_is_utf8(escaped));
		while (escaped.length > 0) {
			uint32_t code = text_next(&escaped);
			assert_true(code >= 0x20 && !(code >= 0x7f && code <= 0x9f));
		}
	}
}

static void a_cut_falls_between_characters(void **state)
{
	static const char untrusted[] = "a\xc3\xa4\n\xf0\x9f\x98\x80\\z";
	static const char *const cuts[] = {
		"", "a", "a", "a\xc3\xa4", "a\xc3\xa4", "a\xc3\xa4", "a\xc3\xa4", "a\xc3\xa4\\x0a",
	};
	char out[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		memset(out, '#', sizeof(out));
		assert_string_equal(text_escape(out, i + 1, span_of(untrusted)), cuts[i]);
		assert_int_equal(out[i + 1], '#');
	}
	assert_string_equal(text_escape(out, sizeof(out), span_of(untrusted)), "a\xc3\xa4\\x0a\xf0\x9f\x98\x80\\\\z");
}

static void names_that_a_list_cannot_hold_plainly_are_told(void **state)
{
	static const char *const odd[] = {"a\nb", "a\rb", "a\\b", "\x01", "\x7f", "\xff", "\xc2\x85", "\xc3"};

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		assert_true(text_name_needs_escape(span_of(odd[i])));
	assert_false(text_name_needs_escape(span_of("a b \"c\" \xc3\xa4 *")));
	assert_false(text_name_needs_escape(span_of("")));
}

static void sum_names_are_written_as_sha256sum_writes_them(void **state)
{
	(void)state;
	assert_prints(text_print_sum_name, span_of("a\nb\rc\\d"), "a\\nb\\rc\\\\d");
	assert_prints(text_print_sum_name, span_of("\x01\x1b\xff \t"), "\x01\x1b\xff \t");
	assert_prints(text_print_sum_name, span_of(""), "");
	assert_true(text_sum_name_is_escaped(span_of("a\nb")));
	assert_true(text_sum_name_is_escaped(span_of("a\r")));
	assert_true(text_sum_name_is_escaped(span_of("\\a")));
	assert_false(text_sum_name_is_escaped(span_of("\x01\x1b\xff \t")));
	assert_false(text_sum_name_is_escaped(span_of("")));
}

static void url_paths_keep_only_unreserved_bytes_and_slashes(void **state)
{
	(void)state;
	assert_prints(text_print_url_path, span_of("aZ09-._~/b"), "aZ09-._~/b");
	assert_prints(text_print_url_path, span_of(" %?#[]\n\xc3\xa4\xff+&=:@"), "%20%25%3F%23%5B%5D%0A%C3%A4%FF%2B%26%3D%3A%40");
	assert_prints(text_print_url_path, span_at((const unsigned char *)"a\0b", 3), "a%00b");
}

static void decoding_takes_a_byte_or_an_escape_and_nothing_for_a_bad_one(void **state)
{
	static const char *const wrong[] = {"%", "%4", "%g0", "%0g", "%%41", "% 41"};
	struct span text = span_of("a%41%2f%00%fF+");

	(void)state;
	for (const int *byte = (const int[]){'a', 'A', '/', 0, 0xff, '+', -1}; *byte >= 0; byte++)
		assert_int_equal(text_decode_next(&text), *byte);
	assert_int_equal(text.length, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		text = span_of(wrong[i]);
		assert_int_equal(text_decode_next(&text), -1);
		assert_int_equal(text.length, strlen(wrong[i]));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_but_surrogates_is_read_back),
		cmocka_unit_test(nothing_but_code_points_is_a_character),
		cmocka_unit_test(four_bytes_are_a_character_only_within_unicode),
		cmocka_unit_test(a_character_cut_short_is_invalid),
		cmocka_unit_test(what_lies_behind_the_end_is_not_read),
		cmocka_unit_test(what_moves_a_terminal_is_escaped),
		cmocka_unit_test(printing_and_escaping_agree),
		cmocka_unit_test(no_random_bytes_reach_a_terminal),
		cmocka_unit_test(a_cut_falls_between_characters),
		cmocka_unit_test(names_that_a_list_cannot_hold_plainly_are_told),
		cmocka_unit_test(sum_names_are_written_as_sha256sum_writes_them),
		cmocka_unit_test(url_paths_keep_only_unreserved_bytes_and_slashes),
		cmocka_unit_test(decoding_takes_a_byte_or_an_escape_and_nothing_for_a_bad_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
