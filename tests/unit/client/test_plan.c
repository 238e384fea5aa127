/* Tests of plans: the tree of the destination, names that are taken, and the three paths of a file. */
/* Threats S3 and S9 of docs/security.md. */
#include "plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plan_root.h"

static struct plan *make_plan(void)
{
	struct plan *plan = NULL;

	assert_int_equal(plan_new(&plan), STATUS_OK);
	return plan;
}

static struct plan_source *add_source(struct plan *plan, const char *path)
{
	char host[] = "host";
	const struct url url = {.host = host, .path = strdup(path)};
	struct plan_source *source = NULL;
	struct plan_node *taken = NULL;

	assert_int_equal(plan_add_source(plan, &url, NULL, &source, &taken), STATUS_OK);
	free(url.path);
	return source;
}

static struct plan_entry entry_of(const struct plan_source *source, struct plan_folder *parent, const char *name)
{
	return (struct plan_entry){.source = source, .parent = parent, .name = span_of(name)};
}

static struct plan_folder *add_folder(struct plan *plan, const struct plan_source *source, struct plan_folder *parent, const char *name)
{
	struct plan_folder *folder = NULL;
	struct plan_node *taken = NULL;
	const struct plan_entry entry = entry_of(source, parent, name);

	assert_int_equal(plan_add_folder(plan, &entry, &folder, &taken), STATUS_OK);
	return folder;
}

static struct plan_file *add_file(struct plan *plan, const struct plan_source *source, struct plan_folder *parent, const char *name)
{
	struct plan_file *file = NULL;
	struct plan_node *taken = NULL;
	const struct plan_entry entry = entry_of(source, parent, name);

	assert_int_equal(plan_add_file(plan, &entry, &file, &taken), STATUS_OK);
	return file;
}

static void a_listed_file_has_three_paths(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *source = add_source(plan, "share/music");
	char path[PLAN_PATH_SIZE];

	(void)state;
	source->base = add_folder(plan, source, plan_root(plan), "music");
	struct plan_file *file = add_file(plan, source, add_folder(plan, source, source->base, "live"), "a");
	assert_string_equal(plan_landing(&file->node, path), "music/live/a");
	assert_string_equal(plan_below(&file->node, path), "live/a");
	assert_string_equal(plan_request_path(&file->node, path), "share/music/live/a");
	assert_string_equal(plan_below(&source->base->node, path), "");
	assert_string_equal(plan_landing(&plan_root(plan)->node, path), "");
	plan_free(plan);
}

static void a_lone_file_may_land_under_another_name(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *source = add_source(plan, "share/a");
	struct plan_entry entry = entry_of(source, plan_root(plan), "b");
	struct plan_file *file;
	struct plan_node *taken;
	char path[PLAN_PATH_SIZE];

	(void)state;
	entry.named_by_url = true;
	assert_int_equal(plan_add_file(plan, &entry, &file, &taken), STATUS_OK);
	assert_string_equal(plan_landing(&file->node, path), "b");
	assert_string_equal(plan_below(&file->node, path), "");
	assert_string_equal(plan_request_path(&file->node, path), "share/a");
	plan_free(plan);
}

static void a_name_is_taken_only_once(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *one = add_source(plan, "one"), *other = add_source(plan, "other");
	struct plan_file *first = add_file(plan, one, plan_root(plan), "x"), *file;
	struct plan_folder *folder = add_folder(plan, one, plan_root(plan), "f"), *same = NULL;
	struct plan_node *taken = NULL;
	struct plan_entry x = entry_of(other, plan_root(plan), "x"), f = entry_of(other, plan_root(plan), "f");

	(void)state;
	assert_int_equal(plan_add_file(plan, &x, &file, &taken), STATUS_EXISTS);
	assert_ptr_equal(taken, &first->node);
	assert_int_equal(plan_add_folder(plan, &x, &same, &taken), STATUS_EXISTS);
	assert_int_equal(plan_add_file(plan, &f, &file, &taken), STATUS_EXISTS);
	assert_ptr_equal(taken, &folder->node);
	assert_int_equal(plan_add_folder(plan, &f, &same, &taken), STATUS_OK);
	assert_ptr_equal(same, folder);
	assert_ptr_equal(same->node.source, one);
	x.parent = folder;
	assert_int_equal(plan_add_file(plan, &x, &file, &taken), STATUS_OK);
	plan_free(plan);
}

