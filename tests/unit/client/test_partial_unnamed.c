/* Tests of partials without a name: what they have from the start, how they get their first name, what is left of them. */
#include "partial.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "beneath.h"
#include "forbid.h"
#include "scratch.h"

#define PARTIAL ".file.ferry-part"

static const struct file_time mtime = {.seconds = 1234567890, .nanoseconds = 987654321};

static int folder_of(void **state)
{
	return ((struct scratch *)*state)->folder;
}

/* One that is ready for its name; the file system of the test may know none. */
static struct partial open_and_finish(int folder, const char *text)
{
	struct partial partial = PARTIAL_CLOSED;
	enum status status = partial_open_unnamed(folder, "file", 0440, &partial);

	if (status == STATUS_UNSUPPORTED)
		skip();
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(partial_write(&partial, text, strlen(text), 0), STATUS_OK);
	assert_int_equal(partial_finish(&partial, strlen(text), 0440, &mtime), STATUS_OK);
	return partial;
}

static unsigned count_names(int folder)
{
	unsigned count = 0;
	DIR *directory = fdopendir(openat(folder, ".", O_RDONLY | O_DIRECTORY));

	assert_non_null(directory);
	for (const struct dirent *entry; (entry = readdir(directory));)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(directory);
	return count;
}

static void assert_holds(int folder, const char *text)
{
	char found[64] = "";
	int fd = openat(folder, "file", O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, found, sizeof(found) - 1) >= 0);
	assert_string_equal(found, text);
	close(fd);
}

static void it_has_no_name_until_it_is_whole(void **state)
{
	int folder = folder_of(state);
	struct stat stat;
	struct partial partial = open_and_finish(folder, "text");

	assert_int_equal(count_names(folder), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	partial_close(&partial);
	assert_int_equal(count_names(folder), 1);
	assert_holds(folder, "text");
	assert_int_equal(fstatat(folder, "file", &stat, 0), 0);
	assert_int_equal(stat.st_mode, S_IFREG | 0440);
	assert_int_equal(stat.st_mtim.tv_sec, mtime.seconds);
	assert_int_equal(stat.st_mtim.tv_nsec, mtime.nanoseconds);
}

static void nothing_is_left_of_one_that_is_given_up(void **state)
{
	struct partial partial = open_and_finish(folder_of(state), "text");

	assert_int_equal(partial_remove(&partial), STATUS_OK);
	partial_close(&partial);
	assert_int_equal(count_names(folder_of(state)), 0);
}

static void it_replaces_what_has_got_the_name_meanwhile(void **state)
{
	struct partial partial = open_and_finish(folder_of(state), "text");

	assert_int_equal(scratch_write(folder_of(state), "file", "other"), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	partial_close(&partial);
	assert_holds(folder_of(state), "text");
	assert_int_equal(count_names(folder_of(state)), 1);
}

static void it_yields_to_what_has_got_the_name_meanwhile(void **state)
{
	struct partial partial = open_and_finish(folder_of(state), "text");

	assert_int_equal(scratch_write(folder_of(state), "file", "other"), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_YIELDS), STATUS_EXISTS);
	partial_close(&partial);
	assert_holds(folder_of(state), "other");
	assert_int_equal(count_names(folder_of(state)), 1);
}

static void it_does_not_replace_while_another_holds_the_partial(void **state)
{
	int folder = folder_of(state);
	struct partial other, partial = open_and_finish(folder, "text");

	assert_int_equal(scratch_write(folder, "file", "older"), 0);
	assert_int_equal(partial_open(folder, "file", 0600, &other), STATUS_OK);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_BUSY);
	assert_holds(folder, "older");
	assert_int_equal(partial_write(&other, "others", 6, 0), STATUS_OK);
	assert_int_equal(partial_rename(&other, PARTIAL_REPLACES), STATUS_OK);
	partial_close(&other);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	partial_close(&partial);
	assert_holds(folder, "text");
}

static void a_partial_that_nobody_holds_makes_room(void **state)
{
	int folder = folder_of(state);
	struct partial partial = open_and_finish(folder, "text");

	assert_int_equal(scratch_write(folder, "file", "other"), 0);
	assert_int_equal(scratch_write(folder, PARTIAL, "stale"), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	partial_close(&partial);
	assert_holds(folder, "text");
	assert_int_equal(count_names(folder), 1);
}

static void what_is_no_partial_of_ours_makes_none(void **state)
{
	int folder = folder_of(state);
	struct partial partial = open_and_finish(folder, "text");

	assert_int_equal(scratch_write(folder, "file", "other"), 0);
	assert_int_equal(mkfifoat(folder, PARTIAL, 0600), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_NOT_REGULAR);
	assert_int_equal(unlinkat(folder, PARTIAL, 0), 0);
	assert_int_equal(linkat(folder, "file", folder, PARTIAL, 0), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_REFUSED);
	partial_close(&partial);
	assert_holds(folder, "other");
	assert_int_equal(count_names(folder), 2);
}

static void a_folder_is_not_replaced(void **state)
{
	struct partial partial = open_and_finish(folder_of(state), "text");

	assert_int_equal(mkdirat(folder_of(state), "file", 0700), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_IS_FOLDER);
	assert_int_equal(partial_remove(&partial), STATUS_OK);
	partial_close(&partial);
	assert_int_equal(count_names(folder_of(state)), 1);
}

/* Where openat2 is forbidden the folder itself is opened by other means, where linkat is, there is no name. */
static bool gets_its_name(const void *argument)
{
	int folder = *(const int *)argument;
	struct partial partial;

	if (partial_open_unnamed(folder, "file", 0600, &partial) != STATUS_OK)
		return false;
	bool right = partial_rename(&partial, PARTIAL_REPLACES) == STATUS_OK;
	partial_close(&partial);
	return right;
}

static void it_needs_no_openat2(void **state)
{
	int folder = folder_of(state);
	struct partial partial = open_and_finish(folder, "text");

	partial_close(&partial);
	assert_true(forbid_in_child(SYS_openat2, ENOSYS, gets_its_name, &folder));
	assert_int_equal(count_names(folder), 1);
}

/* Not even root may use the bare descriptor then: the name is given by way of /proc. */
static bool gets_its_name_unprivileged(const void *argument)
{
	return setgid(65534) == 0 && setuid(65534) == 0 && gets_its_name(argument);
}

static void it_needs_no_privilege(void **state)
{
	int folder = folder_of(state);
	struct partial partial = open_and_finish(folder, "text");

	partial_close(&partial);
	if (geteuid() != 0)
		skip();
	assert_int_equal(fchmod(folder, 0777), 0);
	/* Nobody forbids anything that it uses. */
	assert_true(forbid_in_child(SYS_acct, ENOSYS, gets_its_name_unprivileged, &folder));
	assert_int_equal(count_names(folder), 1);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(it_has_no_name_until_it_is_whole),
		IN_SCRATCH(nothing_is_left_of_one_that_is_given_up),
		IN_SCRATCH(it_replaces_what_has_got_the_name_meanwhile),
		IN_SCRATCH(it_yields_to_what_has_got_the_name_meanwhile),
		IN_SCRATCH(it_does_not_replace_while_another_holds_the_partial),
		IN_SCRATCH(a_partial_that_nobody_holds_makes_room),
		IN_SCRATCH(what_is_no_partial_of_ours_makes_none),
		IN_SCRATCH(a_folder_is_not_replaced),
		IN_SCRATCH(it_needs_no_openat2),
		IN_SCRATCH(it_needs_no_privilege),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
