/* Tests of making, renaming and removing below a held folder, and of openings that need a kernel or a root of their own. */
/* Threats C1 and E11 of docs/security.md. */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "beneath_walk.h"
#include "forbid.h"
#include "path.h"
#include "scratch.h"
#include "trusted.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* No component: refused by every call that takes one. */
static const char *const no_names[] = {"", ".", "..", "a/b", "/", "/etc", "../a", "a/"};

static int folder_of(void **state)
{
	return ((struct scratch *)*state)->folder;
}

static void assert_holds(int folder, const char *name, const char *text)
{
	char bytes[32] = {0};
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(read(fd, bytes, sizeof(bytes) - 1), strlen(text));
	assert_string_equal(bytes, text);
	close(fd);
}

static void assert_missing(int folder, const char *name)
{
	struct stat stat;

	assert_int_equal(fstatat(folder, name, &stat, AT_SYMLINK_NOFOLLOW), -1);
	assert_int_equal(errno, ENOENT);
}

typedef enum status (*opener)(int root, const char *path, int flags, mode_t mode, int *fd);
static const opener openers[] = {beneath_open, beneath_open_walk};

static void a_new_file_gets_the_mode_that_the_umask_leaves(void **state)
{
	mode_t umask_before = umask(027);
	struct stat stat;
	int fd;

	for (size_t i = 0; i < COUNT(openers); i++) {
		assert_int_equal(openers[i](folder_of(state), "new", O_RDWR | O_CREAT | O_EXCL, 0666, &fd), STATUS_OK);
		assert_int_equal(fstat(fd, &stat), 0);
		assert_int_equal(stat.st_mode, S_IFREG | 0640);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		close(fd);
		assert_int_equal(openers[i](folder_of(state), "new", O_RDWR | O_CREAT | O_EXCL, 0666, &fd), STATUS_EXISTS);
		assert_int_equal(openers[i](folder_of(state), "new", O_RDWR | O_CREAT, 0666, &fd), STATUS_OK);
		close(fd);
		assert_int_equal(unlinkat(folder_of(state), "new", 0), 0);
	}
	umask(umask_before);
}

static void nothing_is_made_through_a_symlink(void **state)
{
	int folder = folder_of(state), fd = -1;

	assert_int_equal(symlinkat("elsewhere", folder, "dangling"), 0);
	assert_int_equal(symlinkat(".", folder, "here"), 0);
	for (size_t i = 0; i < COUNT(openers); i++) {
		assert_int_equal(openers[i](folder, "dangling", O_RDWR | O_CREAT, 0666, &fd), STATUS_SYMLINK);
		assert_int_equal(openers[i](folder, "here/elsewhere", O_RDWR | O_CREAT, 0666, &fd), STATUS_SYMLINK);
		assert_int_equal(openers[i](folder, "here", O_RDONLY | O_DIRECTORY, 0, &fd), STATUS_SYMLINK);
		assert_int_equal(openers[i](folder, "here", O_PATH | O_DIRECTORY, 0, &fd), STATUS_SYMLINK);
		assert_int_equal(openers[i](folder, "../elsewhere", O_RDWR | O_CREAT, 0666, &fd), STATUS_INVALID);
		assert_int_equal(fd, -1);
	}
	assert_missing(folder, "elsewhere");
}

static void a_folder_for_writing_is_told_from_a_file(void **state)
{
	int folder = folder_of(state), fd;

	assert_int_equal(mkdirat(folder, "sub", 0755), 0);
	for (size_t i = 0; i < COUNT(openers); i++) {
		assert_int_equal(openers[i](folder, "sub", O_WRONLY, 0, &fd), STATUS_IS_FOLDER);
		assert_int_equal(openers[i](folder, "", O_WRONLY, 0, &fd), STATUS_IS_FOLDER);
	}
}

static void a_file_without_a_name_can_be_made(void **state)
{
	struct stat stat;
	int fd;

	for (size_t i = 0; i < COUNT(openers); i++) {
		enum status status = openers[i](folder_of(state), "", O_TMPFILE | O_WRONLY, 0400, &fd);
		if (status == STATUS_UNSUPPORTED)
			skip();
		assert_int_equal(status, STATUS_OK);
		assert_int_equal(fstat(fd, &stat), 0);
		assert_int_equal(stat.st_mode, S_IFREG | 0400);
		close(fd);
	}
}

static void a_folder_is_made_once_and_then_found(void **state)
{
	int folder = folder_of(state), fd;
	bool made = false;

	assert_int_equal(beneath_make_folder(folder, "sub", 0777, &fd, &made), STATUS_OK);
	assert_true(made);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(scratch_write(fd, "file", "text"), 0);
	close(fd);
	assert_int_equal(beneath_make_folder(folder, "sub", 0777, &fd, &made), STATUS_OK);
	assert_false(made);
	assert_holds(fd, "file", "text");
	close(fd);
}

