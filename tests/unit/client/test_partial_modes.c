/* Tests of partials that may not be opened as they are: whose they are and who holds them decides, not their mode. */
/* Threats S5 and S6 of docs/security.md. */
#include "partial.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "beneath.h"
#include "forbid.h"
#include "scratch.h"

#define PARTIAL ".file.ferry-part"

/* Then its holder removes what is held next, before anybody can look at it. */
static bool is_removed_when_held;

enum status __real_beneath_hold(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat);
enum status __wrap_beneath_hold(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat);
enum status __wrap_beneath_hold(int root, const char *path, enum beneath_symlinks symlinks, int *fd, struct stat *stat)
{
	enum status status = __real_beneath_hold(root, path, symlinks, fd, stat);

	if (status != STATUS_OK || !is_removed_when_held)
		return status;
	is_removed_when_held = false;
	return unlinkat(root, path, 0) == 0 && fstat(*fd, stat) == 0 ? STATUS_OK : STATUS_IO;
}

static int folder_of(void **state)
{
	return ((struct scratch *)*state)->folder;
}

static off_t size_of(int folder, const char *name)
{
	struct stat stat;

	assert_int_equal(fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW), 0);
	return stat.st_size;
}

/* What opening it comes to in a child, without what lets root read and write anywhere; MORE is written behind what it has. */
static enum status open_in_child(int folder, const char *more)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		struct partial partial;
		if (forbid_ignoring_permissions() < 0)
			_exit(STATUS_COUNT);
		enum status opened = partial_open(folder, "file", 0600, &partial);
		if (opened == STATUS_OK)
			opened = partial_write(&partial, more, strlen(more), partial.found);
		_exit((int)opened);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return (enum status)WEXITSTATUS(status);
}

static void a_partial_with_its_final_mode_is_taken_up(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, PARTIAL, "bytes"), 0);
	assert_int_equal(fchmodat(folder, PARTIAL, 0444, 0), 0);
	assert_int_equal(open_in_child(folder, "more"), STATUS_OK);
	assert_int_equal(size_of(folder, PARTIAL), 9);
}

static void one_that_even_its_owner_may_not_read_is_taken_up(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, PARTIAL, "bytes"), 0);
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(fchmodat(folder, PARTIAL, i == 1 ? 0 : 0200, 0), 0);
		assert_int_equal(open_in_child(folder, "more"), STATUS_OK);
		assert_int_equal(size_of(folder, PARTIAL), 5 + 4 * i);
	}
}

static void one_that_is_removed_before_it_is_made_readable_is_begun_anew(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, PARTIAL, "bytes"), 0);
	assert_int_equal(fchmodat(folder, PARTIAL, 0, 0), 0);
	is_removed_when_held = true;
	assert_int_equal(open_in_child(folder, "more"), STATUS_OK);
	is_removed_when_held = false;
	assert_int_equal(size_of(folder, PARTIAL), 4);
}

static void but_not_taken_from_who_holds_it(void **state)
{
	int folder = folder_of(state);
	struct partial holder;

	assert_int_equal(partial_open(folder, "file", 0600, &holder), STATUS_OK);
	assert_int_equal(fchmod(holder.fd, 0), 0);
	assert_int_equal(open_in_child(folder, ""), STATUS_BUSY);
	assert_int_equal(partial_rename(&holder, PARTIAL_REPLACES), STATUS_OK);
	partial_close(&holder);
}

static void its_holder_finds_and_mends_what_that_did_to_its_mode(void **state)
{
	const struct file_time time = {.seconds = 1};
	struct partial holder;
	struct stat stat;
	bool restored;

	assert_int_equal(partial_open(folder_of(state), "file", 0600, &holder), STATUS_OK);
	assert_int_equal(partial_finish(&holder, 0, 0, &time), STATUS_OK);
	assert_int_equal(partial_keep_mode(&holder, 0, &restored), STATUS_OK);
	assert_false(restored);
	assert_int_equal(open_in_child(folder_of(state), ""), STATUS_BUSY);
	assert_int_equal(partial_keep_mode(&holder, 0, &restored), STATUS_OK);
	assert_true(restored);
	assert_int_equal(fstat(holder.fd, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0);
	partial_close(&holder);
}

static void what_another_user_keeps_to_himself_is_refused_and_stays(void **state)
{
	int folder = folder_of(state);

	if (geteuid() != 0)
		skip();
	assert_int_equal(scratch_write(folder, PARTIAL, "bytes"), 0);
	assert_int_equal(fchownat(folder, PARTIAL, 65534, 65534, AT_SYMLINK_NOFOLLOW), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fchmodat(folder, PARTIAL, i == 0 ? 0 : 0600, 0), 0);
		assert_int_equal(open_in_child(folder, ""), STATUS_REFUSED);
		assert_int_equal(size_of(folder, PARTIAL), 5);
	}
}

static void one_without_rights_and_with_two_names_is_refused_and_keeps_its_mode(void **state)
{
	int folder = folder_of(state);
	struct stat stat;

	assert_int_equal(scratch_write(folder, "other", "other"), 0);
	assert_int_equal(fchmodat(folder, "other", 0, 0), 0);
	assert_int_equal(linkat(folder, "other", folder, PARTIAL, 0), 0);
	assert_int_equal(open_in_child(folder, ""), STATUS_REFUSED);
	assert_int_equal(fstatat(folder, "other", &stat, 0), 0);
	assert_int_equal(stat.st_mode & 07777, 0);
}

static void a_folder_that_may_not_be_written_to_refuses(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(fchmod(folder, 0500), 0);
	assert_int_equal(open_in_child(folder, ""), STATUS_REFUSED);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(a_partial_with_its_final_mode_is_taken_up),
		IN_SCRATCH(one_that_even_its_owner_may_not_read_is_taken_up),
		IN_SCRATCH(one_that_is_removed_before_it_is_made_readable_is_begun_anew),
		IN_SCRATCH(but_not_taken_from_who_holds_it),
		IN_SCRATCH(its_holder_finds_and_mends_what_that_did_to_its_mode),
		IN_SCRATCH(what_another_user_keeps_to_himself_is_refused_and_stays),
		IN_SCRATCH(one_without_rights_and_with_two_names_is_refused_and_keeps_its_mode),
		IN_SCRATCH(a_folder_that_may_not_be_written_to_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
