/* Tests of private folders: finding and making them. */
#include "private_folder.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define PATH_SIZE (PATH_MAX + 64)

static enum status open_below(const struct scratch *scratch, const char *below, int *fd)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", scratch->path, below);
	return private_folder_open(path, fd);
}

static void assert_path(const char *expected)
{
	char *path = private_folder_path("XDG_CACHE_HOME", ".cache");

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
	assert_int_equal(private_folder_open("here", &fd), STATUS_OK);
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
	assert_int_equal(private_folder_open("", &fd), STATUS_INVALID);
	assert_int_equal(private_folder_open("/proc/version/x", &fd), STATUS_NOT_FOLDER);
	assert_int_equal(scratch_next_descriptor(), before);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_automatic_place_follows_xdg_and_home),
		IN_SCRATCH(what_is_missing_is_made_for_its_owner_alone),
		IN_SCRATCH(relative_paths_start_here),
		IN_SCRATCH(a_folder_that_is_there_stays_as_it_is),
		IN_SCRATCH(what_cannot_be_a_folder_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