static void a_folder_is_not_made_where_something_else_is(void **state)
{
	int folder = folder_of(state), fd = -1;
	bool made;

	assert_int_equal(scratch_write(folder, "file", "text"), 0);
	assert_int_equal(mkdirat(folder, "target", 0755), 0);
	assert_int_equal(symlinkat("target", folder, "link"), 0);
	assert_int_equal(mkfifoat(folder, "fifo", 0644), 0);
	assert_int_equal(beneath_make_folder(folder, "file", 0777, &fd, &made), STATUS_NOT_FOLDER);
	assert_int_equal(beneath_make_folder(folder, "link", 0777, &fd, &made), STATUS_SYMLINK);
	assert_int_equal(beneath_make_folder(folder, "fifo", 0777, &fd, &made), STATUS_NOT_FOLDER);
	for (size_t i = 0; i < COUNT(no_names); i++)
		assert_int_equal(beneath_make_folder(folder, no_names[i], 0777, &fd, &made), STATUS_INVALID);
	assert_int_equal(fd, -1);
}

static void a_look_at_a_name_sees_the_symlink(void **state)
{
	int folder = folder_of(state);
	struct stat stat;

	assert_int_equal(symlinkat("/etc", folder, "link"), 0);
	assert_int_equal(beneath_stat_name(folder, "link", &stat), STATUS_OK);
	assert_true(S_ISLNK(stat.st_mode));
	assert_int_equal(beneath_stat_name(folder, "nothing", &stat), STATUS_NOT_FOUND);
	for (size_t i = 0; i < COUNT(no_names); i++)
		assert_int_equal(beneath_stat_name(folder, no_names[i], &stat), STATUS_INVALID);
}

static void a_rename_replaces(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, "part", "new"), 0);
	assert_int_equal(scratch_write(folder, "final", "old"), 0);
	assert_int_equal(beneath_rename_name(folder, "part", "final"), STATUS_OK);
	assert_holds(folder, "final", "new");
	assert_missing(folder, "part");
	assert_int_equal(beneath_rename_name(folder, "part", "final"), STATUS_NOT_FOUND);
}

static void a_rename_replaces_a_symlink_and_not_its_target(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, "part", "new"), 0);
	assert_int_equal(scratch_write(folder, "target", "old"), 0);
	assert_int_equal(symlinkat("target", folder, "final"), 0);
	assert_int_equal(beneath_rename_name(folder, "part", "final"), STATUS_OK);
	assert_holds(folder, "final", "new");
	assert_holds(folder, "target", "old");
}

/* Renames to a name that is free and to one that is not; the same with and without renameat2. */
static bool renames_only_to_a_new_name(const void *argument)
{
	int folder = *(const int *)argument;
	struct stat part, final;

	return scratch_write(folder, "part", "new") == 0 && scratch_write(folder, "final", "old") == 0 &&
	       fstatat(folder, "part", &part, 0) == 0 && beneath_rename_new(folder, "part", "final") == STATUS_EXISTS &&
	       beneath_rename_new(folder, "part", "free") == STATUS_OK && fstatat(folder, "free", &final, 0) == 0 &&
	       final.st_ino == part.st_ino && final.st_nlink == 1 &&
	       beneath_rename_new(folder, "part", "other") == STATUS_NOT_FOUND;
}

static void assert_renamed(int folder)
{
	assert_holds(folder, "free", "new");
	assert_holds(folder, "final", "old");
	assert_missing(folder, "part");
	assert_missing(folder, "other");
}

static void a_rename_to_a_new_name_never_replaces(void **state)
{
	int folder = folder_of(state);

	assert_true(renames_only_to_a_new_name(&folder));
	assert_renamed(folder);
}

static void a_filesystem_without_noreplace_never_replaces_either(void **state)
{
	static const int errors[] = {EINVAL, ENOSYS};
	int folder = folder_of(state);

	for (size_t i = 0; i < COUNT(errors); i++) {
		assert_true(forbid_in_child(SYS_renameat2, errors[i], renames_only_to_a_new_name, &folder));
		assert_renamed(folder);
		assert_int_equal(unlinkat(folder, "free", 0), 0);
	}
}

static void a_dangling_symlink_is_a_name_that_is_taken(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, "part", "new"), 0);
	assert_int_equal(symlinkat("elsewhere", folder, "final"), 0);
	assert_int_equal(beneath_rename_new(folder, "part", "final"), STATUS_EXISTS);
	assert_holds(folder, "part", "new");
	assert_missing(folder, "elsewhere");
}

