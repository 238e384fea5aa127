/* Tests of the rules for names and paths and of the ways to take paths apart. */
/* Threat C1 of docs/security.md. */
#include "path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct span filled(char *buffer, size_t length)
{
	memset(buffer, 'a', length);
	return (struct span){.bytes = (unsigned char *)buffer, .length = length};
}

static void assert_span(struct span span, const char *text)
{
	assert_int_equal(span.length, strlen(text));
	assert_memory_equal(span.bytes, text, span.length);
}

/* DEPTH components of one letter. */
static struct span deep(char *buffer, size_t depth)
{
	struct span path = filled(buffer, 2 * depth - 1);

	for (size_t i = 1; i < path.length; i += 2)
		buffer[i] = '/';
	return path;
}

static void ordinary_and_odd_names_are_legal(void **state)
{
	static const char *const names[] = {
		"a", "...", "..a", ".hidden", " ", "-", "a\nb", "\x01", "\xff\xfe", "\xc3\xa4", "a\\b", "*", "~", ":",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(path_name_legal(span_of(names[i])));
		assert_int_equal(path_check(span_of(names[i])), STATUS_OK);
	}
}

static void every_byte_but_slash_and_nul_is_legal_in_a_name(void **state)
{
	(void)state;
	for (unsigned value = 0; value < 256; value++) {
		unsigned char bytes[] = {'a', (unsigned char)value, 'b'};
		struct span name = {.bytes = bytes, .length = sizeof(bytes)};
		assert_int_equal(path_name_legal(name), value != 0 && value != '/');
	}
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	(void)state;
	assert_false(path_name_legal(span_of("")));
	assert_false(path_name_legal(span_of(".")));
	assert_false(path_name_legal(span_of("..")));
	assert_false(path_name_legal(span_of("a/b")));
	assert_false(path_name_legal((struct span){.bytes = (const unsigned char *)"..\0", .length = 3}));
}

