/* Tests of partials whose name leads elsewhere by the time it is needed. */
/* Threat S6 of docs/security.md. */
#include "partial.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"

#define PARTIAL ".file.ferry-part"

/* Where it is a folder, the next lock comes too late: the partial has got its final name, and perhaps another one was begun. */
static int folder_of_late_lock = -1;
static bool another_was_begun;

static void begin_another(int folder)
{
	int fd = openat(folder, PARTIAL, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	close(fd);
}

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_flock(int fd, int operation)
{
	int folder = folder_of_late_lock;

	folder_of_late_lock = -1;
	if (folder >= 0) {
		assert_int_equal(renameat(folder, PARTIAL, folder, "file"), 0);
		if (another_was_begun)
			begin_another(folder);
	}
	return __real_flock(fd, operation);
}

static off_t size_of(int folder, const char *name)
{
	struct stat stat;

	assert_int_equal(fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW), 0);
	return stat.st_size;
}

static void write_behind_a_late_lock(bool begun)
{
	struct scratch scratch;
	struct partial partial = PARTIAL_CLOSED;

	assert_int_equal(scratch_make(&scratch), 0);
	another_was_begun = begun;
	folder_of_late_lock = scratch.folder;
	assert_int_equal(partial_open(scratch.folder, "file", 0600, &partial), STATUS_OK);
	assert_int_equal(partial_write(&partial, "new", 3, 0), STATUS_OK);
	assert_int_equal(size_of(scratch.folder, "file"), 0);
	assert_int_equal(size_of(scratch.folder, PARTIAL), 3);
	partial_close(&partial);
	assert_int_equal(scratch_remove(&scratch), 0);
}

static void what_was_renamed_before_its_lock_is_not_written_to(void **state)
{
	(void)state;
	write_behind_a_late_lock(false);
}

static void nor_is_it_where_another_one_was_begun(void **state)
{
	(void)state;
	write_behind_a_late_lock(true);
}

/* --- After the lock ------------------------------------------------------------------------------------------------ */

/* Opens one, and lets somebody else put ANOTHER file under its name, or none. */
static void write_and_lose_name(struct scratch *scratch, struct partial *partial, bool another)
{
	assert_int_equal(scratch_make(scratch), 0);
	assert_int_equal(partial_open(scratch->folder, "file", 0600, partial), STATUS_OK);
	assert_int_equal(partial_write(partial, "new", 3, 0), STATUS_OK);
	assert_int_equal(unlinkat(scratch->folder, PARTIAL, 0), 0);
	if (another)
		assert_int_equal(scratch_write(scratch->folder, PARTIAL, "unfinished"), 0);
}

static void what_another_began_under_its_name_does_not_become_the_file(void **state)
{
	const enum partial_clobber clobbers[] = {PARTIAL_REPLACES, PARTIAL_YIELDS};
	struct scratch scratch;
	struct partial partial;
	struct stat stat;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		write_and_lose_name(&scratch, &partial, true);
		assert_int_equal(partial_rename(&partial, clobbers[i]), STATUS_CHANGED);
		assert_int_equal(fstatat(scratch.folder, "file", &stat, 0), -1);
		assert_int_equal(size_of(scratch.folder, PARTIAL), 10);
		partial_close(&partial);
		assert_int_equal(scratch_remove(&scratch), 0);
	}
}

static void nor_is_it_removed(void **state)
{
	struct scratch scratch;
	struct partial partial;

	(void)state;
	write_and_lose_name(&scratch, &partial, true);
	assert_int_equal(partial_remove(&partial), STATUS_CHANGED);
	assert_int_equal(size_of(scratch.folder, PARTIAL), 10);
	partial_close(&partial);
	assert_int_equal(scratch_remove(&scratch), 0);
}

static void one_whose_name_is_gone_gets_no_other(void **state)
{
	struct scratch scratch;
	struct partial partial;

	(void)state;
	write_and_lose_name(&scratch, &partial, false);
	assert_int_equal(partial_rename(&partial, PARTIAL_REPLACES), STATUS_CHANGED);
	assert_int_equal(partial_remove(&partial), STATUS_CHANGED);
	partial_close(&partial);
	assert_int_equal(scratch_remove(&scratch), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_renamed_before_its_lock_is_not_written_to),
		cmocka_unit_test(nor_is_it_where_another_one_was_begun),
		cmocka_unit_test(what_another_began_under_its_name_does_not_become_the_file),
		cmocka_unit_test(nor_is_it_removed),
		cmocka_unit_test(one_whose_name_is_gone_gets_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
