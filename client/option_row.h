/* The table of all options: names, kinds, limits, and the commands that take them. */
#ifndef OPTION_ROW_H
#define OPTION_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "failure.h"
#include "options.h"
#include "status.h"

enum option_kind {
	OPTION_FLAG,    /* no argument; true in a bool */
	OPTION_LEVEL,   /* no argument; the row's minimum in an int */
	OPTION_NUMBER,  /* unsigned, within the row's limits */
	OPTION_SECONDS, /* int64_t nanoseconds; limits in milliseconds */
	OPTION_SIZE,    /* uint64_t bytes, within the row's limits */
	OPTION_TEXT,    /* const char * */
	OPTION_ONCE,    /* const char *: a second one is refused, since the first would be lost */
	OPTION_STYLE,   /* enum progress_style */
	OPTION_FILTER,  /* adds a rule to a struct filter; its verdict is the row's minimum */
	OPTION_DIGEST,  /* struct option_digest; once */
	OPTION_CONGESTION, /* const char *: a congestion control that this machine lets us have */
};

struct option_row {
	const char *name;
	char letter; /* 0: none */
	enum option_kind kind;
	unsigned commands; /* a bit for each command that takes it */
	size_t place;      /* in struct options */
	int64_t min;
	int64_t max;
	const char *value; /* the argument's name in the help */
	const char *help;
};

extern const struct option_row OPTION_ROWS[];
extern const size_t OPTION_ROW_COUNT;
#define OPTION_ROW_MAX 64 /* never fewer than OPTION_ROW_COUNT */

bool option_takes_argument(const struct option_row *row);

/* Does COMMAND (NULL: none was given) take ROW? */
bool option_fits(const struct option_row *row, const struct command *command);

/* The row of a letter, or NULL. */
const struct option_row *option_by_letter(int letter);

/* Checks TEXT against the row and stores it in OPTIONS; STATUS_INVALID with FAILURE. */
MUST_CHECK enum status option_set(const struct option_row *row, const char *text, struct options *options,
	struct failure *failure);

/* FAILURE becomes EXIT_USAGE with BEFORE, WORD made printable, and AFTER; returns STATUS_INVALID. */
MUST_CHECK enum status option_refuse(struct failure *failure, const char *before, const char *word, const char *after);

/* "1048576", "1024K", "1M": bytes, K, M and G being powers of 1024. STATUS_INVALID, or STATUS_TOO_LARGE beyond INT64_MAX. */
MUST_CHECK enum status option_size(const char *text, uint64_t *bytes);

#endif
