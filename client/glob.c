/* Matches in one pass over the path, keeping the set of places in the pattern that it may have reached. */
#include "glob.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

#define NOT_UTF8 0x110000u /* plus the byte */

enum {
	REACHED = 1, /* the path may have led here */
	ENTERED = 2, /* from the place before, not by staying at a star */
};

/* A flag per byte of the pattern, and one for its end. */
struct places {
	struct span pattern;
	unsigned char flags[GLOB_PATTERN_MAX + 1];
};

static uint32_t take(struct span *text)
{
	unsigned char byte = text->bytes[0];
	uint32_t character = text_next(text);

	return character == TEXT_INVALID ? NOT_UTF8 + byte : character;
}

static struct span rest_at(const struct places *places, size_t at)
{
	return (struct span){places->pattern.bytes + at, places->pattern.length - at};
}

static bool is_at(const struct places *places, size_t at, char wanted)
{
	return at < places->pattern.length && places->pattern.bytes[at] == wanted;
}

/* How many stars there are at AT: 0, 1, or 2 for any larger number too. */
static size_t stars_at(const struct places *places, size_t at)
{
	return is_at(places, at, '*') ? 1 + is_at(places, at + 1, '*') : 0;
}

/* Marks the place AT as reached, and those behind any stars that match nothing. */
static void enter(struct places *places, size_t at)
{
	size_t stars;

	while (!(places->flags[at] & ENTERED) && (stars = stars_at(places, at)) > 0) {
		places->flags[at] = REACHED | ENTERED;
		if (stars == 2 && is_at(places, at + 2, '/') && (at == 0 || is_at(places, at - 1, '/')))
			enter(places, at + 3);
		at += stars;
	}
	places->flags[at] = REACHED | ENTERED;
}

/* Takes a class, whose [ is off already, off PATTERN; *MATCHES if CHARACTER is in it. False, nothing taken, when it is no class. */
static bool take_class(struct span *pattern, uint32_t character, bool *matches)
{
	struct span rest = *pattern;
	bool negated = rest.length > 0 && (rest.bytes[0] == '!' || rest.bytes[0] == '^'), found = false, first = true;

	if (negated)
		take(&rest);
	for (; rest.length > 0 && (first || rest.bytes[0] != ']'); first = false) {
		uint32_t from = take(&rest), to = from;
		if (rest.length > 1 && rest.bytes[0] == '-' && rest.bytes[1] != ']') {
			take(&rest);
			to = take(&rest);
		}
		found |= from <= character && character <= to;
	}
	if (rest.length == 0)
		return false;
	take(&rest);
	*pattern = rest;
	*matches = found != negated && character != '/';
	return true;
}

/* Takes the part that matches one character off PATTERN: does it match CHARACTER? */
static bool take_token(struct span *pattern, uint32_t character)
{
	uint32_t wanted = take(pattern);
	bool matches;

	if (wanted == '?')
		return character != '/';
	if (wanted == '[' && take_class(pattern, character, &matches))
		return matches;
	if (wanted == '\\' && pattern->length > 0)
		wanted = take(pattern);
	return wanted == character;
}

static void advance(const struct places *from, struct places *to, uint32_t character)
{
	for (size_t at = 0; at < from->pattern.length; at++) {
		size_t stars = stars_at(from, at);
		if (!(from->flags[at] & REACHED))
			continue;
		if (stars > 0) {
			if (stars == 1 && character == '/')
				continue;
			to->flags[at] |= REACHED;
			enter(to, at + stars);
			continue;
		}
		struct span rest = rest_at(from, at);
		if (take_token(&rest, character))
			enter(to, from->pattern.length - rest.length);
	}
}

bool glob_match(struct span pattern, struct span path)
{
	struct places places[2];
	unsigned now = 0;

	assert(pattern.length <= GLOB_PATTERN_MAX);
	places[0].pattern = places[1].pattern = pattern;
	memset(places[0].flags, 0, pattern.length + 1);
	enter(&places[0], 0);
	while (path.length > 0) {
		memset(places[!now].flags, 0, pattern.length + 1);
		advance(&places[now], &places[!now], take(&path));
		now = !now;
	}
	return places[now].flags[pattern.length] & REACHED;
}
