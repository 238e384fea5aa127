/* Long options: given in full, though getopt_long() takes the beginning of one for the whole; and what is said of wrong ones. */
#ifndef LONG_OPTION_H
#define LONG_OPTION_H

#include <stdbool.h>

/* The option that getopt_long() found by its name or by the beginning of that; all NULL for a letter, and where there is none. */
struct long_option {
	const char *name;
	const char *value; /* what it is called in the help; NULL: takes none */
};

/*
 * Right after getopt_long(), which has been told to say nothing (opterr 0, ":" in its letters): is something wrong with what it
 * FOUND in ARGV? Then OUT says what, for PROGRAM, as unprintable as the user made it; without what stands behind a "=", since a
 * value may be secret.
 */
#define LONG_OPTION_COMPLAINT_SIZE 400
bool long_option_is_wrong(int found, char *const argv[], const char *program, const struct long_option *option,
	char out[LONG_OPTION_COMPLAINT_SIZE]);

#endif
