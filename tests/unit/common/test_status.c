/* Tests of the texts of statuses, and of the way from errno. */
#include "status.h"

#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *text_of_nothing(void)
{
	return status_text((enum status)STATUS_COUNT);
}

static void every_status_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		const char *text = status_text((enum status)i);
		assert_true(text[0] != '\0');
		assert_string_not_equal(text, text_of_nothing());
		for (int j = 0; j < i; j++)
			assert_string_not_equal(text, status_text((enum status)j));
	}
}

static void a_value_that_is_no_status_has_a_text_too(void **state)
{
	(void)state;
	assert_non_null(text_of_nothing());
	assert_string_equal(status_text((enum status)-1), text_of_nothing());
}

/* The header is the specification: the status on whose line WORD stands, in the order of the enum; STATUS_COUNT for none. */
static enum status status_that_the_header_gives(const char *word)
{
	FILE *header = fopen("common/status.h", "re");
	char line[256], pattern[64];
	int status = 0, found = STATUS_COUNT;
	regex_t word_alone;

	assert_non_null(header);
	snprintf(pattern, sizeof pattern, "\\<%s\\>", word);
	assert_int_equal(regcomp(&word_alone, pattern, REG_NOSUB), 0);
	for (; fgets(line, sizeof line, header) && !strstr(line, "STATUS_COUNT"); status += strncmp(line, "\tSTATUS_", 8) == 0) {
		if (strncmp(line, "\tSTATUS_", 8) == 0 && regexec(&word_alone, line, 0, NULL, 0) == 0)
			found = status;
	}
	assert_int_equal(status, STATUS_COUNT);
	regfree(&word_alone);
	fclose(header);
	return (enum status)found;
}

static void every_errno_becomes_the_status_that_the_header_names_or_an_io_error(void **state)
{
	unsigned named = 0;

	(void)state;
	for (int error = 1; error < 200; error++) {
		const char *name = strerrorname_np(error);
		enum status given = name ? status_that_the_header_gives(name) : STATUS_COUNT;
		named += given != STATUS_COUNT;
		assert_int_equal(status_from_errno(error), given == STATUS_COUNT ? STATUS_IO : given);
	}
	assert_true(named > 30);
}

static void what_no_errno_is_was_no_success(void **state)
{
	(void)state;
	assert_int_equal(status_from_errno(0), STATUS_IO);
	assert_int_equal(status_from_errno(-1), STATUS_IO);
	assert_int_equal(status_from_errno(100000), STATUS_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_a_text_of_its_own),
		cmocka_unit_test(a_value_that_is_no_status_has_a_text_too),
		cmocka_unit_test(every_errno_becomes_the_status_that_the_header_names_or_an_io_error),
		cmocka_unit_test(what_no_errno_is_was_no_success),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
