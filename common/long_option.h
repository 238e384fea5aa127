/* Long options: given in full, though getopt_long() takes the beginning of one for the whole. */
#ifndef LONG_OPTION_H
#define LONG_OPTION_H

#include <stdbool.h>

/* The longest that is shown; no name of ours comes near it. */
#define LONG_OPTION_SIZE 80

/*
 * Right after getopt_long(): the word of ARGV that it found an option in, or refused, without what stands behind a "=", since a
 * value may be secret. It is as unprintable as the user made it. Returns OUT.
 */
char *long_option_given(char *const argv[], char out[LONG_OPTION_SIZE]);

/* Is GIVEN the option NAME, and not its beginning alone? */
bool long_option_is(const char *given, const char *name);

#endif
