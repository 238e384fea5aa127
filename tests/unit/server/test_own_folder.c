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

#include "scratch.h"

/* Makes the folder NAME. */
static int make_folder(const struct scratch *scratch, const char *name)
{
	assert_int_equal(mkdirat(scratch->folder, name, 0700), 0);
	int fd = openat(scratch->folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
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
	int mine = make_folder(scratch, "mine"), other = make_folder(scratch, "other");

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

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(what_lies_in_an_own_folder_is_known_whatever_led_there),
		IN_SCRATCH(files_that_others_may_read_need_no_closer_look),
		IN_SCRATCH(an_own_folder_is_known_by_device_and_inode),
		IN_SCRATCH(what_has_no_place_is_taken_for_our_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
