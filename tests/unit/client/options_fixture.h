/* Command lines for tests: parsed from text, with what they must be, or must be refused by. */
#ifndef OPTIONS_FIXTURE_H
#define OPTIONS_FIXTURE_H

#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static inline int run(const struct options *options)
{
	(void)options;
	return 0;
}

static const struct command commands[] = {
	{"get", "URL...", "Fetches.", 1, SIZE_MAX, run},
	{"ls", "URL", "Lists.", 1, 1, run},
	{"sum", "URL|PATH...", "Sums.", 1, SIZE_MAX, run},
	{"ping", "URL", "Measures.", 1, 1, run},
	{"verify", "URL PATH", "Compares.", 2, 2, run},
};

/* LINE is split at blanks; what comes out points into static memory until the next call. */
static inline enum status parse(const char *line, struct options *options, struct failure *failure)
{
	static char words[2048];
	static char *argv[64];
	int argc = 0;
	char *rest = NULL;

	snprintf(words, sizeof words, "ferry %s", line);
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(argc, argv, commands, COUNT(commands), options, failure);
}

static inline struct options accept(const char *line)
{
	struct options options;
	struct failure failure;

	if (parse(line, &options, &failure) != STATUS_OK)
		fail_msg("ferry %s: %s", line, failure.text);
	return options;
}

static inline void assert_refused(const char *line, const char *words)
{
	struct options options;
	struct failure failure = {0};

	if (parse(line, &options, &failure) != STATUS_INVALID)
		fail_msg("ferry %s is not refused", line);
	if (!strstr(failure.text, words))
		fail_msg("ferry %s is refused by \"%s\" instead of \"%s\"", line, failure.text, words);
	assert_int_equal(failure.code, EXIT_USAGE);
}

#endif
