/* Tests of partials: their names, who gets the lock, what is refused, and the way to the final name. */
/* Threats S5 and S6 of docs/security.md. */
#include "partial.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"
#include "scratch.h"

#define PARTIAL ".file.ferry-part"

static int folder_of(void **state)
{
	return ((struct scratch *)*state)->folder;
}

static struct partial open_partial(int folder)
{
	struct partial partial = PARTIAL_CLOSED;

	assert_int_equal(partial_open(folder, "file", 0600, &partial), STATUS_OK);
	return partial;
}

static bool exists(int folder, const char *name)
{
	struct stat stat;

	return fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
}

static off_t size_of(int folder, const char *name)
{
	struct stat stat;

	assert_int_equal(fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW), 0);
	return stat.st_size;
}

/* --- Names --------------------------------------------------------------------------------------------------------- */

static void a_partial_is_named_after_its_file(void **state)
{
	char name[PARTIAL_NAME_SIZE];

	(void)state;
	assert_string_equal(partial_name("file", name), PARTIAL);
}

/* COUNT times FILLER, then END. */
static void make_long(char *out, const char *filler, size_t count, const char *end)
{
	size_t length = strlen(filler);

	for (size_t i = 0; i < count; i++)
		memcpy(out + i * length, filler, length);
	memcpy(out + count * length, end, strlen(end) + 1);
}

static void long_names_are_cut_and_stay_apart(void **state)
{
	char one[300], other[300], partial[PARTIAL_NAME_SIZE], other_partial[PARTIAL_NAME_SIZE];

	(void)state;
	for (size_t length = 240; length <= 254; length++) {
		make_long(one, "a", length, "x");
		make_long(other, "a", length, "y");
		partial_name(one, partial);
		partial_name(other, other_partial);
		assert_true(strlen(partial) <= 255);
		assert_string_not_equal(partial, other_partial);
		assert_string_equal(partial + strlen(partial) - strlen(".ferry-part"), ".ferry-part");
	}
}

static void long_names_are_not_cut_inside_a_character(void **state)
{
	char name[300], partial[PARTIAL_NAME_SIZE];

	(void)state;
	for (size_t extra = 0; extra < 3; extra++) {
		make_long(name, "\xe2\x82\xac", 82, "aaa" + extra);
		partial_name(name, partial);
		char *cut = strchr(partial, '~');
		assert_non_null(cut);
		assert_int_equal((unsigned char)cut[-1], 0xac);
		assert_int_equal((cut - partial - 1) % 3, 0);
	}
}

static void a_name_that_may_be_a_partials_is_known(void **state)
{
	char partial[PARTIAL_NAME_SIZE], longest[256];

	(void)state;
	memset(longest, 'x', 255);
	longest[255] = '\0';
	assert_true(partial_is_name(partial_name("x", partial)));
	assert_true(partial_is_name(partial_name(longest, partial)));
	assert_true(partial_is_name(partial_name(".x.ferry-part", partial)));
	assert_true(partial_is_name(".x.FERRY-Part"));
	assert_false(partial_is_name("x"));
	assert_false(partial_is_name("x.ferry-part"));
	assert_false(partial_is_name(".x.ferry-part."));
	assert_false(partial_is_name(".ferry-part"));
	assert_false(partial_is_name("."));
}

/* --- Opening ------------------------------------------------------------------------------------------------------- */

static void a_new_partial_is_empty_and_private(void **state)
{
	struct stat stat;
	struct partial partial = open_partial(folder_of(state));

	assert_true(partial_is_open(&partial));
	assert_int_equal(fstatat(folder_of(state), PARTIAL, &stat, 0), 0);
	assert_int_equal(stat.st_size, 0);
	assert_int_equal(stat.st_mode & 07777, 0600);
	partial_close(&partial);
	assert_false(partial_is_open(&partial));
	partial_close(&partial);
}

static void what_a_partial_holds_is_left_as_it_is(void **state)
{
	uint64_t size;

	assert_int_equal(scratch_write(folder_of(state), PARTIAL, "bytes"), 0);
	struct partial partial = open_partial(folder_of(state));
	assert_int_equal(partial_size(&partial, &size), STATUS_OK);
	assert_int_equal(size, 5);
	partial_close(&partial);
}

