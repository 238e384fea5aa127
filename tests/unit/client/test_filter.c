/* Tests of patterns and of the rules that --include and --exclude make of them. */
#include "filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "glob.h"
#include "path.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct example {
	const char *pattern, *path;
};

static void patterns_match(void **state)
{
	static const struct example examples[] = {
		{"a", "a"}, {"*", ""}, {"*", "abc"}, {"a*c", "abbc"}, {"a*c", "ac"}, {"*.txt", ".txt"}, {"a?c", "abc"}, {"?", "\xc3\xa4"},
		{"?", "\xff"}, {"[a-c]x", "bx"}, {"[!a-c]x", "dx"}, {"[^a]", "b"}, {"[]]", "]"}, {"[a-]", "-"}, {"[-a]", "-"},
		{"[\xc3\xa4-\xc3\xbc]", "\xc3\xb6"}, {"[", "["}, {"[ab", "[ab"}, {"\\*", "*"}, {"\\[a]", "[a]"}, {"a\\", "a\\"},
		{"a/*", "a/b"}, {"a/**", "a/b/c"}, {"**/x", "x"}, {"**/x", "a/b/x"}, {"a/**/x", "a/x"}, {"a/**/x", "a/b/c/x"},
		{"**", "a/b"}, {"a**", "a/b"}, {"***", "a/b"}, {"*/*", "a/b"}, {"**/**/x", "x"}, {"\xff", "\xff"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		if (!glob_match(span_of(examples[i].pattern), span_of(examples[i].path)))
			fail_msg("%s should match %s", examples[i].pattern, examples[i].path);
	}
}

static void patterns_match_nothing_else(void **state)
{
	static const struct example examples[] = {
		{"a", ""}, {"a", "ab"}, {"a", "A"}, {"?", ""}, {"?", "ab"}, {"?", "/"}, {"*", "a/b"}, {"a/*", "a/b/c"}, {"[!a]", "a"},
		{"[!a]", "/"}, {"[+-9]", "/"}, {"[a-c]", "d"}, {"[]", "]"}, {"**/x", "ax"}, {"**/x", "a/bx"}, {"a/**/x", "ax"},
		{"a/**", "a"}, {"a**/x", "ax"}, {"\\*", "a"}, {"\xff", "\xfe"}, {"?", "\xff\xff"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(examples); i++) {
		if (glob_match(span_of(examples[i].pattern), span_of(examples[i].path)))
			fail_msg("%s should not match %s", examples[i].pattern, examples[i].path);
	}
}

/* Where one place is tried after the other this takes longer than the universe is old. */
static void no_name_makes_a_pattern_slow(void **state)
{
	char path[PATH_LENGTH_MAX], pattern[512];

	(void)state;
	memset(path, 'a', sizeof path);
	for (size_t i = 0; i < sizeof pattern; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[sizeof pattern - 1] = 'b';
	assert_false(glob_match((struct span){(unsigned char *)pattern, sizeof pattern}, (struct span){(unsigned char *)path, sizeof path}));
}

static struct filter filter_of(const char *rules[], size_t count)
{
	struct filter filter = {0};

	for (size_t i = 0; i < count; i++)
		assert_int_equal(filter_add(&filter, rules[i][0] == '+' ? FILTER_INCLUDE : FILTER_EXCLUDE, rules[i] + 1), STATUS_OK);
	return filter;
}

static void empty_filter_takes_everything(void **state)
{
	struct filter filter = {0};

	(void)state;
	assert_true(filter_takes(&filter, span_of("a/b")));
	assert_true(filter_enters(&filter, span_of("a")));
	assert_true(filter_takes_folder(&filter, span_of("a")));
}

static void last_match_wins(void **state)
{
	struct filter filter = filter_of((const char *[]){"-*.o", "+keep.o", "-old/**"}, 3);

	(void)state;
	assert_true(filter_takes(&filter, span_of("a.c")));
	assert_false(filter_takes(&filter, span_of("x/a.o")));
	assert_true(filter_takes(&filter, span_of("x/keep.o")));
	assert_false(filter_takes(&filter, span_of("old/keep.o")));
	filter_release(&filter);
}

static void first_include_leaves_the_rest_out_but_reads_folders(void **state)
{
	struct filter filter = filter_of((const char *[]){"+*.txt", "-secret"}, 2);

	(void)state;
	assert_true(filter_takes(&filter, span_of("a/b.txt")));
	assert_false(filter_takes(&filter, span_of("a/b")));
	assert_true(filter_enters(&filter, span_of("a")));
	assert_false(filter_takes_folder(&filter, span_of("a")));
	assert_false(filter_enters(&filter, span_of("x/secret")));
	filter_release(&filter);
}

static void slashes_say_path_and_folder(void **state)
{
	struct filter filter = filter_of((const char *[]){"-/top", "-build/", "-a/b"}, 3);

	(void)state;
	assert_false(filter_takes(&filter, span_of("top")));
	assert_true(filter_takes(&filter, span_of("x/top")));
	assert_false(filter_enters(&filter, span_of("x/build")));
	assert_true(filter_takes(&filter, span_of("x/build")));
	assert_false(filter_takes(&filter, span_of("a/b")));
	assert_true(filter_takes(&filter, span_of("x/a/b")));
	filter_release(&filter);
}

static void what_lies_in_an_excluded_folder_is_not_reached(void **state)
{
	struct filter filter = filter_of((const char *[]){"-old", "-build/", "-/a/b", "+*.o"}, 4);

	(void)state;
	assert_true(filter_reaches(&filter, span_of("old")));
	assert_false(filter_reaches(&filter, span_of("old/x.o")));
	assert_false(filter_reaches(&filter, span_of("x/build/y/z.o")));
	assert_false(filter_reaches(&filter, span_of("a/b/c")));
	assert_true(filter_reaches(&filter, span_of("x/a/b/c")));
	filter_release(&filter);
}

static void useless_patterns_are_refused(void **state)
{
	struct filter filter = {0};
	char longest[GLOB_PATTERN_MAX + 2];

	(void)state;
	memset(longest, 'a', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(filter_add(&filter, FILTER_EXCLUDE, ""), STATUS_INVALID);
	assert_int_equal(filter_add(&filter, FILTER_EXCLUDE, "/"), STATUS_INVALID);
	assert_int_equal(filter_add(&filter, FILTER_EXCLUDE, longest), STATUS_TOO_LARGE);
	assert_int_equal(filter.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns_match),
		cmocka_unit_test(patterns_match_nothing_else),
		cmocka_unit_test(no_name_makes_a_pattern_slow),
		cmocka_unit_test(empty_filter_takes_everything),
		cmocka_unit_test(last_match_wins),
		cmocka_unit_test(first_include_leaves_the_rest_out_but_reads_folders),
		cmocka_unit_test(slashes_say_path_and_folder),
		cmocka_unit_test(what_lies_in_an_excluded_folder_is_not_reached),
		cmocka_unit_test(useless_patterns_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
