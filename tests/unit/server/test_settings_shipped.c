/* Tests of the configuration file that we ship, and of its manual: every setting is there, at its real default. */
#include "settings_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "settings_file_fixture.h"
#include "settings_table.h"

#define SHIPPED "config/ferryd.conf"

/* Writes the shipped file to the fixture's with every "#name" and "#[section]" uncommented; remarks are "# Text". */
static void uncomment(struct fixture *fixture)
{
	FILE *in = fopen(SHIPPED, "r"), *out = fopen(fixture->path, "w");
	char *line = NULL;
	size_t capacity = 0;

	assert_non_null(in);
	assert_non_null(out);
	while (getline(&line, &capacity, in) > 0)
		fputs(line[0] == '#' && line[1] != ' ' ? line + 1 : line, out);
	free(line);
	fclose(in);
	fclose(out);
}

static void the_shipped_file_changes_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct settings defaults = {.ready_fd = -1};

	assert_int_equal(settings_set_defaults(&defaults), STATUS_OK);
	assert_int_equal(read_path(fixture, SHIPPED), STATUS_OK);
	for (size_t i = 0; i < setting_row_count; i++) {
		if (setting_rows[i].section == SECTION_SERVER)
			assert_true(setting_same(&setting_rows[i], &defaults, &fixture->settings));
	}
	assert_int_equal(fixture->settings.share_count, 0);
	settings_release(&defaults);
}

static void the_shipped_file_shows_every_setting_at_its_default(void **state)
{
	struct fixture *fixture = *state;
	struct settings defaults = {.ready_fd = -1};
	struct complaint complaint;

	assert_int_equal(settings_set_defaults(&defaults), STATUS_OK);
	assert_int_equal(settings_listen(&defaults, "127.0.0.1:7440", &complaint), STATUS_OK);
	assert_int_equal(settings_listen(&defaults, "[::1]:7440", &complaint), STATUS_OK);
	uncomment(fixture);
	if (read_path(fixture, fixture->path) != STATUS_OK)
		fail_msg("%s", fixture->complaint.text);
	for (size_t i = 0; i < setting_row_count; i++) {
		if (setting_rows[i].section == SECTION_SERVER && !setting_same(&setting_rows[i], &defaults, &fixture->settings))
			fail_msg("%s is not shown at its default", setting_rows[i].name);
	}
	settings_release(&defaults);
}

/* Each row once, in the words of its default: that a value was read does not yet tell that it was there. */
static void the_shipped_file_has_a_line_for_every_row(void **state)
{
	struct fixture *fixture = *state;
	enum setting_section section = SECTION_SERVER;
	char *line = NULL, expected[128];
	size_t capacity = 0, row = 0;
	FILE *in;

	uncomment(fixture);
	in = fopen(fixture->path, "r");
	assert_non_null(in);
	while (getline(&line, &capacity, in) > 0) {
		if (line[0] == '[' && strncmp(line, "[share ", 7) == 0)
			section = SECTION_SHARE;
		if (!strchr("#[\n", line[0]) && strncmp(line, "listen", 6) != 0 && strncmp(line, "path", 4) != 0) {
			while (row < setting_row_count && !setting_rows[row].initial)
				row++;
			assert_true(row < setting_row_count);
			const char *initial = setting_rows[row].initial;
			snprintf(expected, sizeof(expected), "%s =%s%s\n", setting_rows[row].name, *initial ? " " : "", initial);
			assert_string_equal(line, expected);
			assert_int_equal(setting_rows[row++].section, section);
		}
	}
	assert_int_equal(row, setting_row_count);
	free(line);
	fclose(in);
}

static bool has_line(FILE *document, const char *wanted)
{
	char *line = NULL;
	size_t capacity = 0;
	bool found = false;

	rewind(document);
	while (!found && getline(&line, &capacity, document) > 0) {
		line[strcspn(line, "\n")] = '\0';
		found = strcmp(line, wanted) == 0;
	}
	free(line);
	return found;
}

static void the_manual_shows_every_setting_at_its_default(void **state)
{
	FILE *manual = fopen("docs/man/ferryd.conf.5", "r");
	char wanted[128];

	(void)state;
	assert_non_null(manual);
	for (size_t i = 0; i < setting_row_count; i++) {
		const char *initial = setting_rows[i].initial;
		if (!initial)
			continue;
		snprintf(wanted, sizeof(wanted), ".B %s =%s%s", setting_rows[i].name, *initial ? " " : "", initial);
		if (!has_line(manual, wanted))
			fail_msg("ferryd.conf(5) has no '%s'", wanted);
	}
	assert_true(has_line(manual, ".B listen = 127.0.0.1:7440"));
	assert_true(has_line(manual, ".B listen = [::1]:7440"));
	assert_true(has_line(manual, ".BI \"path = \" DIR"));
	fclose(manual);
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILE(the_shipped_file_changes_nothing),
		WITH_FILE(the_shipped_file_shows_every_setting_at_its_default),
		WITH_FILE(the_shipped_file_has_a_line_for_every_row),
		cmocka_unit_test(the_manual_shows_every_setting_at_its_default),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
