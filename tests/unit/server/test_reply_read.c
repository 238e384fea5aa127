/* Tests of READ and STAT: sizes, ranges, and what is no file. */
/* Threat C6 of docs/security.md. */
#include "reading.h"

#include <sys/stat.h>

static void files_of_all_sizes_arrive_proven(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 16383, 16384, 16385, 65535, 65536, 65537, 262144, 1048575, 1048576, 1048577, 2097152, 2097153,
	};
	struct rig *rig = *state;

	rig_greet(rig);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		rig_file(rig, "file", sizes[i]);
		struct version version = open_file(rig, "file", sizes[i]);
		uint16_t number = ask(rig, "file", version, 0, UINT64_MAX);
		struct file file = expect_file(rig, number);
		assert_true(version_equal(&file.version, &version));
		for (uint64_t index = 0; index < piece_count(sizes[i]); index++)
			expect_piece(rig, number, sizes[i], index);
	}
	rig_goodbye(rig);
	rig_expect_end(rig);
}

static void small_file_names_its_root(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 40000);
	rig_greet(rig);
	struct file file = expect_file(rig, ask(rig, "file", any, 0, 1));
	struct digest digest = digest_of(rig, 40000, 0);
	assert_true(file.root_known);
	assert_true(digest_equal(&file.root, &digest));
}

static void root_is_named_once_all_pieces_are_known(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	uint16_t number = ask(rig, "file", any, 0, 1);
	struct file file = expect_file(rig, number);
	assert_false(file.root_known);
	expect_piece(rig, number, 2 * PIECE_SIZE, 0);
	number = ask(rig, "file", file.version, 1, 1);
	assert_false(expect_file(rig, number).root_known);
	expect_piece(rig, number, 2 * PIECE_SIZE, 1);
	assert_true(expect_file(rig, ask(rig, "file", file.version, 0, 1)).root_known);
}

static void piece_is_hashed_once(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	struct version version = open_file(rig, "file", 2 * PIECE_SIZE);
	for (int i = 0; i < 3; i++) {
		uint16_t number = ask(rig, "file", version, 0, 2);
		expect_file(rig, number);
		expect_piece(rig, number, 2 * PIECE_SIZE, 0);
		expect_piece(rig, number, 2 * PIECE_SIZE, 1);
	}
	assert_int_equal(rig->services.tally.hashed, 2 * PIECE_SIZE);
	assert_int_equal(rig->services.tally.sent, 7 * PIECE_SIZE);
	assert_int_equal(rig->services.tally.requests, 4);
}

static void ranges_are_cut_at_the_end_and_refused_behind_it(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 2 * PIECE_SIZE + 1;

	rig_file(rig, "file", size);
	rig_greet(rig);
	struct version version = open_file(rig, "file", size);
	uint16_t number = ask(rig, "file", version, 1, UINT64_MAX - 1);
	expect_file(rig, number);
	expect_piece(rig, number, size, 1);
	expect_piece(rig, number, size, 2);
	assert_int_equal(rig_error(rig, ask(rig, "file", version, 3, 1)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask(rig, "file", version, UINT64_MAX - 1, 1)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask(rig, "file", any, 1, 1)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask(rig, "file", any, 0, 2)), ERROR_RANGE);
}

static void what_is_no_regular_file_is_refused_with_its_reason(void **state)
{
	struct rig *rig = *state;
	int folder = rig->scratch.folder;

	assert_int_equal(mkdirat(folder, "folder", 0755), 0);
	assert_int_equal(mkfifoat(folder, "fifo", 0644), 0);
	assert_int_equal(symlinkat("file", folder, "link"), 0);
	rig_file(rig, "file", 1);
	rig_greet(rig);
	assert_int_equal(rig_error(rig, ask(rig, "", any, 0, 1)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, ask(rig, "folder", any, 0, 1)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, ask(rig, "fifo", any, 0, 1)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, ask(rig, "link", any, 0, 1)), ERROR_REFUSED);
	assert_int_equal(rig_error(rig, ask(rig, "nothing", any, 0, 1)), ERROR_NOT_FOUND);
	assert_int_equal(rig_error(rig, ask(rig, "file/below", any, 0, 1)), ERROR_NOT_A_FOLDER);
	assert_int_equal(rig_error(rig, ask(rig, "../file", any, 0, 1)), ERROR_NAME);
	assert_int_equal(rig_error(rig, ask(rig, "/file", any, 0, 1)), ERROR_NAME);
	assert_int_equal(rig_error(rig, ask(rig, "folder//file", any, 0, 1)), ERROR_NAME);
}

static void stat_describes_without_opening(void **state)
{
	struct rig *rig = *state;
	struct file file;

	assert_int_equal(mkfifoat(rig->scratch.folder, "fifo", 0640), 0);
	assert_int_equal(symlinkat("nowhere", rig->scratch.folder, "link"), 0);
	rig_file(rig, "file", 70000);
	rig_greet(rig);
	file = expect_file(rig, rig_stat(rig, "file"));
	assert_int_equal(file.size, 70000);
	assert_int_equal(file.mode, 0644);
	struct version version = open_file(rig, "file", 70000);
	assert_true(version_equal(&version, &file.version));
	assert_int_equal(file_decode(rig_answer(rig, FRAME_FILE, rig_stat(rig, "fifo")).payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_OTHER);
	assert_int_equal(file_decode(rig_answer(rig, FRAME_FILE, rig_stat(rig, "link")).payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_SYMLINK);
	assert_int_equal(file_decode(rig_answer(rig, FRAME_FILE, rig_stat(rig, "")).payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_FOLDER);
}

static void files_of_one_folder_leave_nothing_open(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(mkdirat(rig->scratch.folder, "folder", 0755), 0);
	rig_file(rig, "folder/a", 10);
	rig_file(rig, "folder/b", 20);
	rig_greet(rig);
	int before = scratch_next_descriptor();
	uint16_t first = ask(rig, "folder/a", any, 0, 1), second = ask(rig, "folder/b", any, 0, 1);
	assert_int_equal(expect_file(rig, first).size, 10);
	expect_piece(rig, first, 10, 0);
	assert_int_equal(expect_file(rig, second).size, 20);
	expect_piece(rig, second, 20, 0);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void who_asks_after_a_folder_was_replaced_gets_what_is_there_now(void **state)
{
	struct rig *rig = *state;
	int share = rig->scratch.folder;

	assert_int_equal(mkdirat(share, "folder", 0755), 0);
	rig_file(rig, "folder/file", 10);
	rig_greet(rig);
	open_file(rig, "folder/file", 10);
	assert_int_equal(renameat(share, "folder", share, "before"), 0);
	assert_int_equal(mkdirat(share, "folder", 0755), 0);
	rig_file(rig, "folder/file", 20);
	open_file(rig, "folder/file", 20);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(files_of_all_sizes_arrive_proven),
		CASE(small_file_names_its_root),
		CASE(root_is_named_once_all_pieces_are_known),
		CASE(piece_is_hashed_once),
		CASE(ranges_are_cut_at_the_end_and_refused_behind_it),
		CASE(what_is_no_regular_file_is_refused_with_its_reason),
		CASE(stat_describes_without_opening),
		CASE(files_of_one_folder_leave_nothing_open),
		CASE(who_asks_after_a_folder_was_replaced_gets_what_is_there_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
