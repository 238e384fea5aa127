/* Tests of sources that land in one place, or within each other's. */
#include "overlap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* "PATH" names a file or folder, "PATH/" what a folder holds; DESTINATION may be NULL. */
struct place {
	const char *path, *destination;
};
#define PLACES_MAX 4

static void add(struct plan *plan, const struct place *place)
{
	char host[] = "host";
	size_t length = strlen(place->path);
	struct url url = {.host = host, .contents = length == 0 || place->path[length - 1] == '/'};
	struct plan_source *source;
	struct plan_node *taken;

	url.path = strndup(place->path, length > 0 && url.contents ? length - 1 : length);
	assert_int_equal(plan_add_source(plan, &url, place->destination, &source, &taken), STATUS_OK);
	free(url.path);
}

/* Of PLACES, up to the one without a path. */
static bool can_meet(const struct place places[PLACES_MAX])
{
	struct plan *plan;

	assert_int_equal(plan_new(&plan), STATUS_OK);
	for (size_t i = 0; i < PLACES_MAX && places[i].path; i++)
		add(plan, &places[i]);
	bool possible = overlap_is_possible(plan);
	plan_free(plan);
	return possible;
}

static void sources_of_different_names_are_apart(void **state)
{
	static const struct place apart[][PLACES_MAX] = {
		{{0}},
		{{"", NULL}},
		{{"music", NULL}, {"films", NULL}},
		{{"a", NULL}, {"ab", NULL}, {"a-b", NULL}},
		{{"x/", "one"}, {"y/", "two"}, {"z", "three/z"}},
		{{"a", "f/b"}, {"a", "f/c"}, {"a", "g"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++)
		assert_false(can_meet(apart[i]));
}

static void one_place_or_one_within_the_other_is_an_overlap(void **state)
{
	static const struct place overlapping[][PLACES_MAX] = {
		{{"one/x", NULL}, {"two/x", NULL}},
		{{"one/", NULL}, {"two/", NULL}},
		{{"one/", NULL}, {"x", NULL}},
		{{"x", NULL}, {"", NULL}},
		{{"one", "f"}, {"two/", "f/deep/below"}},
		/* Others stand between them. */
		{{"a", "f"}, {"b", "f-"}, {"c", "f0"}, {"d", "f/x"}},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(overlapping) / sizeof(overlapping[0]); i++)
		assert_true(can_meet(overlapping[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sources_of_different_names_are_apart),
		cmocka_unit_test(one_place_or_one_within_the_other_is_an_overlap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