static void paths_are_refused_and_never_cleaned(void **state)
{
	static const char *const paths[] = {
		"/", "//", "/a", "a/", "a//b", ".", "..", "./a", "a/.", "a/./b", "../a", "a/..", "a/../b", "a/b/..", "a/b/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_int_equal(path_check(span_of(paths[i])), STATUS_INVALID);
	assert_int_equal(path_check((struct span){.bytes = (const unsigned char *)"a\0b", .length = 3}), STATUS_INVALID);
}

static void the_empty_path_is_the_root(void **state)
{
	(void)state;
	assert_int_equal(path_check(span_of("")), STATUS_OK);
	assert_int_equal(path_check((struct span){.bytes = NULL, .length = 0}), STATUS_OK);
	assert_int_equal(path_depth(span_of("")), 0);
	assert_span(path_last(span_of("")), "");
	assert_span(path_folder(span_of("")), "");
}

static void a_name_may_have_255_bytes_and_no_more(void **state)
{
	char buffer[PATH_NAME_MAX + 1];

	(void)state;
	assert_int_equal(path_check(filled(buffer, PATH_NAME_MAX)), STATUS_OK);
	assert_int_equal(path_check(filled(buffer, PATH_NAME_MAX + 1)), STATUS_NAME_TOO_LONG);
	assert_false(path_name_legal(filled(buffer, PATH_NAME_MAX + 1)));
}

static void a_path_may_have_4095_bytes_and_no_more(void **state)
{
	char buffer[PATH_LENGTH_MAX + 1];

	(void)state;
	filled(buffer, sizeof(buffer));
	for (size_t i = 100; i < PATH_LENGTH_MAX; i += 101)
		buffer[i] = '/';
	struct span path = {.bytes = (unsigned char *)buffer, .length = PATH_LENGTH_MAX};
	assert_int_equal(path_check(path), STATUS_OK);
	path.length++;
	assert_int_equal(path_check(path), STATUS_NAME_TOO_LONG);
}

static void a_path_may_have_64_components_and_no_more(void **state)
{
	char buffer[2 * PATH_DEPTH_MAX + 2];

	(void)state;
	assert_int_equal(path_check(deep(buffer, PATH_DEPTH_MAX)), STATUS_OK);
	assert_int_equal(path_depth(deep(buffer, PATH_DEPTH_MAX)), PATH_DEPTH_MAX);
	assert_int_equal(path_check(deep(buffer, PATH_DEPTH_MAX + 1)), STATUS_LIMIT);
}

static void components_come_off_one_by_one(void **state)
{
	struct span path = span_of("one/two/three");

	(void)state;
	assert_span(path_first(&path), "one");
	assert_span(path, "two/three");
	assert_span(path_first(&path), "two");
	assert_span(path_first(&path), "three");
	assert_span(path, "");
	assert_span(path_first(&path), "");
}

static void a_path_splits_into_folder_and_last_component(void **state)
{
	(void)state;
	assert_span(path_folder(span_of("one/two/three")), "one/two");
	assert_span(path_last(span_of("one/two/three")), "three");
	assert_span(path_folder(span_of("one")), "");
	assert_span(path_last(span_of("one")), "one");
}

static void a_join_is_what_a_split_gave(void **state)
{
	char out[PATH_LENGTH_MAX + 1];

	(void)state;
	assert_int_equal(path_join(out, span_of("one/two"), span_of("three")), STATUS_OK);
	assert_string_equal(out, "one/two/three");
	assert_int_equal(path_join(out, span_of(""), span_of("one")), STATUS_OK);
	assert_string_equal(out, "one");
	assert_int_equal(path_join(out, span_of("one"), span_of("")), STATUS_OK);
	assert_string_equal(out, "one");
	assert_int_equal(path_join(out, span_of(""), span_of("")), STATUS_OK);
	assert_string_equal(out, "");
}

static void a_join_fills_the_buffer_and_never_more(void **state)
{
	char long_one[PATH_LENGTH_MAX + 1];
	char out[PATH_LENGTH_MAX + 1];

	(void)state;
	assert_int_equal(path_join(out, filled(long_one, PATH_LENGTH_MAX - 2), span_of("b")), STATUS_OK);
	assert_int_equal(strlen(out), PATH_LENGTH_MAX);
	assert_int_equal(path_join(out, span_of(""), filled(long_one, PATH_LENGTH_MAX)), STATUS_OK);
	assert_int_equal(path_join(out, filled(long_one, PATH_LENGTH_MAX - 1), span_of("b")), STATUS_NAME_TOO_LONG);
	assert_int_equal(path_join(out, span_of("b"), filled(long_one, PATH_LENGTH_MAX - 1)), STATUS_NAME_TOO_LONG);
	assert_int_equal(path_join(out, span_of("b"), filled(long_one, PATH_LENGTH_MAX)), STATUS_NAME_TOO_LONG);
	assert_int_equal(path_join(out, filled(long_one, PATH_LENGTH_MAX + 1), span_of("")), STATUS_NAME_TOO_LONG);
	struct span endless = {.bytes = (unsigned char *)long_one, .length = SIZE_MAX};
	assert_int_equal(path_join(out, endless, span_of("b")), STATUS_NAME_TOO_LONG);
	assert_int_equal(path_join(out, span_of("b"), endless), STATUS_NAME_TOO_LONG);
}

static void a_copy_ends_with_a_nul(void **state)
{
	char out[PATH_LENGTH_MAX + 1];

	(void)state;
	path_copy(out, (struct span){.bytes = (const unsigned char *)"abcdef", .length = 3});
	assert_string_equal(out, "abc");
	path_copy(out, (struct span){.bytes = NULL, .length = 0});
	assert_string_equal(out, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(ordinary_and_odd_names_are_legal),
		cmocka_unit_test(every_byte_but_slash_and_nul_is_legal_in_a_name),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(paths_are_refused_and_never_cleaned),
		cmocka_unit_test(the_empty_path_is_the_root),
		cmocka_unit_test(a_name_may_have_255_bytes_and_no_more),
		cmocka_unit_test(a_path_may_have_4095_bytes_and_no_more),
		cmocka_unit_test(a_path_may_have_64_components_and_no_more),
		cmocka_unit_test(components_come_off_one_by_one),
		cmocka_unit_test(a_path_splits_into_folder_and_last_component),
		cmocka_unit_test(a_join_is_what_a_split_gave),
		cmocka_unit_test(a_join_fills_the_buffer_and_never_more),
		cmocka_unit_test(a_copy_ends_with_a_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
