/* Tests of folders that are held, and of files that are opened by their names in there. */
/* Threats C2 and C4 of docs/security.md. */
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

#include "forbid.h"
#include "scratch.h"
#include "trusted.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define NAME_255 FIFTY FIFTY FIFTY FIFTY FIFTY "01234"
#define NOT_OPENED (-7)

struct expectation {
	const char *name;
	enum status status;
};

static const struct expectation files[] = {
	{"file", STATUS_OK},
	{NAME_255, STATUS_OK},
	{"odd\n\x01\xff", STATUS_OK},
	{"folder", STATUS_NOT_REGULAR},
	{"fifo", STATUS_NOT_REGULAR},
	{"nothing", STATUS_NOT_FOUND},
	{"unreadable", STATUS_REFUSED},
	{"to_file", STATUS_SYMLINK},
	{"to_folder", STATUS_SYMLINK},
	{"to_fifo", STATUS_SYMLINK},
	{"dangling", STATUS_SYMLINK},
	{"loop", STATUS_SYMLINK},
	{"", STATUS_INVALID},
	{".", STATUS_INVALID},
	{"..", STATUS_INVALID},
	{"folder/deep", STATUS_INVALID},
	{"/etc/passwd", STATUS_INVALID},
	{"file/", STATUS_INVALID},
	{NAME_255 "5", STATUS_NAME_TOO_LONG},
};

static const struct expectation folders[] = {
	{"", STATUS_OK},
	{"folder", STATUS_OK},
	{"folder/below", STATUS_OK},
	{"closed", STATUS_OK}, /* to hold it takes no permission */
	{"to_folder", STATUS_SYMLINK},
	{"to_folder/below", STATUS_SYMLINK},
	{"file", STATUS_NOT_FOLDER},
	{"fifo", STATUS_NOT_FOLDER},
	{"nothing", STATUS_NOT_FOUND},
	{"folder/..", STATUS_INVALID},
	{"/", STATUS_INVALID},
};

static int plant(int folder)
{
	static const char *const links[][2] = {
		{"to_file", "file"}, {"to_folder", "folder"}, {"to_fifo", "fifo"}, {"dangling", "nothing"}, {"loop", "loop"},
	};
	static const char *const made[] = {"file", NAME_255, "odd\n\x01\xff", "unreadable", "folder/deep", "closed/file"};

	if (mkdirat(folder, "folder", 0755) < 0 || mkdirat(folder, "folder/below", 0755) < 0 || mkdirat(folder, "closed", 0755) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(made); i++)
		if (scratch_write(folder, made[i], "inside") < 0)
			return -1;
	for (size_t i = 0; i < COUNT(links); i++)
		if (symlinkat(links[i][1], folder, links[i][0]) < 0)
			return -1;
	if (mkfifoat(folder, "fifo", 0644) < 0 || fchmodat(folder, "closed", 0, 0) < 0)
		return -1;
	return fchmodat(folder, "unreadable", 0, 0);
}

static int begin(void **state)
{
	static struct scratch scratch;

	*state = &scratch;
	return scratch_make(&scratch) < 0 || plant(scratch.folder) < 0 ? -1 : forbid_ignoring_permissions();
}

static int end(void **state)
{
	struct scratch *scratch = *state;

	return fchmodat(scratch->folder, "closed", 0755, 0) < 0 ? -1 : scratch_remove(scratch);
}

static int folder_of(void **state)
{
	return ((struct scratch *)*state)->folder;
}

static void only_a_regular_file_of_that_name_is_opened(void **state)
{
	int before = scratch_next_descriptor();

	for (size_t i = 0; i < COUNT(files); i++) {
		struct stat stat, opened;
		int fd = NOT_OPENED;
		assert_int_equal(beneath_open_name(folder_of(state), files[i].name, &fd, &stat), files[i].status);
		assert_int_equal(fd == NOT_OPENED, files[i].status != STATUS_OK);
		if (fd == NOT_OPENED)
			continue;
		assert_int_equal(fstat(fd, &opened), 0);
		assert_int_equal(opened.st_ino, stat.st_ino);
		assert_int_equal(stat.st_size, strlen("inside"));
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
		close(fd);
	}
	assert_int_equal(scratch_next_descriptor(), before);
}

