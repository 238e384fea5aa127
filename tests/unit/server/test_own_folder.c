/* Tests of ferryd's own folders: recognising them. */
/* Threat C17 of docs/security.md. */
#include "own_folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "scratch.h"

/* Makes the folder PATH. */
static int make_folder(const struct scratch *scratch, const char *path)
{
	assert_int_equal(mkdirat(scratch->folder, path, 0700), 0);
	int fd = openat(scratch->folder, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

static enum status hold(const struct own_folders *own, int folder, const char *path)
{
	int fd;
	enum status status = own_folders_hold_other(own, folder, span_of(path), &fd);

	if (status == STATUS_OK)
		close(fd);
	return status;
}

static void no_way_leads_into_an_own_folder_however_deep(void **state)
{
	static const char *const inside[] = {"mine", "mine/below", "mine/below/deep"};
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	int mine = make_folder(scratch, "mine");

	close(make_folder(scratch, "mine/below"));
	close(make_folder(scratch, "mine/below/deep"));
	close(make_folder(scratch, "other"));
	int before = scratch_next_descriptor();
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(hold(&own, scratch->folder, inside[i]), STATUS_OK);
	assert_int_equal(own_folders_add(&own, mine), STATUS_OK);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(hold(&own, scratch->folder, inside[i]), STATUS_NOT_FOUND);
	assert_int_equal(hold(&own, scratch->folder, ""), STATUS_OK);
	assert_int_equal(hold(&own, scratch->folder, "other"), STATUS_OK);
	assert_int_equal(renameat(scratch->folder, "mine", scratch->folder, "other/moved"), 0);
	assert_int_equal(hold(&own, scratch->folder, "other/moved/below"), STATUS_NOT_FOUND);
	assert_int_equal(hold(&own, scratch->folder, "mine/below"), STATUS_NOT_FOUND);
	assert_int_equal(scratch_next_descriptor(), before);
	close(mine);
}

/* With own folders the way is gone step by step, without them at once. */
static void what_is_no_way_is_the_same_with_and_without_them(void **state)
{
	static const struct {
		const char *path;
		enum status status;
	} ways[] = {{"file", STATUS_NOT_FOLDER}, {"file/below", STATUS_NOT_FOLDER}, {"nothing/below", STATUS_NOT_FOUND},
		{"link", STATUS_SYMLINK}, {"link/below", STATUS_SYMLINK}, {"folder", STATUS_OK}, {"folder/below", STATUS_OK}};
	struct scratch *scratch = *state;
	struct own_folders none = {.count = 0}, one = {.count = 0};
	int mine = make_folder(scratch, "mine");

	close(make_folder(scratch, "folder"));
	close(make_folder(scratch, "folder/below"));
	assert_int_equal(scratch_write(scratch->folder, "file", ""), 0);
	assert_int_equal(symlinkat("folder", scratch->folder, "link"), 0);
	assert_int_equal(own_folders_add(&one, mine), STATUS_OK);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		assert_int_equal(hold(&none, scratch->folder, ways[i].path), ways[i].status);
		assert_int_equal(hold(&one, scratch->folder, ways[i].path), ways[i].status);
	}
	close(mine);
}

static void what_is_or_holds_a_share_is_seen_from_there(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders none = {.count = 0}, own = {.count = 0};
	int mine = make_folder(scratch, "mine"), below = make_folder(scratch, "mine/below"), deep = make_folder(scratch, "mine/below/deep");
	int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int before = scratch_next_descriptor();

	assert_int_equal(own_folders_add(&own, mine), STATUS_OK);
	assert_int_equal(own_folders_are_above(&none, deep), STATUS_OK);
	assert_int_equal(own_folders_are_above(&own, deep), STATUS_EXISTS);
	assert_int_equal(own_folders_are_above(&own, below), STATUS_EXISTS);
	assert_int_equal(own_folders_are_above(&own, mine), STATUS_EXISTS);
	assert_int_equal(own_folders_are_above(&own, scratch->folder), STATUS_OK);
	assert_int_equal(own_folders_are_above(&own, root), STATUS_OK);
	assert_int_equal(scratch_next_descriptor(), before);
	close(root);
	close(deep);
	close(below);
	close(mine);
}

static void an_own_folder_is_known_by_device_and_inode(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	struct stat stat;
	int mine = make_folder(scratch, "mine");

	assert_int_equal(own_folders_add(&own, mine), STATUS_OK);
	assert_int_equal(fstat(scratch->folder, &stat), 0);
	assert_false(own_folders_are(&own, &stat));
	assert_int_equal(fstat(mine, &stat), 0);
	assert_true(own_folders_are(&own, &stat));
	stat.st_dev++;
	assert_false(own_folders_are(&own, &stat));
	close(mine);
}

static void an_own_folder_that_comes_later_is_known_by_its_path(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/new/mine", scratch->path);
	assert_int_equal(own_folders_expect(&own, path), STATUS_OK);
	close(make_folder(scratch, "new"));
	assert_int_equal(hold(&own, scratch->folder, "new"), STATUS_OK);
	for (int times = 0; times < 2; times++) {
		close(make_folder(scratch, "new/mine"));
		close(make_folder(scratch, "new/mine/below"));
		close(make_folder(scratch, "new/other"));
		assert_int_equal(hold(&own, scratch->folder, "new/mine"), STATUS_NOT_FOUND);
		assert_int_equal(hold(&own, scratch->folder, "new/mine/below"), STATUS_NOT_FOUND);
		assert_int_equal(hold(&own, scratch->folder, "new/other"), STATUS_OK);
		assert_int_equal(renameat(scratch->folder, "new", scratch->folder, times == 0 ? "first" : "second"), 0);
		close(make_folder(scratch, "new"));
	}
	own_folders_release(&own);
}

/* It is no folder then, and nothing else is hidden for it. */
static void a_file_in_the_place_of_an_own_folder_is_none(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	char path[PATH_MAX + 16];
	struct stat stat;

	snprintf(path, sizeof(path), "%s/mine", scratch->path);
	assert_int_equal(own_folders_expect(&own, path), STATUS_OK);
	assert_int_equal(scratch_write(scratch->folder, "mine", ""), 0);
	assert_int_equal(lstat(path, &stat), 0);
	assert_false(own_folders_are(&own, &stat));
	own_folders_release(&own);
}

static void one_folder_is_one_own_folder_however_often_it_is_added(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	int mine = make_folder(scratch, "mine");

	for (unsigned i = 0; i <= OWN_FOLDERS_MAX; i++)
		assert_int_equal(own_folders_add(&own, mine), STATUS_OK);
	assert_int_equal(own.count, 1);
	close(mine);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(no_way_leads_into_an_own_folder_however_deep),
		IN_SCRATCH(what_is_no_way_is_the_same_with_and_without_them),
		IN_SCRATCH(what_is_or_holds_a_share_is_seen_from_there),
		IN_SCRATCH(an_own_folder_is_known_by_device_and_inode),
		IN_SCRATCH(an_own_folder_that_comes_later_is_known_by_its_path),
		IN_SCRATCH(a_file_in_the_place_of_an_own_folder_is_none),
		IN_SCRATCH(one_folder_is_one_own_folder_however_often_it_is_added),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
