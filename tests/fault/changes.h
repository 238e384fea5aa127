/* What may happen to a file while it is fetched. */
#ifndef CHANGES_H
#define CHANGES_H

#include <stdbool.h>
#include <stddef.h>

struct form {
	const char *name;
	void (*apply)(const char *path);
	bool hidden; /* size and time stay: a file that has them is believed, not fetched again */
};

extern const struct form forms[];
extern const size_t form_count;

/* Rewritten in place, with equal size and time. */
extern const struct form *const form_without_trace;

#endif
