/* Tests of the failed list: what it holds, and that a server cannot make it grow for ever. */
/* Threat S9 of docs/security.md. */
#include "failed_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "scratch.h"

#define LIMIT (256u << 20)
#define LONG 4000u

static int setup(void **state)
{
	static struct scratch scratch;

	*state = &scratch;
	return scratch_make(&scratch) == 0 && fchdir(scratch.folder) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
	return chdir("/") == 0 ? scratch_remove(*state) : -1;
}

static struct failed_list *open_list(void)
{
	struct failed_list *list = NULL;
	struct failure failure;

	assert_int_equal(failed_list_open("list", &list, &failure), STATUS_OK);
	return list;
}

/* Writes and closes LIST. */
static void assert_written(struct failed_list *list, const char *expected)
{
	char text[200];
	struct failure failure;

	assert_int_equal(failed_list_write(list, FAILED_LIST_SYNC, &failure), STATUS_OK);
	failed_list_close(list);
	FILE *file = fopen("list", "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

static void failures_in_any_order_make_one_list(void **state)
{
	static const char *const orders[][4] = {{"a", "b", "c", "a"}, {"c", "a", "b", "b"}};
	char host[] = "host", path[] = "";
	const struct url url = {.host = host, .port = 7440, .path = path, .contents = true};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct failed_list *list = open_list();
		for (size_t j = 0; j < 4; j++)
			failed_list_add(list, &url, span_of(orders[i][j]), orders[i][j], NULL);
		assert_written(list, "ferry://host/a\nferry://host/b\nferry://host/c\n");
	}
}

static void no_name_ends_a_line(void **state)
{
	char host[] = "host", path[] = "a\r";
	const struct url url = {.host = host, .port = 7440, .path = path};
	struct failed_list *list = open_list();

	(void)state;
	failed_list_add(list, &url, span_of(""), "b\t\n%\r", NULL);
	failed_list_add(list, &url, span_of(""), "a\r", NULL);
	assert_written(list, "ferry://host/a%0D\tb%09%0A%25%0D\nferry://host/a%0D\n");
}

static void too_long_a_list_is_told_and_leaves_the_file(void **state)
{
	char host[] = "host", path[] = "", below[LONG + 1];
	const struct url url = {.host = host, .port = 7440, .path = path, .contents = true};
	struct failed_list *list = open_list();
	struct failure failure;

	(void)state;
	memset(below, 'x', LONG);
	below[LONG] = '\0';
	for (unsigned i = 0; i <= LIMIT / LONG; i++)
		failed_list_add(list, &url, span_of(below), NULL, NULL);
	assert_int_equal(failed_list_write(list, FAILED_LIST_SYNC, &failure), STATUS_LIMIT);
	assert_int_equal(failure.code, EXIT_LOCAL);
	failed_list_close(list);
	assert_int_equal(access("list", F_OK), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(failures_in_any_order_make_one_list, setup, teardown),
		cmocka_unit_test_setup_teardown(no_name_ends_a_line, setup, teardown),
		cmocka_unit_test_setup_teardown(too_long_a_list_is_told_and_leaves_the_file, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
