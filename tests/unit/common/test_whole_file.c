/* Tests of files that are read and replaced whole. */
#include "whole_file.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

static void assert_holds(int folder, const char *name, const char *expected)
{
	char *text;
	size_t length;

	assert_int_equal(whole_file_read(folder, name, 1000, WHOLE_FILE_ANYBODY, &text, &length), STATUS_OK);
	assert_int_equal(length, strlen(expected));
	assert_string_equal(text, expected);
	free(text);
}

static void what_is_written_is_read(void **state)
{
	struct scratch *scratch = *state;

	assert_int_equal(whole_file_replace(scratch->folder, "file", "one", 3), STATUS_OK);
	assert_holds(scratch->folder, "file", "one");
	assert_int_equal(whole_file_replace(scratch->folder, "file", "", 0), STATUS_OK);
	assert_holds(scratch->folder, "file", "");
}

static void what_is_written_is_the_owners_alone(void **state)
{
	struct scratch *scratch = *state;
	struct stat stat;
	char *text;
	size_t length;

	umask(0);
	assert_int_equal(whole_file_replace(scratch->folder, "secret", "one", 3), STATUS_OK);
	assert_int_equal(fstatat(scratch->folder, "secret", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 07777, 0600);
	assert_int_equal(whole_file_read(scratch->folder, "secret", 3, WHOLE_FILE_OWNER, &text, &length), STATUS_OK);
	free(text);
}

static void a_secret_that_others_may_touch_is_refused(void **state)
{
	static const mode_t modes[] = {0640, 0620, 0610, 0604, 0602, 0601};
	struct scratch *scratch = *state;
	char *text;
	size_t length;

	assert_int_equal(scratch_write(scratch->folder, "open", "text"), 0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		assert_int_equal(fchmodat(scratch->folder, "open", modes[i], 0), 0);
		assert_int_equal(whole_file_read(scratch->folder, "open", 10, WHOLE_FILE_OWNER, &text, &length), STATUS_REFUSED);
	}
}

static void a_file_longer_than_allowed_is_refused(void **state)
{
	struct scratch *scratch = *state;
	char *text;
	size_t length;

	assert_int_equal(scratch_write(scratch->folder, "long", "12345"), 0);
	assert_int_equal(whole_file_read(scratch->folder, "long", 4, WHOLE_FILE_ANYBODY, &text, &length), STATUS_TOO_LARGE);
	assert_int_equal(whole_file_read(scratch->folder, "long", 5, WHOLE_FILE_ANYBODY, &text, &length), STATUS_OK);
	free(text);
}

/* Its size is 0, as that of all such files, and it has more to give than is allowed. */
static void a_file_that_says_it_is_empty_is_not_believed(void **state)
{
	char *text;
	size_t length;

	(void)state;
	assert_int_equal(whole_file_read_path("/proc/self/maps", 100, &text, &length), STATUS_TOO_LARGE);
}

static void only_regular_files_are_read(void **state)
{
	struct scratch *scratch = *state;
	char *text;
	size_t length;

	assert_int_equal(mkfifoat(scratch->folder, "fifo", 0600), 0);
	assert_int_equal(mkdirat(scratch->folder, "folder", 0700), 0);
	assert_int_equal(symlinkat("long", scratch->folder, "link"), 0);
	assert_int_equal(whole_file_read(scratch->folder, "fifo", 9, WHOLE_FILE_ANYBODY, &text, &length), STATUS_NOT_REGULAR);
	assert_int_equal(whole_file_read(scratch->folder, "folder", 9, WHOLE_FILE_ANYBODY, &text, &length), STATUS_IS_FOLDER);
	assert_int_equal(whole_file_read(scratch->folder, "link", 9, WHOLE_FILE_ANYBODY, &text, &length), STATUS_SYMLINK);
	assert_int_equal(whole_file_read(scratch->folder, "none", 9, WHOLE_FILE_ANYBODY, &text, &length), STATUS_NOT_FOUND);
}

static void what_a_crash_left_beside_does_not_matter(void **state)
{
	struct scratch *scratch = *state;

	assert_int_equal(scratch_write(scratch->folder, ".file.new", "half of someth"), 0);
	assert_int_equal(whole_file_replace(scratch->folder, "file", "whole", 5), STATUS_OK);
	assert_holds(scratch->folder, "file", "whole");
	assert_int_equal(faccessat(scratch->folder, ".file.new", F_OK, 0), -1);
}

static void a_failed_replacement_leaves_the_file_as_it_was(void **state)
{
	struct scratch *scratch = *state;
	struct rlimit old, none;

	assert_int_equal(whole_file_replace(scratch->folder, "kept", "old", 3), STATUS_OK);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	none = (struct rlimit){.rlim_cur = 2, .rlim_max = old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	enum status status = whole_file_replace(scratch->folder, "kept", "new one", 7);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(status, STATUS_TOO_LARGE);
	assert_holds(scratch->folder, "kept", "old");
	assert_int_equal(faccessat(scratch->folder, ".kept.new", F_OK, 0), -1);
}

static void a_name_without_room_for_another_beside_it_is_refused(void **state)
{
	struct scratch *scratch = *state;
	char name[256];

	memset(name, 'n', sizeof(name));
	name[251] = '\0';
	assert_int_equal(whole_file_replace(scratch->folder, name, "x", 1), STATUS_NAME_TOO_LONG);
	name[250] = '\0';
	assert_int_equal(whole_file_replace(scratch->folder, name, "x", 1), STATUS_OK);
}

static void a_lock_is_held_until_it_is_closed(void **state)
{
	struct scratch *scratch = *state;
	int lock;

	assert_int_equal(whole_file_lock(scratch->folder, "file", &lock), STATUS_OK);
	int other = openat(scratch->folder, ".file.lock", O_RDWR | O_CLOEXEC);
	assert_true(other >= 0);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
	close(lock);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read),
		cmocka_unit_test(what_is_written_is_the_owners_alone),
		cmocka_unit_test(a_secret_that_others_may_touch_is_refused),
		cmocka_unit_test(a_file_longer_than_allowed_is_refused),
		cmocka_unit_test(a_file_that_says_it_is_empty_is_not_believed),
		cmocka_unit_test(only_regular_files_are_read),
		cmocka_unit_test(what_a_crash_left_beside_does_not_matter),
		cmocka_unit_test(a_failed_replacement_leaves_the_file_as_it_was),
		cmocka_unit_test(a_name_without_room_for_another_beside_it_is_refused),
		cmocka_unit_test(a_lock_is_held_until_it_is_closed),
	};

	return cmocka_run_group_tests(tests, scratch_setup, scratch_teardown);
}
