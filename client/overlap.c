/* Compares the places of sources as texts: that of a folder is a prefix of the places in it. */
#include "overlap.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define SHOWN_SIZE 200

/* "a/b/", or nothing for the destination itself; NULL without memory. */
static char *place_of(const struct plan_source *source)
{
	char landing[PLAN_PATH_SIZE], place[PLAN_PATH_SIZE + 1];
	struct span path = span_of(plan_landing(&source->parent->node, landing));

	/* A path that gets too long is refused when its listing comes: here its parent folder is compared instead. */
	if (!source->url.contents && path_join(place, path, span_of(source->name)) == STATUS_OK)
		path = span_of(place);
	char *text = malloc(path.length + 2);
	if (!text)
		return NULL;
	memcpy(text, path.bytes, path.length);
	memcpy(text + path.length, "/", 2);
	if (path.length == 0)
		*text = '\0';
	return text;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, a text is directly followed by the texts that it is a prefix of: comparing neighbours is enough. */
static bool some_begins_next(char **places, size_t count)
{
	qsort(places, count, sizeof(places[0]), compare);
	for (size_t i = 1; i < count; i++) {
		if (strncmp(places[i - 1], places[i], strlen(places[i - 1])) == 0)
			return true;
	}
	return false;
}

bool overlap_is_possible(struct plan *plan)
{
	bool possible = true;
	size_t count = 0, placed = 0;

	for (const struct plan_source *source = plan_sources(plan); source; source = source->next)
		count++;
	char **places = calloc(count + 1, sizeof(places[0]));
	for (const struct plan_source *source = plan_sources(plan); places && source; source = source->next) {
		places[placed] = place_of(source);
		if (!places[placed])
			break;
		placed++;
	}
	if (places && placed == count)
		possible = some_begins_next(places, count);
	while (placed > 0)
		free(places[--placed]);
	free(places);
	return possible;
}

void overlap_tell(struct report *report, const struct plan_node *taken, const struct url *url, struct span below)
{
	char taken_below[PLAN_PATH_SIZE], landing[PLAN_PATH_SIZE], shown[SHOWN_SIZE];
	struct failure failure;
	/* A folder without attributes was only made for the source below it: that source's URL has to do. */
	bool folder = taken->kind == PLAN_FOLDER && !taken->attributes_known;
	char *first = url_text(&taken->source->url, span_of(folder ? "" : plan_below(taken, taken_below)));
	char *second = url_text(url, below);

	failure_set(&failure, FAILURE_USAGE, STATUS_EXISTS, "%.200s and %.200s would both be written to %.150s", first ? first : "a URL",
		second ? second : "another", text_escape(shown, sizeof(shown), span_of(plan_landing(taken, landing))));
	free(first);
	free(second);
	report_failure(report, &failure);
}
