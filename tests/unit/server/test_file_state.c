/* Tests of states of files: what clients are told of them, and what counts for a version. */
/* Threat S14 of docs/security.md. */
#include "file_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static int open_lanes(void **state)
{
	struct lanes *lanes = NULL;
	enum status status = lanes_new(LANES_OPENSSL, &lanes);

	*state = lanes;
	return status == STATUS_OK ? 0 : -1;
}

static int close_lanes(void **state)
{
	lanes_free(*state);
	return 0;
}

static void each_field_of_a_version_counts(void **state)
{
	struct lanes *lanes = *state;
	struct stat variants[8] = {{0}};
	struct version versions[8];

	variants[1].st_dev = 1;
	variants[2].st_ino = 1;
	variants[3].st_size = 1;
	variants[4].st_mtim.tv_sec = 1;
	variants[5].st_mtim.tv_nsec = 1;
	variants[6].st_ctim.tv_sec = 1;
	variants[7].st_ctim.tv_nsec = 1;
	for (int i = 0; i < 8; i++) {
		version_of_stat(lanes, &variants[i], &versions[i]);
		assert_false(version_is_any(&versions[i]));
		assert_true(file_state_is_same(&variants[i], &variants[i]));
		for (int j = 0; j < i; j++) {
			assert_false(version_equal(&versions[i], &versions[j]));
			assert_false(file_state_is_same(&variants[i], &variants[j]));
		}
	}
}

static void what_is_no_part_of_a_version_does_not_count(void **state)
{
	struct lanes *lanes = *state;
	struct stat plain = {.st_ino = 9}, read_since = {.st_ino = 9, .st_atim = {.tv_sec = 77}, .st_nlink = 3, .st_mode = 0600};
	struct version first, second;

	version_of_stat(lanes, &plain, &first);
	version_of_stat(lanes, &read_since, &second);
	assert_true(version_equal(&first, &second));
	assert_true(file_state_is_same(&plain, &read_since));
}

static void only_regular_files_have_a_size_and_all_have_a_kind(void **state)
{
	static const struct {
		mode_t type;
		enum entry_kind kind;
	} kinds[] = {{S_IFREG, ENTRY_FILE}, {S_IFDIR, ENTRY_FOLDER}, {S_IFLNK, ENTRY_SYMLINK}, {S_IFIFO, ENTRY_OTHER}, {S_IFSOCK, ENTRY_OTHER},
		{S_IFCHR, ENTRY_OTHER}, {S_IFBLK, ENTRY_OTHER}};

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct file file = file_of_stat(&(struct stat){.st_mode = kinds[i].type | 04751, .st_size = 9, .st_mtim = {.tv_sec = 7, .tv_nsec = 8}});
		assert_int_equal(file.kind, kinds[i].kind);
		assert_int_equal(file.size, kinds[i].kind == ENTRY_FILE ? 9 : 0);
		assert_int_equal(file.mode, 04751);
		assert_int_equal(file.mtime.seconds, 7);
		assert_int_equal(file.mtime.nanoseconds, 8);
	}
}

#define WITH_LANES(test) cmocka_unit_test_setup_teardown(test, open_lanes, close_lanes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_LANES(each_field_of_a_version_counts),
		WITH_LANES(what_is_no_part_of_a_version_does_not_count),
		cmocka_unit_test(only_regular_files_have_a_size_and_all_have_a_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
