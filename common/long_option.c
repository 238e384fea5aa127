/* Rejects abbreviated long options and words the complaint. */
#include "long_option.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "wire.h"

#define SHOWN_SIZE 80

/* The word that an option was found in, or refused, up to its "=". */
static struct span word_given(char *const argv[])
{
	/* The word behind it may have been its value. */
	int last = optind - 1;
	const char *word = optarg && optarg == argv[last] ? argv[last - 1] : argv[last];

	return (struct span){(const unsigned char *)word, strcspn(word, "=")};
}

static bool is_in_full(struct span word, const char *name)
{
	size_t length = strlen(name);

	return word.length == 2 + length && memcmp(word.bytes, "--", 2) == 0 && memcmp(word.bytes + 2, name, length) == 0;
}

bool long_option_is_wrong(int found, char *const argv[], const char *program, const struct long_option *option,
	char out[LONG_OPTION_COMPLAINT_SIZE])
{
	struct span word = word_given(argv);
	bool refused = found == '?' || found == ':';
	char letter[] = {'-', (char)optopt, '\0'};
	bool by_letter = refused && optopt && !option->name;
	char shown[SHOWN_SIZE];

	snprintf(shown, sizeof(shown), "%.*s", (int)word.length, by_letter ? letter : (const char *)word.bytes);
	if (option->name && !is_in_full(word, option->name))
		snprintf(out, LONG_OPTION_COMPLAINT_SIZE, "%s is not an option of %s: options are written in full, such as --%s%s%s", shown,
			program, option->name, option->value ? " " : "", option->value ? option->value : "");
	else if (found == ':')
		snprintf(out, LONG_OPTION_COMPLAINT_SIZE, "%s needs a value behind it", shown);
	else if (refused && option->name)
		snprintf(out, LONG_OPTION_COMPLAINT_SIZE, "%s takes no value", shown);
	else if (refused)
		snprintf(out, LONG_OPTION_COMPLAINT_SIZE, "%s is not an option of %s; see %s --help", shown, program, program);
	else
		return false;
	return true;
}
