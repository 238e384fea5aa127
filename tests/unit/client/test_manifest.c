/* Tests of lists of files: lines that are understood, lines that are refused with their number, and digests as text. */
#include "manifest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hex.h"
#include "path.h"
#include "scratch.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define SUM "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define SUM_LOWER "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct lists {
	struct scratch scratch;
	struct manifest *list;
	struct manifest_item item;
	struct failure failure;
};

static int setup(void **state)
{
	static struct lists lists;

	*state = &lists;
	return scratch_make(&lists.scratch);
}

static int teardown(void **state)
{
	return scratch_remove(&((struct lists *)*state)->scratch);
}

static void open_list(struct lists *lists, enum manifest_kind kind, const char *text)
{
	char path[PATH_MAX + 8];

	assert_int_equal(scratch_write(lists->scratch.folder, "list", text), 0);
	snprintf(path, sizeof path, "%s/list", lists->scratch.path);
	assert_int_equal(manifest_open(path, kind, &lists->list, &lists->failure), STATUS_OK);
}

static enum status next(struct lists *lists)
{
	return manifest_next(lists->list, &lists->item, &lists->failure);
}

static void assert_item(const struct manifest_item *item, const char *name, const char *destination, const char *sum)
{
	char hex[HEX_SIZE];

	assert_string_equal(item->name, name);
	if (destination)
		assert_string_equal(item->destination, destination);
	else
		assert_null(item->destination);
	if (sum)
		assert_string_equal(hex_write(item->sum, hex), sum);
	else
		assert_null(item->sum);
}

static void manifest_gives_url_destination_and_sum(void **state)
{
	struct lists *lists = *state;

	open_list(lists, MANIFEST_URLS, "# comment\n\n \t\nu1\nu2 with space\ta/b%09%0a%25\nu3\t\t" SUM "\nu4\td\t" SUM "\nu5\t\t\nlast");
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u1", NULL, NULL);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u2 with space", "a/b\t\n%", NULL);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u3", NULL, SUM_LOWER);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u4", "d", SUM_LOWER);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u5", NULL, NULL);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "last", NULL, NULL);
	assert_int_equal(next(lists), STATUS_END);
	manifest_close(lists->list);
}

static void lines_may_end_as_windows_ends_them(void **state)
{
	struct lists *lists = *state;

	open_list(lists, MANIFEST_URLS, "\r\n# comment\r\nu1\r\nu2\ta/b\r\nu3\td%0D\r\nu4\td\t" SUM "\r\nlast\r");
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u1", NULL, NULL);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u2", "a/b", NULL);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u3", "d\r", NULL);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "u4", "d", SUM_LOWER);
	assert_int_equal(next(lists), STATUS_OK);
	assert_item(&lists->item, "last", NULL, NULL);
	assert_int_equal(next(lists), STATUS_END);
	manifest_close(lists->list);
}

static void sums_are_read_as_sha256sum_writes_them(void **state)
{
	static const struct {
		const char *line, *name;
	} cases[] = {
		{SUM "  name", "name"},
		{SUM " *name with space ", "name with space "},
		{SUM "  ./a/b", "a/b"},
		{SUM "  back\\slash", "back\\slash"},
		{"\\" SUM "  a\\\\b\\nc\\rd", "a\\b\nc\rd"},
		{"SHA256 (tagged) = " SUM, "tagged"},
		{"SHA256 (a) = " SUM_LOWER ") = " SUM, "a) = " SUM_LOWER},
		{"\\SHA256 (a\\nb) = " SUM, "a\nb"},
		{SUM "  name\r", "name"},
		{SUM "  name\r\n", "name"},
		{SUM "  name\r\r\n", "name\r"},
		{"\\" SUM "  name\\r\r\n", "name\r"},
		{"SHA256 (tagged) = " SUM "\r\n", "tagged"},
	};
	struct lists *lists = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		open_list(lists, MANIFEST_SUMS, cases[i].line);
		assert_int_equal(next(lists), STATUS_OK);
		assert_item(&lists->item, cases[i].name, NULL, SUM_LOWER);
		assert_int_equal(next(lists), STATUS_END);
		manifest_close(lists->list);
	}
}