static void folders_are_found_by_their_path(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *source = add_source(plan, "");
	struct plan_folder *a = add_folder(plan, source, plan_root(plan), "a"), *b = add_folder(plan, source, a, "b");
	struct plan_file *file = add_file(plan, source, b, "file");
	const struct plan_node *instead;

	(void)state;
	assert_ptr_equal(plan_find_folder(plan, plan_root(plan), span_of(""), &instead), plan_root(plan));
	assert_ptr_equal(plan_find_folder(plan, plan_root(plan), span_of("a/b"), &instead), b);
	assert_ptr_equal(plan_find_folder(plan, a, span_of("b"), &instead), b);
	assert_null(plan_find_folder(plan, plan_root(plan), span_of("a/c"), &instead));
	assert_null(instead);
	assert_null(plan_find_folder(plan, plan_root(plan), span_of("a/b/file"), &instead));
	assert_ptr_equal(instead, &file->node);
	assert_null(plan_find_folder(plan, plan_root(plan), span_of("a/b/file/deep/below"), &instead));
	assert_ptr_equal(instead, &file->node);
	assert_null(plan_find_folder(plan, plan_root(plan), span_of("c/b"), &instead));
	plan_free(plan);
}

static void folders_are_listed_children_first(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *source = add_source(plan, "");
	struct plan_folder *a = add_folder(plan, source, plan_root(plan), "a"), *b = add_folder(plan, source, a, "b");

	(void)state;
	assert_ptr_equal(plan_folders(plan), b);
	assert_ptr_equal(b->older, a);
	assert_ptr_equal(a->older, plan_root(plan));
	assert_null(plan_root(plan)->older);
	plan_free(plan);
}

static void a_path_that_gets_too_long_is_refused(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *source = add_source(plan, "");
	struct plan_folder *folder = plan_root(plan);
	struct plan_node *taken;
	struct plan_file *file;
	char name[256], path[PLAN_PATH_SIZE];

	(void)state;
	memset(name, 'n', 255);
	name[255] = '\0';
	for (int depth = 0; depth < 15; depth++)
		folder = add_folder(plan, source, folder, name);
	struct plan_entry longest = entry_of(source, folder, name);
	assert_int_equal(plan_add_file(plan, &longest, &file, &taken), STATUS_OK);
	assert_int_equal(strlen(plan_landing(&file->node, path)), PATH_LENGTH_MAX);
	struct plan_entry longer = entry_of(source, add_folder(plan, source, folder, "m"), name);
	assert_int_equal(plan_add_file(plan, &longer, &file, &taken), STATUS_NAME_TOO_LONG);
	plan_free(plan);
}

static void thousands_of_names_are_all_found_again(void **state)
{
	struct plan *plan = make_plan();
	struct plan_source *source = add_source(plan, "");
	struct plan_folder *folder = NULL;
	const struct plan_node *instead;
	struct plan_node *taken;
	struct plan_file *file;
	char name[32];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		if (i % 100 == 0)
			folder = add_folder(plan, source, plan_root(plan), name);
		add_file(plan, source, folder, name);
	}
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "%d", i / 100 * 100);
		folder = plan_find_folder(plan, plan_root(plan), span_of(name), &instead);
		assert_non_null(folder);
		snprintf(name, sizeof(name), "%d", i);
		const struct plan_entry entry = entry_of(source, folder, name);
		assert_int_equal(plan_add_file(plan, &entry, &file, &taken), STATUS_EXISTS);
		assert_string_equal(plan_name(taken), name);
	}
	plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listed_file_has_three_paths),
		cmocka_unit_test(a_lone_file_may_land_under_another_name),
		cmocka_unit_test(a_name_is_taken_only_once),
		cmocka_unit_test(folders_are_found_by_their_path),
		cmocka_unit_test(folders_are_listed_children_first),
		cmocka_unit_test(a_path_that_gets_too_long_is_refused),
		cmocka_unit_test(thousands_of_names_are_all_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
