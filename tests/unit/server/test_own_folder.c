/* Tests of ferryd's own folders: finding, making and recognising them. */
#include "own_folder.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define PATH_SIZE (PATH_MAX + 64)

static int make_scratch(void **state)
{
	struct scratch *scratch = malloc(sizeof(*scratch));

	*state = scratch;
	return scratch ? scratch_make(scratch) : -1;
}

static int remove_scratch(void **state)
{
	int result = scratch_remove(*state);

	free(*state);
	return result;
}

static enum status open_below(const struct scratch *scratch, const char *below, int *fd)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", scratch->path, below);
	return own_folder_open(path, fd);
}

static void assert_path(const char *expected)
{
	char *path = own_folder_path("XDG_CACHE_HOME", ".cache");

	if (expected)
		assert_string_equal(path, expected);
	else
		assert_null(path);
	free(path);
}

static void the_automatic_place_follows_xdg_and_home(void **state)
{
	(void)state;
	assert_int_equal(setenv("HOME", "/home/me", 1) | setenv("XDG_CACHE_HOME", "/elsewhere", 1), 0);
	assert_path("/elsewhere/ferry");
	setenv("XDG_CACHE_HOME", "not/absolute", 1);
	assert_path("/home/me/.cache/ferry");
	unsetenv("XDG_CACHE_HOME");
	assert_path("/home/me/.cache/ferry");
	setenv("HOME", "", 1);
	assert_path(NULL);
	unsetenv("HOME");
	assert_path(NULL);
}

static void what_is_missing_is_made_for_its_owner_alone(void **state)
{
	static const char *const paths[] = {"one", "one/two/three//four/", "one/two", "five/six"};
	struct scratch *scratch = *state;
	struct stat stat;

	for (size_t i = 0; i < 4; i++) {
		int fd;
		assert_int_equal(open_below(scratch, paths[i], &fd), STATUS_OK);
		assert_int_equal(fstat(fd, &stat), 0);
		assert_int_equal(stat.st_mode, S_IFDIR | 0700);
		close(fd);
	}
	assert_int_equal(fstatat(scratch->folder, "five", &stat, 0), 0);
	assert_int_equal(stat.st_mode, S_IFDIR | 0700);
}

static void relative_paths_start_here(void **state)
{
	struct scratch *scratch = *state;
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	struct stat stat;

	assert_int_equal(fchdir(scratch->folder), 0);
	assert_int_equal(own_folder_open("here", &fd), STATUS_OK);
	close(fd);
	assert_int_equal(fstatat(scratch->folder, "here", &stat, 0), 0);
	assert_int_equal(fchdir(before), 0);
	close(before);
}

static void a_folder_that_is_there_stays_as_it_is(void **state)
{
	struct scratch *scratch = *state;
	struct stat stat;
	int fd;

	assert_int_equal(mkdirat(scratch->folder, "mine", 0755) | fchmodat(scratch->folder, "mine", 0755, 0), 0);
	assert_int_equal(symlinkat("mine", scratch->folder, "link"), 0);
	assert_int_equal(open_below(scratch, "link", &fd), STATUS_OK);
	assert_int_equal(fstat(fd, &stat), 0);
	assert_int_equal(stat.st_mode, S_IFDIR | 0755);
	close(fd);
}

static void what_cannot_be_a_folder_is_refused(void **state)
{
	struct scratch *scratch = *state;
	int before = scratch_next_descriptor(), fd;

	assert_int_equal(scratch_write(scratch->folder, "file", "text"), 0);
	assert_int_equal(symlinkat("nowhere", scratch->folder, "dangling"), 0);
	assert_int_equal(open_below(scratch, "file", &fd), STATUS_NOT_FOLDER);
	assert_int_equal(open_below(scratch, "file/below", &fd), STATUS_NOT_FOLDER);
	assert_int_equal(open_below(scratch, "dangling", &fd), STATUS_SYMLINK);
	assert_int_equal(open_below(scratch, "missing/../other", &fd), STATUS_INVALID);
	assert_int_equal(own_folder_open("", &fd), STATUS_INVALID);
	assert_int_equal(own_folder_open("/proc/version/x", &fd), STATUS_NOT_FOLDER);
	assert_int_equal(scratch_next_descriptor(), before);
}

