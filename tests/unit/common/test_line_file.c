/* Tests of files of lines: which lines a store is handed, which line is told to be wrong, and what is written. */
#include "line_file.h"

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

/* Keeps the lines with a bar behind each; "bad" is a wrong one. */
struct store {
	char lines[64];
};

static enum status take(void *context, char *line)
{
	struct store *store = context;

	if (strcmp(line, "bad") == 0)
		return STATUS_INVALID;
	if (strlen(store->lines) + strlen(line) + 2 > sizeof store->lines)
		return STATUS_LIMIT;
	strcat(strcat(store->lines, line), "|");
	return STATUS_OK;
}

static void write_all(FILE *out, const void *context)
{
	const struct store *store = context;

	fputs(store->lines, out);
}

static const struct line_file format = {"file", 40, WHOLE_FILE_OWNER, take, write_all};

static int begin(void **state)
{
	umask(077);
	return scratch_setup(state);
}

#define LITERAL(text) ((struct span){(const unsigned char *)(text), sizeof(text) - 1})

/* TEXT, whose NULs count, must be these lines. */
static void assert_lines(struct span text, const char *lines)
{
	struct store store = {""};
	size_t line = 99;

	assert_int_equal(line_file_parse(&format, text, &store, &line), STATUS_OK);
	assert_string_equal(store.lines, lines);
	assert_int_equal(line, 0);
}

static void assert_wrong(struct span text, size_t wrong)
{
	struct store store = {""};
	size_t line = 99;

	assert_int_equal(line_file_parse(&format, text, &store, &line), STATUS_INVALID);
	assert_int_equal(line, wrong);
}

static void a_store_is_handed_all_lines_but_comments(void **state)
{
	(void)state;
	assert_lines(LITERAL(""), "");
	assert_lines(LITERAL("\n"), "");
	assert_lines(LITERAL("one"), "one|");
	assert_lines(LITERAL("one\n"), "one|");
	assert_lines(LITERAL("# remark\n\none\n#\n two #\r\n\nthree"), "one| two #\r|three|");
}

static void the_first_wrong_line_is_told_by_its_number(void **state)
{
	(void)state;
	assert_wrong(LITERAL("bad"), 1);
	assert_wrong(LITERAL("# remark\n\none\nbad\nbad\n"), 4);
}

static void a_nul_is_wrong_wherever_it_stands(void **state)
{
	(void)state;
	assert_wrong(LITERAL("\0"), 1);
	assert_wrong(LITERAL("one\ntwo\0three\n"), 2);
	assert_wrong(LITERAL("one\ntwo\0"), 2);
	assert_wrong(LITERAL("# remark\0\none"), 1);
	assert_wrong(LITERAL("one\n\0\n"), 2);
}

static void what_the_store_says_of_a_line_is_the_outcome(void **state)
{
	char text[100];
	struct store store = {""};
	size_t line = 0;

	(void)state;
	memset(text, 'x', sizeof text);
	assert_int_equal(line_file_parse(&format, (struct span){(unsigned char *)text, sizeof text}, &store, &line), STATUS_LIMIT);
	assert_int_equal(line, 1);
}

static void what_was_saved_is_loaded_and_for_its_owner_alone(void **state)
{
	struct scratch *scratch = *state;
	const struct store saved = {"one\ntwo\n"};
	struct store store = {""};
	struct stat stat;
	size_t line = 99;

	assert_int_equal(line_file_save(&format, scratch->folder, &saved), STATUS_OK);
	assert_int_equal(fstatat(scratch->folder, "file", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 0777, 0600);
	assert_int_equal(line_file_load(&format, scratch->folder, &store, &line), STATUS_OK);
	assert_string_equal(store.lines, "one|two|");
}

static void no_file_has_no_lines(void **state)
{
	struct scratch *scratch = *state;
	struct store store = {""};
	size_t line = 99;

	unlinkat(scratch->folder, "file", 0);
	assert_int_equal(line_file_load(&format, scratch->folder, &store, &line), STATUS_OK);
	assert_string_equal(store.lines, "");
	assert_int_equal(line, 0);
}

static void a_file_that_cannot_be_read_has_no_wrong_line(void **state)
{
	struct scratch *scratch = *state;
	struct store store = {""};
	size_t line = 99;

	assert_int_equal(scratch_write(scratch->folder, "file", "bad"), 0);
	assert_int_equal(fchmodat(scratch->folder, "file", 0640, 0), 0);
	assert_int_equal(line_file_load(&format, scratch->folder, &store, &line), STATUS_REFUSED);
	assert_int_equal(line, 0);
	assert_int_equal(scratch_write(scratch->folder, "file", "0123456789012345678901234567890123456789x"), 0);
	assert_int_equal(fchmodat(scratch->folder, "file", 0600, 0), 0);
	assert_int_equal(line_file_load(&format, scratch->folder, &store, &line), STATUS_TOO_LARGE);
	assert_int_equal(line, 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_is_handed_all_lines_but_comments),
		cmocka_unit_test(the_first_wrong_line_is_told_by_its_number),
		cmocka_unit_test(a_nul_is_wrong_wherever_it_stands),
		cmocka_unit_test(what_the_store_says_of_a_line_is_the_outcome),
		CASE(what_was_saved_is_loaded_and_for_its_owner_alone),
		CASE(no_file_has_no_lines),
		CASE(a_file_that_cannot_be_read_has_no_wrong_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