static void what_cannot_be_meant_is_refused_with_its_line(void **state)
{
	static const struct {
		enum manifest_kind kind;
		const char *line;
	} cases[] = {
		{MANIFEST_URLS, "u\t/top"}, {MANIFEST_URLS, "u\t../up"}, {MANIFEST_URLS, "u\ta/./b"}, {MANIFEST_URLS, "u\ta//b"},
		{MANIFEST_URLS, "u\ta/"}, {MANIFEST_URLS, "u\ta%"}, {MANIFEST_URLS, "u\ta%2"}, {MANIFEST_URLS, "u\ta%00"},
		{MANIFEST_URLS, "u\ta%2Fb"}, {MANIFEST_URLS, "u\t%2e%2e"}, {MANIFEST_URLS, "u\td\tabc"},
		{MANIFEST_URLS, "u\td\t" SUM "0"}, {MANIFEST_URLS, "u\td\t" SUM "\tmore"}, {MANIFEST_URLS, "u\td\t" SUM "\r\r"},
		{MANIFEST_SUMS, SUM}, {MANIFEST_SUMS, SUM "  "}, {MANIFEST_SUMS, SUM " name"}, {MANIFEST_SUMS, SUM "0  name"},
		{MANIFEST_SUMS, SUM "  ../up"}, {MANIFEST_SUMS, SUM "  /top"}, {MANIFEST_SUMS, SUM "  a/"}, {MANIFEST_SUMS, SUM "  ./"},
		{MANIFEST_SUMS, "\\" SUM "  a\\tb"}, {MANIFEST_SUMS, "\\" SUM "  a\\"}, {MANIFEST_SUMS, "g" SUM "  a"},
		{MANIFEST_SUMS, "SHA256 () = " SUM}, {MANIFEST_SUMS, "SHA256 (a) = "}, {MANIFEST_SUMS, "SHA1 (a) = " SUM},
	};
	struct lists *lists = *state;
	char text[256];

	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof text, "# first\n%s\n", cases[i].line);
		open_list(lists, cases[i].kind, text);
		assert_int_equal(next(lists), STATUS_INVALID);
		assert_int_equal(lists->failure.code, EXIT_USAGE);
		assert_non_null(strstr(lists->failure.text, "line 2: "));
		manifest_close(lists->list);
	}
}

static void missing_list_is_a_local_failure(void **state)
{
	struct lists *lists = *state;
	char path[PATH_MAX + 8];

	snprintf(path, sizeof path, "%s/none", lists->scratch.path);
	assert_int_equal(manifest_open(path, MANIFEST_URLS, &lists->list, &lists->failure), STATUS_NOT_FOUND);
	assert_int_equal(lists->failure.code, EXIT_LOCAL);
}

static void digest_comes_back_from_its_digits(void **state)
{
	struct digest digest;
	char hex[HEX_SIZE];

	(void)state;
	assert_true(hex_parse(span_of(SUM), &digest));
	assert_string_equal(hex_write(&digest, hex), SUM_LOWER);
	for (size_t i = 0; i < HEX_SIZE - 1; i++) {
		memcpy(hex, SUM, HEX_SIZE);
		hex[i] = 'g';
		assert_false(hex_parse(span_of(hex), &digest));
		hex[i] = '\0';
		assert_false(hex_parse(span_of(hex), &digest));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(manifest_gives_url_destination_and_sum, setup, teardown),
		cmocka_unit_test_setup_teardown(lines_may_end_as_windows_ends_them, setup, teardown),
		cmocka_unit_test_setup_teardown(sums_are_read_as_sha256sum_writes_them, setup, teardown),
		cmocka_unit_test_setup_teardown(what_cannot_be_meant_is_refused_with_its_line, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_list_is_a_local_failure, setup, teardown),
		cmocka_unit_test(digest_comes_back_from_its_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