static void a_second_one_is_busy_until_the_first_closes(void **state)
{
	struct partial first = open_partial(folder_of(state));
	struct partial second = PARTIAL_CLOSED;

	assert_int_equal(partial_open(folder_of(state), "file", 0600, &second), STATUS_BUSY);
	assert_false(partial_is_open(&second));
	partial_close(&first);
	assert_int_equal(partial_open(folder_of(state), "file", 0600, &second), STATUS_OK);
	partial_close(&second);
}

static void what_is_no_plain_file_of_ours_is_refused(void **state)
{
	int folder = folder_of(state);
	struct partial partial = PARTIAL_CLOSED;

	assert_int_equal(mkfifoat(folder, PARTIAL, 0600), 0);
	assert_int_equal(partial_open(folder, "file", 0600, &partial), STATUS_NOT_REGULAR);
	assert_int_equal(unlinkat(folder, PARTIAL, 0), 0);

	assert_int_equal(scratch_write(folder, "other", "other"), 0);
	assert_int_equal(symlinkat("other", folder, PARTIAL), 0);
	assert_int_equal(partial_open(folder, "file", 0600, &partial), STATUS_SYMLINK);
	assert_int_equal(unlinkat(folder, PARTIAL, 0), 0);

	assert_int_equal(linkat(folder, "other", folder, PARTIAL, 0), 0);
	assert_int_equal(partial_open(folder, "file", 0600, &partial), STATUS_REFUSED);
	assert_false(partial_is_open(&partial));
	assert_int_equal(size_of(folder, "other"), 5);
}

static void a_folder_that_is_gone_is_not_found(void **state)
{
	struct partial partial = PARTIAL_CLOSED;
	int folder = folder_of(state);

	assert_int_equal(mkdirat(folder, "gone", 0700), 0);
	int gone = openat(folder, "gone", O_RDONLY | O_DIRECTORY);
	assert_int_equal(unlinkat(folder, "gone", AT_REMOVEDIR), 0);
	assert_int_equal(partial_open(gone, "file", 0600, &partial), STATUS_NOT_FOUND);
	close(gone);
}

/* --- Waiting ------------------------------------------------------------------------------------------------------- */

static void waiting_ends_at_its_deadline(void **state)
{
	struct partial holder = open_partial(folder_of(state));

	assert_int_equal(partial_await(folder_of(state), "file", -1, clock_now() + 30 * CLOCK_MS), STATUS_TIMEOUT);
	partial_close(&holder);
}

static void waiting_ends_when_the_run_is_interrupted(void **state)
{
	struct partial holder = open_partial(folder_of(state));
	int stop = eventfd(1, EFD_CLOEXEC);

	assert_int_equal(partial_await(folder_of(state), "file", stop, CLOCK_NEVER), STATUS_INTERRUPTED);
	close(stop);
	partial_close(&holder);
}

static void nobody_waits_for_what_is_not_locked(void **state)
{
	assert_int_equal(partial_await(folder_of(state), "file", -1, CLOCK_NEVER), STATUS_OK);
	assert_int_equal(scratch_write(folder_of(state), PARTIAL, ""), 0);
	assert_int_equal(partial_await(folder_of(state), "file", -1, CLOCK_NEVER), STATUS_OK);
}

/* --- Filling and finishing ----------------------------------------------------------------------------------------- */

static void bytes_land_where_they_belong(void **state)
{
	char found[9] = "";
	struct partial partial = open_partial(folder_of(state));

	assert_int_equal(partial_reserve(&partial, 0, 8), STATUS_OK);
	assert_int_equal(partial_write(&partial, "5678", 4, 4), STATUS_OK);
	assert_int_equal(partial_write(&partial, "1234", 4, 0), STATUS_OK);
	assert_int_equal(pread(partial.fd, found, 8, 0), 8);
	assert_string_equal(found, "12345678");
	partial_close(&partial);
}

