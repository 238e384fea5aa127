/* The filter: which files of a tree are wanted, as --include and --exclude say in their order. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"
#include "wire.h"

/*
 * A pattern is matched against the path below the URL, one without a slash against its last component. A slash at its
 * start only says that it is the path, one at its end that it is a folder. The last rule that matches decides.
 */
enum filter_verdict {
	FILTER_INCLUDE,
	FILTER_EXCLUDE,
};

struct filter_rule {
	enum filter_verdict verdict;
	const char *pattern; /* borrowed */
};

/* A zeroed filter takes everything. */
struct filter {
	struct filter_rule *rules;
	size_t count;
};

/* STATUS_INVALID for a pattern that is empty, STATUS_TOO_LARGE for one that is too long. */
MUST_CHECK enum status filter_add(struct filter *filter, enum filter_verdict verdict, const char *pattern);
void filter_release(struct filter *filter);

/* A path that no rule matches is wanted, unless the first rule is an --include. */
bool filter_takes(const struct filter *filter, struct span path);
/* A folder is entered unless a rule excludes it; it is taken for itself by the same rules as a file. */
bool filter_enters(const struct filter *filter, struct span path);
bool filter_takes_folder(const struct filter *filter, struct span path);
/* Is every folder read that PATH lies in? For paths that no listing was read for. */
bool filter_reaches(const struct filter *filter, struct span path);

#endif
