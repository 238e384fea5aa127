/* Holds what was given against what it was taken for. */
#include "long_option.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

char *long_option_given(char *const argv[], char out[LONG_OPTION_SIZE])
{
	/* A value may have been the word behind it. */
	int last = optind - 1;
	const char *word = optarg && optarg == argv[last] ? argv[last - 1] : argv[last];

	snprintf(out, LONG_OPTION_SIZE, "%.*s", (int)strcspn(word, "="), word);
	return out;
}

bool long_option_is(const char *given, const char *name)
{
	return strncmp(given, "--", 2) == 0 && strcmp(given + 2, name) == 0;
}
