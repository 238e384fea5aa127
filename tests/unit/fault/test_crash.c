/* Crash states: what may be lost when the power fails, told from logs that are written here by hand. */
/* Threat E1 of docs/security.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash.h"
#include "tree.h"

#define BLOCK 4096
#define WORK "/work" /* never touched: only the log names it */

struct bench {
	struct plan *plan;
	char folder[32];
	char before[TREE_PATH_MAX];
	char after[TREE_PATH_MAX];
};

static int set_up(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	bench->plan = calloc(1, 1 << 20);
	snprintf(bench->folder, sizeof bench->folder, "/tmp/ferry-crash.XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	tree_path(bench->before, bench->folder, "before");
	tree_path(bench->after, bench->folder, "after");
	assert_int_equal(mkdir(bench->before, 0777) | mkdir(bench->after, 0777), 0);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	tree_clear(bench->folder);
	rmdir(bench->folder);
	free(bench->plan);
	free(bench);
	return 0;
}

/* --- A log by hand ---------------------------------------------------------------------------------------------------- */

static void append(struct bench *bench, struct record record, const char *path, const char *other, const void *data)
{
	char *at = (char *)bench->plan + PLAN_LOG_OFFSET + bench->plan->log_length;
	record.number = ++bench->plan->count;
	record.path_length = (uint32_t)strlen(path);
	record.other_length = (uint32_t)strlen(other);
	record.size = (uint32_t)(sizeof record + record.path_length + record.other_length + record.data_length + 10) / 8 * 8;
	memcpy(at, &record, sizeof record);
	memcpy(at + sizeof record, path, record.path_length + 1);
	memcpy(at + sizeof record + record.path_length + 1, other, record.other_length + 1);
	memcpy(at + sizeof record + record.path_length + record.other_length + 2, data, record.data_length);
	bench->plan->log_length += record.size;
}

static void makes(struct bench *bench, uint64_t file, const char *path)
{
	append(bench, (struct record){.call = CALL_OPEN, .made = true, .file = file}, path, "", "");
}

static void writes(struct bench *bench, uint64_t file, char letter, uint32_t length)
{
	char bytes[16 * BLOCK];
	memset(bytes, letter, length);
	append(bench, (struct record){.call = CALL_WRITE, .file = file, .result = length, .data_length = length}, WORK "/", "", bytes);
}

static void syncs(struct bench *bench, uint64_t file, const char *path)
{
	append(bench, (struct record){.call = CALL_SYNC, .file = file}, path, "", "");
}

static void renames(struct bench *bench, const char *from, const char *to)
{
	append(bench, (struct record){.call = CALL_RENAME}, from, to, "");
}

static void old_file(struct bench *bench, const char *name, const char *text)
{
	char path[TREE_PATH_MAX];
	tree_path(path, bench->before, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Makes the first state of that kind. */
static void crash(struct bench *bench, enum crash_kind kind)
{
	struct crashes crashes;
	struct disk disk;
	size_t i = 0;

	tree_clear(bench->after);
	disk_read(&disk, bench->plan, bench->before, WORK);
	crashes_find(&crashes, &disk);
	while (i < crashes.count && crashes.list[i].kind != kind)
		i++;
	assert_true(i < crashes.count);
	crash_build(&disk, &crashes.list[i], bench->after);
	crashes_release(&crashes);
	disk_release(&disk);
}

/* LETTERS: the first byte of each block; '-' for zeros, NULL: no such file. */
static void expect(struct bench *bench, const char *name, const char *letters)
{
	char path[TREE_PATH_MAX], found[17] = "";
	struct mapped mapped;
	tree_path(path, bench->after, name);
	bool is_there = mapped_open(path, &mapped);
	assert_int_equal(is_there, letters != NULL);
	for (size_t i = 0; i < mapped.size; i += BLOCK)
		found[i / BLOCK] = mapped.bytes[i] ? (char)mapped.bytes[i] : '-';
	mapped_close(&mapped);
	if (letters)
		assert_string_equal(found, letters);
}

/* --- What is safe and what is not -------------------------------------------------------------------------------------- */

static void nothing_unsynced_survives_a_loss_of_all(void **state)
{
	makes(*state, 7, WORK "/a");
	writes(*state, 7, 'a', BLOCK);
	crash(*state, CRASH_ALL_LOST);
	expect(*state, "a", NULL);
}

static void synced_file_without_synced_folder_has_no_name(void **state)
{
	makes(*state, 7, WORK "/a");
	writes(*state, 7, 'a', BLOCK);
	syncs(*state, 7, WORK "/a");
	crash(*state, CRASH_ALL_LOST);
	expect(*state, "a", NULL);
}

static void synced_folder_without_synced_file_has_no_bytes(void **state)
{
	makes(*state, 7, WORK "/a");
	writes(*state, 7, 'a', BLOCK);
	syncs(*state, 1, WORK);
	crash(*state, CRASH_ALL_LOST);
	expect(*state, "a", "");
}

static void synced_file_in_a_synced_folder_is_safe(void **state)
{
	makes(*state, 7, WORK "/part");
	writes(*state, 7, 'a', 2 * BLOCK);
	syncs(*state, 7, WORK "/part");
	renames(*state, WORK "/part", WORK "/a");
	syncs(*state, 1, WORK);
	crash(*state, CRASH_ALL_LOST);
	expect(*state, "a", "aa");
	expect(*state, "part", NULL);
}

static void sync_of_another_folder_saves_no_name(void **state)
{
	old_file(*state, "a", "old");
	makes(*state, 7, WORK "/part");
	renames(*state, WORK "/part", WORK "/a");
	syncs(*state, 1, WORK "/sub");
	crash(*state, CRASH_ALL_LOST);
	expect(*state, "a", "o");
}

static void what_is_written_after_the_sync_may_go(void **state)
{
	makes(*state, 7, WORK "/a");
	writes(*state, 7, 'a', BLOCK);
	syncs(*state, 7, WORK "/a");
	syncs(*state, 1, WORK);
	writes(*state, 7, 'b', BLOCK);
	crash(*state, CRASH_ALL_LOST);
	expect(*state, "a", "a");
	crash(*state, CRASH_ALL_KEPT);
	expect(*state, "a", "b");
}

static void failed_sync_saves_nothing(void **state)
{
	struct bench *bench = *state;
	makes(bench, 7, WORK "/a");
	append(bench, (struct record){.call = CALL_SYNC, .file = 1, .result = -5}, WORK, "", "");
	crash(bench, CRASH_ALL_LOST);
	expect(bench, "a", NULL);
}

/* --- Kinds of loss ----------------------------------------------------------------------------------------------------- */

static void replaces_old_file(struct bench *bench)
{
	old_file(bench, "a", "old");
	makes(bench, 7, WORK "/part");
	writes(bench, 7, 'n', 4 * BLOCK);
	renames(bench, WORK "/part", WORK "/a");
}

static void name_may_come_without_bytes(void **state)
{
	replaces_old_file(*state);
	crash(*state, CRASH_NAMES_ONLY);
	expect(*state, "a", "");
	expect(*state, "part", NULL);
}

static void size_may_come_without_bytes(void **state)
{
	replaces_old_file(*state);
	crash(*state, CRASH_SIZES_ONLY);
	expect(*state, "a", "----");
}

static void bytes_may_come_without_a_name(void **state)
{
	replaces_old_file(*state);
	crash(*state, CRASH_FILES_ONLY);
	expect(*state, "a", "o");
	expect(*state, "part", NULL);
}

static void one_change_may_be_lost(void **state)
{
	replaces_old_file(*state);
	crash(*state, CRASH_ONE_LOST); /* the making: the rename still leads to the file */
	expect(*state, "a", "nnnn");
}

static void one_change_may_be_all_that_is_kept(void **state)
{
	replaces_old_file(*state);
	crash(*state, CRASH_ONE_KEPT);
	expect(*state, "a", "o");
	expect(*state, "part", "");
}

static void write_may_be_torn(void **state)
{
	replaces_old_file(*state);
	crash(*state, CRASH_TORN_FIRST);
	expect(*state, "a", "nn--");
	crash(*state, CRASH_TORN_ODD);
	expect(*state, "a", "-n-n");
}

static void file_is_lost_with_its_new_folder(void **state)
{
	struct bench *bench = *state;
	append(bench, (struct record){.call = CALL_MAKE_FOLDER}, WORK "/sub", "", "");
	makes(bench, 7, WORK "/sub/a");
	syncs(bench, 2, WORK "/sub");
	crash(bench, CRASH_ALL_LOST);
	expect(bench, "sub/a", NULL);
	syncs(bench, 1, WORK);
	crash(bench, CRASH_ALL_LOST);
	expect(bench, "sub/a", "");
}

static void removed_name_may_come_back(void **state)
{
	struct bench *bench = *state;
	old_file(bench, "a", "old");
	append(bench, (struct record){.call = CALL_UNLINK}, WORK "/a", "", "");
	crash(bench, CRASH_ALL_LOST);
	expect(bench, "a", "o");
	crash(bench, CRASH_ALL_KEPT);
	expect(bench, "a", NULL);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(nothing_unsynced_survives_a_loss_of_all),
		CASE(synced_file_without_synced_folder_has_no_name),
		CASE(synced_folder_without_synced_file_has_no_bytes),
		CASE(synced_file_in_a_synced_folder_is_safe),
		CASE(sync_of_another_folder_saves_no_name),
		CASE(what_is_written_after_the_sync_may_go),
		CASE(failed_sync_saves_nothing),
		CASE(name_may_come_without_bytes),
		CASE(size_may_come_without_bytes),
		CASE(bytes_may_come_without_a_name),
		CASE(one_change_may_be_lost),
		CASE(one_change_may_be_all_that_is_kept),
		CASE(write_may_be_torn),
		CASE(file_is_lost_with_its_new_folder),
		CASE(removed_name_may_come_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