static void a_finished_file_has_size_mode_and_time_and_then_its_name(void **state)
{
	const struct file_time time = {.seconds = -5, .nanoseconds = 123456789};
	struct stat stat;
	struct partial partial = open_partial(folder_of(state));

	assert_int_equal(scratch_write(folder_of(state), "file", "the older one"), 0);
	assert_int_equal(partial_write(&partial, "too long", 8, 0), STATUS_OK);
	assert_int_equal(partial_finish(&partial, 3, 0640, &time), STATUS_OK);
	assert_int_equal(partial_sync(&partial), STATUS_OK);
	assert_int_equal(size_of(folder_of(state), "file"), 13);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	assert_int_equal(fstatat(folder_of(state), "file", &stat, 0), 0);
	assert_int_equal(stat.st_size, 3);
	assert_int_equal(stat.st_mode & 07777, 0640);
	assert_true(stat.st_mtim.tv_sec == -5 && stat.st_mtim.tv_nsec == 123456789);
	assert_false(exists(folder_of(state), PARTIAL));
	partial_close(&partial);
}

static void one_that_yields_replaces_nothing(void **state)
{
	struct partial partial = open_partial(folder_of(state));

	assert_int_equal(symlinkat("nowhere", folder_of(state), "file"), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_YIELDS), STATUS_EXISTS);
	assert_true(exists(folder_of(state), PARTIAL));
	assert_int_equal(unlinkat(folder_of(state), "file", 0), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_YIELDS), STATUS_OK);
	assert_false(exists(folder_of(state), PARTIAL));
	partial_close(&partial);
}

static void the_lock_outlasts_the_renaming(void **state)
{
	struct partial partial = open_partial(folder_of(state));
	int renamed;

	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	renamed = openat(folder_of(state), "file", O_RDONLY);
	assert_true(renamed >= 0);
	assert_int_equal(flock(renamed, LOCK_EX | LOCK_NB), -1);
	assert_int_equal(errno, EWOULDBLOCK);
	partial_close(&partial);
	assert_int_equal(flock(renamed, LOCK_EX | LOCK_NB), 0);
	close(renamed);
}

static void a_final_name_that_is_a_symlink_is_replaced(void **state)
{
	int folder = folder_of(state);
	struct stat stat;
	struct partial partial = open_partial(folder);

	assert_int_equal(scratch_write(folder, "other", "other"), 0);
	assert_int_equal(symlinkat("other", folder, "file"), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_OK);
	assert_int_equal(fstatat(folder, "file", &stat, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(stat.st_mode));
	assert_int_equal(size_of(folder, "other"), 5);
	partial_close(&partial);
}

static void a_folder_is_not_replaced(void **state)
{
	struct partial partial = open_partial(folder_of(state));

	assert_int_equal(mkdirat(folder_of(state), "file", 0700), 0);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_IS_FOLDER);
	assert_int_equal(partial_remove(&partial), STATUS_OK);
	assert_false(exists(folder_of(state), PARTIAL));
	partial_close(&partial);
}

static void a_shortage_counts_what_is_not_there_yet(void **state)
{
	struct partial_shortage shortage;
	struct partial partial = open_partial(folder_of(state));

	assert_int_equal(partial_shortage(&partial, 1 << 20, &shortage), STATUS_OK);
	assert_int_equal(shortage.missing, 1 << 20);
	assert_true(shortage.free > 0);
	partial_close(&partial);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_partial_is_named_after_its_file),
		cmocka_unit_test(long_names_are_cut_and_stay_apart),
		cmocka_unit_test(long_names_are_not_cut_inside_a_character),
		cmocka_unit_test(a_name_that_may_be_a_partials_is_known),
		IN_SCRATCH(a_new_partial_is_empty_and_private),
		IN_SCRATCH(what_a_partial_holds_is_left_as_it_is),
		IN_SCRATCH(a_second_one_is_busy_until_the_first_closes),
		IN_SCRATCH(what_is_no_plain_file_of_ours_is_refused),
		IN_SCRATCH(a_folder_that_is_gone_is_not_found),
		IN_SCRATCH(waiting_ends_at_its_deadline),
		IN_SCRATCH(waiting_ends_when_the_run_is_interrupted),
		IN_SCRATCH(nobody_waits_for_what_is_not_locked),
		IN_SCRATCH(bytes_land_where_they_belong),
		IN_SCRATCH(a_finished_file_has_size_mode_and_time_and_then_its_name),
		IN_SCRATCH(one_that_yields_replaces_nothing),
		IN_SCRATCH(the_lock_outlasts_the_renaming),
		IN_SCRATCH(a_final_name_that_is_a_symlink_is_replaced),
		IN_SCRATCH(a_folder_is_not_replaced),
		IN_SCRATCH(a_shortage_counts_what_is_not_there_yet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
