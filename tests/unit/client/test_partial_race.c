/* Tests of partials whose file gets its final name between opening and locking. */
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

/* Where it is a folder, the next lock comes too late: the partial has got its final name, and another one has been begun. */
static int folder_of_late_lock = -1;

int __real_flock(int fd, int operation);
int __wrap_flock(int fd, int operation);
int __wrap_flock(int fd, int operation)
{
	int folder = folder_of_late_lock;

	folder_of_late_lock = -1;
	if (folder >= 0) {
		assert_int_equal(renameat(folder, PARTIAL, folder, "file"), 0);
		int fresh = openat(folder, PARTIAL, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		assert_true(fresh >= 0);
		close(fresh);
	}
	return __real_flock(fd, operation);
}

static off_t size_of(int folder, const char *name)
{
	struct stat stat;

	assert_int_equal(fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW), 0);
	return stat.st_size;
}

static void what_was_renamed_before_its_lock_is_not_written_to(void **state)
{
	struct scratch scratch;
	struct partial partial = PARTIAL_CLOSED;

	(void)state;
	assert_int_equal(scratch_make(&scratch), 0);
	folder_of_late_lock = scratch.folder;
	assert_int_equal(partial_open(scratch.folder, "file", 0600, &partial), STATUS_OK);
	assert_int_equal(partial_write(&partial, "new", 3, 0), STATUS_OK);
	assert_int_equal(size_of(scratch.folder, "file"), 0);
	assert_int_equal(size_of(scratch.folder, PARTIAL), 3);
	partial_close(&partial);
	assert_int_equal(scratch_remove(&scratch), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_renamed_before_its_lock_is_not_written_to)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