static void renames_take_single_components_only(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, "part", "new"), 0);
	for (size_t i = 0; i < COUNT(no_names); i++) {
		assert_int_equal(beneath_rename_name(folder, "part", no_names[i]), STATUS_INVALID);
		assert_int_equal(beneath_rename_name(folder, no_names[i], "final"), STATUS_INVALID);
		assert_int_equal(beneath_rename_new(folder, "part", no_names[i]), STATUS_INVALID);
		assert_int_equal(beneath_rename_new(folder, no_names[i], "final"), STATUS_INVALID);
	}
	assert_holds(folder, "part", "new");
}

static void a_removed_name_is_gone_and_its_target_is_not(void **state)
{
	int folder = folder_of(state);

	assert_int_equal(scratch_write(folder, "file", "text"), 0);
	assert_int_equal(symlinkat("file", folder, "link"), 0);
	assert_int_equal(mkdirat(folder, "sub", 0755), 0);
	assert_int_equal(beneath_remove_name(folder, "link"), STATUS_OK);
	assert_holds(folder, "file", "text");
	assert_int_equal(beneath_remove_name(folder, "file"), STATUS_OK);
	assert_int_equal(beneath_remove_name(folder, "file"), STATUS_NOT_FOUND);
	assert_int_equal(beneath_remove_name(folder, "sub"), STATUS_IS_FOLDER);
	for (size_t i = 0; i < COUNT(no_names); i++)
		assert_int_equal(beneath_remove_name(folder, no_names[i]), STATUS_INVALID);
}

static void a_trusted_path_is_followed_wherever_it_leads(void **state)
{
	struct scratch *scratch = *state;
	char path[PATH_MAX + 16];
	int fd;

	assert_int_equal(scratch_write(scratch->folder, "file", "text"), 0);
	assert_int_equal(symlinkat("file", scratch->folder, "link"), 0);
	snprintf(path, sizeof(path), "%s/../%s/link", scratch->path, strrchr(scratch->path, '/') + 1);
	assert_int_equal(trusted_open(path, O_RDONLY, 0, &fd), STATUS_OK);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	assert_int_equal(trusted_open("/nothing/here", O_RDONLY, 0, &fd), STATUS_NOT_FOUND);
}

/* Openings below the root that the pointed-to descriptor holds, each of which must be told that it is busy. */
static bool all_that_the_kernel_decides_is_busy(const void *argument)
{
	int root = *(const int *)argument, fd;
	struct stat stat;

	return beneath_open_file(root, "file", BENEATH_NO_SYMLINKS, &fd, &stat) == STATUS_BUSY &&
	       beneath_open_folder(root, "", BENEATH_SYMLINKS_INSIDE, &fd) == STATUS_BUSY &&
	       beneath_stat(root, "file", BENEATH_NO_SYMLINKS, &stat) == STATUS_BUSY;
}

static void a_kernel_that_is_never_sure_is_asked_only_so_often(void **state)
{
	int root = folder_of(state);

	assert_int_equal(scratch_write(root, "file", "text"), 0);
	assert_true(forbid_in_child(SYS_openat2, EAGAIN, all_that_the_kernel_decides_is_busy, &root));
}

static void a_device_is_no_file(void **state)
{
	int root = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	struct stat stat;

	(void)state;
	assert_int_equal(beneath_open_file(root, "null", BENEATH_NO_SYMLINKS, &fd, &stat), STATUS_NOT_REGULAR);
	assert_int_equal(beneath_stat(root, "null", BENEATH_NO_SYMLINKS, &stat), STATUS_OK);
	assert_true(S_ISCHR(stat.st_mode));
	close(root);
}

/* /proc/self/root is below /proc by its path, and elsewhere by what it is. */
static void a_magic_link_is_never_followed(void **state)
{
	static const char *const paths[] = {"self/exe", "self/root", "self/cwd", "self/root/etc/passwd", "self/fd/0"};
	int root = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd;
	struct stat stat;

	(void)state;
	for (size_t i = 0; i < COUNT(paths); i++)
		assert_int_equal(beneath_open_file(root, paths[i], BENEATH_SYMLINKS_INSIDE, &fd, &stat), STATUS_SYMLINK);
	close(root);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_new_file_gets_the_mode_that_the_umask_leaves, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(nothing_is_made_through_a_symlink, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_folder_for_writing_is_told_from_a_file, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_file_without_a_name_can_be_made, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_folder_is_made_once_and_then_found, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_folder_is_not_made_where_something_else_is, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_look_at_a_name_sees_the_symlink, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_rename_replaces, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_rename_replaces_a_symlink_and_not_its_target, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_rename_to_a_new_name_never_replaces, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_filesystem_without_noreplace_never_replaces_either, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_dangling_symlink_is_a_name_that_is_taken, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(renames_take_single_components_only, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_removed_name_is_gone_and_its_target_is_not, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_trusted_path_is_followed_wherever_it_leads, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(a_kernel_that_is_never_sure_is_asked_only_so_often, scratch_setup, scratch_teardown),
		cmocka_unit_test(a_device_is_no_file),
		cmocka_unit_test(a_magic_link_is_never_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
