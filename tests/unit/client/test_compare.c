/* Tests of what a comparison keeps: catalogs of names, and ranges of pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "catalog.h"
#include "path.h"
#include "ranges.h"

static void neighbours_are_one_range(void **state)
{
	static const uint64_t numbers[] = {0, 3, 4, 5, 9, UINT64_MAX - 1, UINT64_MAX};
	struct ranges ranges = {0};
	char text[RANGES_TEXT_SIZE];

	(void)state;
	assert_string_equal(ranges_text(&ranges, text), "");
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		assert_int_equal(ranges_add(&ranges, numbers[i], numbers[i]), STATUS_OK);
	assert_int_equal(ranges.count, 4);
	assert_string_equal(ranges_text(&ranges, text), "0, 3-5, 9, 18446744073709551614-18446744073709551615");
	ranges_release(&ranges);
}

static void runs_of_numbers_join_their_neighbours(void **state)
{
	struct ranges ranges = {0};
	char text[RANGES_TEXT_SIZE];

	(void)state;
	assert_int_equal(ranges_add(&ranges, 1, 1), STATUS_OK);
	assert_int_equal(ranges_add(&ranges, 2, UINT64_MAX / 2), STATUS_OK);
	assert_int_equal(ranges_add(&ranges, UINT64_MAX - 5, UINT64_MAX), STATUS_OK);
	assert_string_equal(ranges_text(&ranges, text), "1-9223372036854775807, 18446744073709551610-18446744073709551615");
	ranges_release(&ranges);
}

static void many_ranges_are_cut(void **state)
{
	struct ranges ranges = {0};
	char text[RANGES_TEXT_SIZE];

	(void)state;
	for (uint64_t number = 1; number < 2000; number += 2)
		assert_int_equal(ranges_add(&ranges, UINT64_MAX / 2 + number, UINT64_MAX / 2 + number), STATUS_OK);
	assert_int_equal(ranges.count, 1000);
	ranges_text(&ranges, text);
	assert_string_equal(text + strlen(text) - 5, ", ...");
	ranges_release(&ranges);
}

static void catalog_finds_what_was_added(void **state)
{
	struct catalog catalog = {0};
	char path[24];

	(void)state;
	assert_null(catalog_find(&catalog, "a"));
	for (int i = 999; i >= 0; i--) {
		snprintf(path, sizeof path, "folder/%d", i * 7);
		assert_int_equal(catalog_add(&catalog, i % 2 ? ENTRY_FILE : ENTRY_FOLDER, span_of(path), UINT64_MAX - (unsigned)i), STATUS_OK);
	}
	assert_int_equal(catalog_add(&catalog, ENTRY_FOLDER, span_of("folder"), 0), STATUS_OK);
	catalog_sort(&catalog);
	assert_string_equal(catalog.entries[0]->path, "folder");
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof path, "folder/%d", i * 7);
		assert_int_equal(catalog_find(&catalog, path)->kind, i % 2 ? ENTRY_FILE : ENTRY_FOLDER);
		if (i % 2)
			assert_true(catalog_size(catalog_find(&catalog, path)) == UINT64_MAX - (unsigned)i);
	}
	assert_null(catalog_find(&catalog, "folder/1"));
	catalog_release(&catalog);
	assert_int_equal(catalog.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_are_one_range),
		cmocka_unit_test(runs_of_numbers_join_their_neighbours),
		cmocka_unit_test(many_ranges_are_cut),
		cmocka_unit_test(catalog_finds_what_was_added),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
