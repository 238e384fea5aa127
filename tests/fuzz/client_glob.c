/* Fuzzes patterns and filters: what a pattern matches, against a second wording that simply tries everything. */
#include "target.h"

#include "filter.h"
#include "glob.h"
#include "path.h"
#include "text.h"

#define CHARACTERS_MAX 24 /* beyond that, trying everything takes too long */

struct characters {
	uint32_t codes[CHARACTERS_MAX];
	size_t count;
};

/* What both are, and which places are known not to match. */
struct trial {
	struct characters pattern, path;
	bool failed[CHARACTERS_MAX + 1][CHARACTERS_MAX + 1];
};

static bool split(struct span text, struct characters *out)
{
	for (out->count = 0; text.length > 0; out->count++) {
		unsigned char byte = text.bytes[0];
		uint32_t code = text_next(&text);
		if (out->count == CHARACTERS_MAX)
			return false;
		out->codes[out->count] = code == TEXT_INVALID ? 0x80000000u + byte : code;
	}
	return true;
}

static uint32_t at(const struct characters *characters, size_t place)
{
	return place < characters->count ? characters->codes[place] : 0xffffffffu;
}

/* The order that glob.h means: bytes that are no UTF-8 come behind all characters. */
static bool in_class(const struct characters *pattern, size_t from, size_t to, uint32_t wanted)
{
	bool found = false;

	for (size_t i = from; i < to; i++) {
		bool range = i + 2 < to && at(pattern, i + 1) == '-';
		uint32_t last = at(pattern, range ? i + 2 : i);
		found = found || (at(pattern, i) <= wanted && wanted <= last);
		i += range ? 2 : 0;
	}
	return found;
}

/* The place behind the class that begins at PLACE, 0 where it has no end; does it hold WANTED? */
static size_t judge_class(const struct characters *pattern, size_t place, uint32_t wanted, bool *holds)
{
	bool negated = at(pattern, place + 1) == '!' || at(pattern, place + 1) == '^';
	size_t from = place + 1 + negated, to = from + 1;

	while (to < pattern->count && at(pattern, to) != ']') {
		/* The end of a range may be any character but the bracket. */
		to++;
	}
	if (to >= pattern->count)
		return 0;
	*holds = wanted != '/' && in_class(pattern, from, to, wanted) != negated;
	return to + 1;
}

static bool matches(struct trial *trial, size_t i, size_t j);

static bool stars(struct trial *trial, size_t i, size_t j)
{
	const struct characters *pattern = &trial->pattern, *path = &trial->path;
	bool two = at(pattern, i + 1) == '*';

	if (two && at(pattern, i + 2) == '/' && (i == 0 || at(pattern, i - 1) == '/') && matches(trial, i + 3, j))
		return true;
	for (;; j++) {
		if (matches(trial, i + 1 + two, j))
			return true;
		if (j == path->count || (!two && at(path, j) == '/'))
			return false;
	}
}

static bool one(struct trial *trial, size_t i, size_t j)
{
	const struct characters *pattern = &trial->pattern;
	uint32_t wanted = at(&trial->path, j), token = at(pattern, i);
	bool holds = false;
	size_t behind = token == '[' ? judge_class(pattern, i, wanted, &holds) : 0;

	if (j == trial->path.count)
		return false;
	if (behind > 0)
		return holds && matches(trial, behind, j + 1);
	if (token == '?')
		return wanted != '/' && matches(trial, i + 1, j + 1);
	if (token == '\\' && i + 1 < pattern->count)
		token = at(pattern, ++i);
	return token == wanted && matches(trial, i + 1, j + 1);
}

static bool matches(struct trial *trial, size_t i, size_t j)
{
	if (i == trial->pattern.count)
		return j == trial->path.count;
	if (trial->failed[i][j])
		return false;
	bool found = at(&trial->pattern, i) == '*' ? stars(trial, i, j) : one(trial, i, j);
	trial->failed[i][j] = !found;
	return found;
}

static void compare(struct span pattern, struct span path)
{
	static struct trial trial;
	bool matched = glob_match(pattern, path);

	memset(trial.failed, 0, sizeof(trial.failed));
	if (split(pattern, &trial.pattern) && split(path, &trial.path))
		CHECK(matched == matches(&trial, 0, 0));
}

/* With one rule the verdict is the rule's where it matches, and the other one elsewhere. */
static void check_one_rule(const char *pattern, struct span path, enum filter_verdict verdict)
{
	struct filter filter = {.count = 0};
	struct span bare = span_of(pattern);

	CHECK(filter_takes(&filter, path) && filter_enters(&filter, path));
	if (filter_add(&filter, verdict, pattern) != STATUS_OK) {
		CHECK(filter.count == 0);
		return;
	}
	if (!strchr(pattern, '/'))
		CHECK(filter_takes(&filter, path) == (glob_match(bare, path_last(path)) == (verdict == FILTER_INCLUDE)));
	if (bare.bytes[bare.length - 1] == '/')
		CHECK(filter_takes(&filter, path) == (verdict == FILTER_EXCLUDE));
	if (verdict == FILTER_EXCLUDE)
		CHECK(filter_enters(&filter, path) == filter_takes_folder(&filter, path));
	else
		CHECK(filter_enters(&filter, path));
	filter_release(&filter);
}

/* A byte, whose lowest bit is a rule's verdict, a pattern up to the first NUL, and a path. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 0)
		return 0;
	enum filter_verdict verdict = bytes[0] & 1 ? FILTER_INCLUDE : FILTER_EXCLUDE;
	char *pattern = target_text(bytes + 1, length - 1);
	size_t used = 1 + strlen(pattern) + 1;
	struct span path = {NULL, used < length ? length - used : 0};
	unsigned char *copy = target_copy(bytes + length - path.length, path.length);

	path.bytes = copy;
	if (strlen(pattern) <= GLOB_PATTERN_MAX)
		compare(span_of(pattern), path);
	check_one_rule(pattern, path, verdict);
	free(copy);
	free(pattern);
	return 0;
}
