/* Collects ranges, joins neighbours, and writes them as text. */
#include "ranges.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define RANGE_TEXT_MAX 50 /* ", ", two numbers and their hyphen, and ", ..." behind them */

enum status ranges_add(struct ranges *ranges, uint64_t first, uint64_t last)
{
	if (ranges->count > 0 && ranges->items[ranges->count - 1].last + 1 == first) {
		ranges->items[ranges->count - 1].last = last;
		return STATUS_OK;
	}
	if (ranges->count == ranges->room) {
		size_t room = ranges->room ? 2 * ranges->room : 16;
		struct range *items = realloc(ranges->items, room * sizeof items[0]);
		if (!items)
			return STATUS_NO_MEMORY;
		ranges->items = items;
		ranges->room = room;
	}
	ranges->items[ranges->count++] = (struct range){first, last};
	return STATUS_OK;
}

void ranges_release(struct ranges *ranges)
{
	free(ranges->items);
	*ranges = (struct ranges){0};
}

char *ranges_text(const struct ranges *ranges, char out[RANGES_TEXT_SIZE])
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ranges->count; i++) {
		const struct range *range = &ranges->items[i];
		const char *comma = i > 0 ? ", " : "";
		if (used + RANGE_TEXT_MAX > RANGES_TEXT_SIZE) {
			snprintf(out + used, RANGES_TEXT_SIZE - used, ", ...");
			break;
		}
		if (range->first == range->last)
			used += (size_t)snprintf(out + used, RANGES_TEXT_SIZE - used, "%s%" PRIu64, comma, range->first);
		else
			used += (size_t)snprintf(out + used, RANGES_TEXT_SIZE - used, "%s%" PRIu64 "-%" PRIu64, comma, range->first, range->last);
	}
	return out;
}