/* Of the folder that the pointed-to descriptor is. */
static bool all_folders_are_held_as_expected(const void *argument)
{
	int root = *(const int *)argument;
	bool right = true;

	for (size_t i = 0; i < COUNT(folders); i++) {
		int fd = NOT_OPENED;
		enum status status = beneath_hold_folder(root, folders[i].name, BENEATH_NO_SYMLINKS, &fd);
		right &= status == folders[i].status && (fd == NOT_OPENED) == (status != STATUS_OK);
		if (fd == NOT_OPENED)
			continue;
		right &= (fcntl(fd, F_GETFL) & O_PATH) && fcntl(fd, F_GETFD) == FD_CLOEXEC;
		close(fd);
	}
	return right;
}

static void only_a_folder_is_held(void **state)
{
	int before = scratch_next_descriptor(), root = folder_of(state);

	assert_true(all_folders_are_held_as_expected(&root));
	assert_int_equal(scratch_next_descriptor(), before);
}

static void only_a_folder_is_held_where_there_is_no_openat2(void **state)
{
	int root = folder_of(state);

	assert_true(forbid_in_child(SYS_openat2, ENOSYS, all_folders_are_held_as_expected, &root));
}

static void a_folder_is_held_through_links_that_stay_inside_where_they_are_followed(void **state)
{
	int fd;

	assert_int_equal(beneath_hold_folder(folder_of(state), "to_folder/below", BENEATH_SYMLINKS_INSIDE, &fd), STATUS_OK);
	close(fd);
}

static void what_lies_in_a_held_folder_opens_only_for_who_may_search_it(void **state)
{
	struct stat stat;
	int held, fd;

	assert_int_equal(beneath_hold_folder(folder_of(state), "folder", BENEATH_NO_SYMLINKS, &held), STATUS_OK);
	assert_int_equal(beneath_open_name(held, "deep", &fd, &stat), STATUS_OK);
	close(fd);
	close(held);
	assert_int_equal(beneath_hold_folder(folder_of(state), "closed", BENEATH_NO_SYMLINKS, &held), STATUS_OK);
	assert_int_equal(beneath_open_name(held, "file", &fd, &stat), STATUS_REFUSED);
	close(held);
}

/* Where it lies below the scratch folder, or NULL. */
static const char *place_of(void **state, int fd)
{
	static char place[PATH_LENGTH_MAX + 1];

	return trusted_path_below(folder_of(state), fd, place) == STATUS_OK ? place : NULL;
}

static void what_is_held_is_found_where_it_lies_now(void **state)
{
	struct stat stat;
	int fd, ends[2];

	assert_int_equal(beneath_hold(folder_of(state), "to_folder/deep", BENEATH_SYMLINKS_INSIDE, &fd, &stat), STATUS_OK);
	assert_string_equal(place_of(state, fd), "folder/deep");
	assert_int_equal(renameat(folder_of(state), "folder/deep", folder_of(state), "folder/below/moved"), 0);
	assert_string_equal(place_of(state, fd), "folder/below/moved");
	assert_int_equal(renameat(folder_of(state), "folder/below/moved", folder_of(state), "folder/deep"), 0);
	close(fd);
	assert_string_equal(place_of(state, folder_of(state)), "");
	assert_int_equal(trusted_open("/", O_PATH, 0, &fd), STATUS_OK);
	assert_null(place_of(state, fd));
	close(fd);
	assert_int_equal(pipe(ends), 0);
	assert_null(place_of(state, ends[0]));
	close(ends[0]);
	assert_null(place_of(state, ends[0]));
	close(ends[1]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_regular_file_of_that_name_is_opened),
		cmocka_unit_test(only_a_folder_is_held),
		cmocka_unit_test(only_a_folder_is_held_where_there_is_no_openat2),
		cmocka_unit_test(a_folder_is_held_through_links_that_stay_inside_where_they_are_followed),
		cmocka_unit_test(what_lies_in_a_held_folder_opens_only_for_who_may_search_it),
		cmocka_unit_test(what_is_held_is_found_where_it_lies_now),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
