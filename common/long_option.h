/* Long options: accepted in full only, though getopt_long() accepts abbreviations; and the complaint about a wrong one. */
#ifndef LONG_OPTION_H
#define LONG_OPTION_H

#include <stdbool.h>

/* The option that getopt_long() found by its name or by the beginning of that; all NULL for a letter, and if it found none. */
struct long_option {
	const char *name;
	const char *value; /* its name in the help; NULL: takes none */
};

/*
 * To be called right after getopt_long(), which must print nothing itself (opterr 0, ":" in its letters): is the option that it
 * FOUND in ARGV wrong? Then OUT is a complaint for PROGRAM, with unprintable characters as the user gave them, but without the
 * text behind a "=", since a value may be secret.
 */
#define LONG_OPTION_COMPLAINT_SIZE 400
bool long_option_is_wrong(int found, char *const argv[], const char *program, const struct long_option *option,
	char out[LONG_OPTION_COMPLAINT_SIZE]);

#endif
