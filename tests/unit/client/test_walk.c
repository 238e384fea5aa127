/* Tests of walks: what is visited by which path, what is told, and that a walk ends where nobody wants more. */
#include "walk.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

/* The names of what was visited, sorted. */
struct seen {
	char *paths[80];
	size_t count;
	size_t enough;
	bool over;
	enum status failed;
	size_t failed_depth;
};

static void visit(struct walk *walk, int folder, const char *name)
{
	struct seen *seen = walk->context;
	struct stat stat;

	assert_true(seen->count < sizeof(seen->paths) / sizeof(seen->paths[0]));
	seen->paths[seen->count++] = strdup(walk->below);
	seen->over = seen->count == seen->enough;
	assert_int_equal(fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW), 0);
	if (S_ISDIR(stat.st_mode))
		walk_folder(walk, openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static void note(struct walk *walk, enum status status)
{
	struct seen *seen = walk->context;

	seen->failed = status;
	seen->failed_depth = path_depth(span_of(walk->below));
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct walk walk_through(const struct scratch *scratch, struct seen *seen)
{
	struct walk walk = {.context = seen, .visit = visit, .fail = note, .over = &seen->over};

	walk_folder(&walk, openat(scratch->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	qsort(seen->paths, seen->count, sizeof(seen->paths[0]), compare);
	return walk;
}

static void forget(struct seen *seen)
{
	for (size_t i = 0; i < seen->count; i++)
		free(seen->paths[i]);
}

static void make_tree(const struct scratch *scratch)
{
	assert_int_equal(mkdirat(scratch->folder, "a", 0700), 0);
	assert_int_equal(mkdirat(scratch->folder, "a/b", 0700), 0);
	assert_int_equal(mkdirat(scratch->folder, "empty", 0700), 0);
	assert_int_equal(symlinkat("a", scratch->folder, "link"), 0);
	assert_int_equal(scratch_write(scratch->folder, "a/b/.file", ""), 0);
	assert_int_equal(scratch_write(scratch->folder, "z", ""), 0);
}

static void every_name_is_visited_by_its_whole_path(void **state)
{
	static const char *const wanted[] = {"a", "a/b", "a/b/.file", "empty", "link", "z"};
	struct scratch *scratch = *state;
	struct seen seen = {.failed = STATUS_OK};

	make_tree(scratch);
	int next = scratch_next_descriptor();
	struct walk walk = walk_through(scratch, &seen);
	assert_int_equal(scratch_next_descriptor(), next);
	assert_int_equal(seen.count, sizeof(wanted) / sizeof(wanted[0]));
	for (size_t i = 0; i < seen.count; i++)
		assert_string_equal(seen.paths[i], wanted[i]);
	assert_int_equal(seen.failed, STATUS_OK);
	assert_string_equal(walk.below, "");
	forget(&seen);
}

static void a_walk_ends_where_nobody_wants_more(void **state)
{
	struct scratch *scratch = *state;
	struct seen seen = {.enough = 3};

	make_tree(scratch);
	int next = scratch_next_descriptor();
	walk_through(scratch, &seen);
	assert_int_equal(seen.count, 3);
	assert_int_equal(seen.failed, STATUS_OK);
	assert_int_equal(scratch_next_descriptor(), next);
	forget(&seen);
}

static void what_is_no_folder_is_told(void **state)
{
	struct scratch *scratch = *state;
	struct seen seen = {.failed = STATUS_OK};
	struct walk walk = {.context = &seen, .visit = visit, .fail = note, .over = &seen.over};

	assert_int_equal(scratch_write(scratch->folder, "file", ""), 0);
	int next = scratch_next_descriptor();
	walk_folder(&walk, openat(scratch->folder, "file", O_RDONLY | O_CLOEXEC));
	assert_int_equal(seen.failed, STATUS_NOT_FOLDER);
	assert_int_equal(scratch_next_descriptor(), next);
}

static void a_tree_deeper_than_a_path_may_be_is_told_and_left(void **state)
{
	struct scratch *scratch = *state;
	struct seen seen = {.failed = STATUS_OK};
	char path[2 * (PATH_DEPTH_MAX + 3)] = "";

	for (size_t i = 0; i < PATH_DEPTH_MAX + 2; i++) {
		strcat(path, i > 0 ? "/d" : "d");
		assert_int_equal(mkdirat(scratch->folder, path, 0700), 0);
	}
	walk_through(scratch, &seen);
	assert_int_equal(seen.count, PATH_DEPTH_MAX);
	assert_int_equal(seen.failed, STATUS_LIMIT);
	assert_int_equal(seen.failed_depth, PATH_DEPTH_MAX);
	forget(&seen);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_name_is_visited_by_its_whole_path),
		CASE(a_walk_ends_where_nobody_wants_more),
		CASE(what_is_no_folder_is_told),
		CASE(a_tree_deeper_than_a_path_may_be_is_told_and_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
