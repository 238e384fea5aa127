/* What tests of the settings share: a folder for configuration files, and command lines written as one text. */
#ifndef SETTINGS_FIXTURE_H
#define SETTINGS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "complaint.h"
#include "scratch.h"
#include "settings.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WORDS_MAX 16
#define ONE_SHARE "[share one]\npath = /srv/one\n"

struct fixture {
	struct scratch scratch;
	char config[PATH_MAX + 16];
	struct settings settings;
	char *line; /* the words last read: settings may point into them, as they may into argv */
	char said[sizeof(struct complaint)]; /* the complaint */
	char printed[CAPTURE_MAX]; /* stdout */
};

static inline int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	snprintf(fixture->config, sizeof(fixture->config), "%s/ferryd.conf", fixture->scratch.path);
	return setenv("XDG_CONFIG_HOME", fixture->scratch.path, 1);
}

static inline int release_fixture(void **state)
{
	struct fixture *fixture = *state;
	int result;

	settings_release(&fixture->settings);
	free(fixture->line);
	result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

/* Reads a command line written as one text; "CONFIG" stands for the fixture's file, an empty word for '' . */
static inline enum settings_outcome read_line(struct fixture *fixture, const char *line)
{
	char *words[WORDS_MAX + 1] = {NULL};
	char *copy = strdup(line), *rest = copy;
	struct capture out;
	struct complaint complaint;
	int count = 0;

	for (char *word; (word = strsep(&rest, " ")) && count < WORDS_MAX;)
		words[count++] = strcmp(word, "CONFIG") == 0 ? fixture->config : strcmp(word, "''") == 0 ? word + 2 : word;
	settings_release(&fixture->settings);
	free(fixture->line);
	fixture->line = copy;
	capture_start(&out, STDOUT_FILENO);
	enum settings_outcome outcome = settings_read(count, words, &fixture->settings, &complaint);
	snprintf(fixture->said, sizeof(fixture->said), "%s", outcome == SETTINGS_WRONG ? complaint.text : "");
	snprintf(fixture->printed, sizeof(fixture->printed), "%s", capture_end(&out));
	return outcome;
}

static inline void write_config(struct fixture *fixture, const char *text)
{
	assert_int_equal(scratch_write(fixture->scratch.folder, "ferryd.conf", text), 0);
}

static inline void assert_serves(struct fixture *fixture, const char *line)
{
	assert_int_equal(read_line(fixture, line), SETTINGS_SERVE);
	assert_string_equal(fixture->said, "");
}

static inline void assert_wrong(struct fixture *fixture, const char *line, const char *said)
{
	assert_int_equal(read_line(fixture, line), SETTINGS_WRONG);
	if (!strstr(fixture->said, said))
		fail_msg("'%s' said '%s', not '%s'", line, fixture->said, said);
	assert_string_equal(fixture->printed, "");
}

static inline void assert_listens(const struct settings *settings, const char *first, const char *second)
{
	const char *expected[] = {first, second};
	char text[ADDRESS_TEXT_SIZE];

	assert_int_equal(settings->listen_count, second ? 2 : 1);
	for (size_t i = 0; i < settings->listen_count; i++) {
		address_text(&settings->listen[i], text);
		assert_string_equal(text, expected[i]);
	}
}

#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

#endif
