/* Matches paths against rules, from the last rule to the first. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

#include "glob.h"
#include "path.h"

enum thing {
	THING_FILE,
	THING_FOLDER,
};

enum status filter_add(struct filter *filter, enum filter_verdict verdict, const char *pattern)
{
	if (pattern[strspn(pattern, "/")] == '\0')
		return STATUS_INVALID;
	if (strlen(pattern) > GLOB_PATTERN_MAX)
		return STATUS_TOO_LARGE;
	struct filter_rule *rules = realloc(filter->rules, (filter->count + 1) * sizeof *rules);
	if (!rules)
		return STATUS_NO_MEMORY;
	rules[filter->count++] = (struct filter_rule){verdict, pattern};
	filter->rules = rules;
	return STATUS_OK;
}

void filter_release(struct filter *filter)
{
	free(filter->rules);
	*filter = (struct filter){0};
}

static bool matches(const struct filter_rule *rule, struct span path, enum thing thing)
{
	struct span pattern = span_of(rule->pattern);
	bool folder = pattern.bytes[pattern.length - 1] == '/';

	if (folder && thing != THING_FOLDER)
		return false;
	pattern.length -= folder;
	if (!memchr(pattern.bytes, '/', pattern.length))
		return glob_match(pattern, path_last(path));
	if (pattern.bytes[0] == '/') {
		pattern.bytes++;
		pattern.length--;
	}
	return glob_match(pattern, path);
}

/* *VERDICT is that of the last rule that matches; false when none does. */
static bool judge(const struct filter *filter, struct span path, enum thing thing, enum filter_verdict *verdict)
{
	for (size_t i = filter->count; i-- > 0;) {
		if (matches(&filter->rules[i], path, thing)) {
			*verdict = filter->rules[i].verdict;
			return true;
		}
	}
	return false;
}

static bool takes(const struct filter *filter, struct span path, enum thing thing)
{
	enum filter_verdict verdict;

	if (judge(filter, path, thing, &verdict))
		return verdict == FILTER_INCLUDE;
	return filter->count == 0 || filter->rules[0].verdict == FILTER_EXCLUDE;
}

bool filter_takes(const struct filter *filter, struct span path)
{
	return takes(filter, path, THING_FILE);
}

bool filter_takes_folder(const struct filter *filter, struct span path)
{
	return takes(filter, path, THING_FOLDER);
}

bool filter_enters(const struct filter *filter, struct span path)
{
	enum filter_verdict verdict;

	return !judge(filter, path, THING_FOLDER, &verdict) || verdict == FILTER_INCLUDE;
}

bool filter_reaches(const struct filter *filter, struct span path)
{
	for (size_t i = 0; i < path.length; i++) {
		if (path.bytes[i] == '/' && !filter_enters(filter, (struct span){path.bytes, i}))
			return false;
	}
	return true;
}