static int open_at(int folder, const char *path, int flags)
{
	int fd = openat(folder, path, flags | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

/* MODE is that of the file PATH in the fixture's folder, made first; true when it is taken for one of our own. */
static bool is_own(const struct own_folders *own, int folder, const char *path, mode_t mode)
{
	struct stat stat;
	int fd = open_at(folder, path, O_RDWR | O_CREAT);

	assert_int_equal(fchmod(fd, mode) | fstat(fd, &stat), 0);
	bool held = own_folders_may_hold(own, &stat) && own_folders_hold(own, fd);
	close(fd);
	return held;
}

static void what_lies_in_an_own_folder_is_known_whatever_led_there(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	int mine, other;

	assert_int_equal(open_below(scratch, "mine", &mine), STATUS_OK);
	assert_int_equal(open_below(scratch, "other", &other), STATUS_OK);
	assert_false(is_own(&own, mine, "entry", 0600));
	assert_int_equal(own_folders_add(&own, mine), STATUS_OK);
	assert_int_equal(symlinkat("mine/entry", scratch->folder, "link"), 0);
	assert_int_equal(symlinkat("mine", scratch->folder, "way"), 0);
	assert_true(is_own(&own, mine, "entry", 0600));
	assert_true(is_own(&own, scratch->folder, "link", 0600));
	assert_true(is_own(&own, scratch->folder, "way/entry", 0400));
	assert_true(is_own(&own, scratch->folder, "mine/../mine/entry", 0));
	assert_false(is_own(&own, other, "entry", 0600));
	assert_false(is_own(&own, scratch->folder, "entry", 0600));
	assert_int_equal(renameat(scratch->folder, "mine", other, "moved"), 0);
	assert_true(is_own(&own, other, "moved/entry", 0600));
	close(mine);
	close(other);
}

static void files_that_others_may_read_need_no_closer_look(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0604, 0601, 0620};
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};

	assert_int_equal(own_folders_add(&own, scratch->folder), STATUS_OK);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		assert_false(is_own(&own, scratch->folder, "file", modes[i]));
	assert_true(is_own(&own, scratch->folder, "file", 0600));
}

static void an_own_folder_is_known_by_device_and_inode(void **state)
{
	struct scratch *scratch = *state;
	struct own_folders own = {.count = 0};
	struct stat stat;
	int mine;

	assert_int_equal(open_below(scratch, "mine", &mine), STATUS_OK);
	assert_int_equal(own_folders_add(&own, mine), STATUS_OK);
	assert_int_equal(fstat(scratch->folder, &stat), 0);
	assert_false(own_folders_are(&own, &stat));
	assert_int_equal(fstat(mine, &stat), 0);
	assert_true(own_folders_are(&own, &stat));
	stat.st_dev++;
	assert_false(own_folders_are(&own, &stat));
	close(mine);
}

static void what_has_no_place_is_taken_for_our_own(void **state)
{
	struct own_folders own = {.count = 0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(own_folders_hold(&own, ends[0]));
	assert_true(own_folders_hold(&own, -1));
	close(ends[0]);
	close(ends[1]);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_scratch, remove_scratch)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_automatic_place_follows_xdg_and_home),
		IN_SCRATCH(what_is_missing_is_made_for_its_owner_alone),
		IN_SCRATCH(relative_paths_start_here),
		IN_SCRATCH(a_folder_that_is_there_stays_as_it_is),
		IN_SCRATCH(what_cannot_be_a_folder_is_refused),
		IN_SCRATCH(what_lies_in_an_own_folder_is_known_whatever_led_there),
		IN_SCRATCH(files_that_others_may_read_need_no_closer_look),
		IN_SCRATCH(an_own_folder_is_known_by_device_and_inode),
		IN_SCRATCH(what_has_no_place_is_taken_for_our_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
