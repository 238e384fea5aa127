/* The shim: what it numbers, logs, kills, stops, fails and shortens, tried on a small program and held against strace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <errno.h>
#include <signal.h>

#include <cmocka.h>

#include "child.h"
#include "trace.h"
#include "tree.h"

#define CHANGES 20 /* that tests/tools/changer makes */
#define PWRITE_FIRST 2
#define RENAME_FIRST 9
#define FSYNC_FOLDER 10
#define SECONDS 20

struct bench {
	char folder[32];
	char tool[TREE_PATH_MAX];
	char shim[TREE_PATH_MAX];
	struct plan_page page;
	struct outcome outcome;
};

static int set_up(void **state)
{
	const char *build = getenv("BUILD");
	struct bench *bench = calloc(1, sizeof *bench);
	assert_non_null(bench);
	snprintf(bench->folder, sizeof bench->folder, "/tmp/ferry-shim.XXXXXX");
	assert_non_null(mkdtemp(bench->folder));
	tree_path(bench->tool, build ? build : "build", "tests/tools/changer");
	tree_path(bench->shim, build ? build : "build", "tests/fault/shim.so");
	plan_open(&bench->page);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;
	outcome_release(&bench->outcome);
	plan_close(&bench->page);
	tree_clear(bench->folder);
	rmdir(bench->folder);
	free(bench);
	return 0;
}

static void run(struct bench *bench, struct plan plan)
{
	const char *command[] = {bench->tool, bench->folder, NULL};
	outcome_release(&bench->outcome);
	plan_set(&bench->page, plan);
	child_run(command, &bench->page, bench->shim, SECONDS, &bench->outcome);
}

static bool has(const struct bench *bench, const char *name)
{
	char path[TREE_PATH_MAX];
	tree_path(path, bench->folder, name);
	return access(path, F_OK) == 0;
}

static off_t size_of(const struct bench *bench, const char *name)
{
	char path[TREE_PATH_MAX];
	struct stat found;
	tree_path(path, bench->folder, name);
	assert_int_equal(stat(path, &found), 0);
	return found.st_size;
}

static const struct record *record_number(const struct bench *bench, uint64_t number)
{
	const struct record *record = plan_next(bench->page.plan, NULL);
	while (record && record->number != number)
		record = plan_next(bench->page.plan, record);
	assert_non_null(record);
	return record;
}

static void shim_numbers_each_change_in_its_order(void **state)
{
	static const enum call expected[CHANGES] = {CALL_OPEN, CALL_WRITE, CALL_WRITE, CALL_WRITE_BACK, CALL_TRUNCATE, CALL_MODE, CALL_TIMES,
		CALL_SYNC, CALL_RENAME, CALL_SYNC, CALL_MAKE_FOLDER, CALL_OPEN, CALL_WRITE, CALL_SYNC, CALL_ALLOCATE, CALL_CLONE,
		CALL_LINK, CALL_RENAME, CALL_UNLINK, CALL_UNLINK};
	struct bench *bench = *state;
	const struct record *record = NULL;

	run(bench, (struct plan){.log = PLAN_LOG_DATA, .clones = true});
	assert_int_equal(bench->outcome.end, CHILD_EXITED);
	assert_int_equal(bench->outcome.code, 0);
	assert_int_equal(bench->page.plan->count, CHANGES);
	for (uint64_t i = 0; i < CHANGES; i++) {
		record = plan_next(bench->page.plan, record);
		assert_non_null(record);
		assert_int_equal(record->number, i + 1);
		assert_int_equal(record->call, expected[i]);
	}
	assert_null(plan_next(bench->page.plan, record));
}

static void shim_logs_names_bytes_and_places(void **state)
{
	struct bench *bench = *state;
	char part[TREE_PATH_MAX], final[TREE_PATH_MAX];

	tree_path(part, bench->folder, ".a.part");
	tree_path(final, bench->folder, "a");
	run(bench, (struct plan){.log = PLAN_LOG_DATA, .clones = true});
	const struct record *opened = record_number(bench, 1), *wrote = record_number(bench, PWRITE_FIRST);
	const struct record *renamed = record_number(bench, RENAME_FIRST), *cloned = record_number(bench, 16);
	assert_string_equal(record_path(opened), part);
	assert_true(opened->made);
	assert_int_equal(wrote->file, opened->file);
	assert_int_equal(wrote->offset, 4096);
	assert_int_equal(wrote->data_length, 8192);
	assert_int_equal(record_data(wrote)[8191], 'a');
	assert_string_equal(record_path(renamed), part);
	assert_string_equal(record_other(renamed), final);
	assert_int_equal(cloned->data_length, 10000);
	assert_int_equal(size_of(bench, "b"), 10000);
}

/* What sanitizers open for themselves the shim does not see. */
static void skip_without_strace(void)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip();
#endif
	if (system("strace -qq -o /dev/null true 2>/dev/null") != 0)
		skip();
}

static void strace_saw_the_same_calls(void **state)
{
	struct bench *bench = *state;
	const char *command[] = {bench->tool, bench->folder, NULL};
	char folder[] = "/tmp/ferry-trace.XXXXXX", what[TRACE_WHAT_MAX];

	skip_without_strace();
	assert_non_null(mkdtemp(folder));
	bool agrees = trace_agrees(command, &bench->page, bench->shim, folder, what);
	tree_clear(folder);
	rmdir(folder);
	assert_string_equal(what, "");
	assert_true(agrees);
}

static void strace_tells_what_the_shim_did_not_see(void **state)
{
	struct bench *bench = *state;
	char link[TREE_PATH_MAX], folder[] = "/tmp/ferry-trace.XXXXXX", what[TRACE_WHAT_MAX];
	const char *command[] = {"ln", "-s", "nowhere", link, NULL};

	skip_without_strace();
	tree_path(link, bench->folder, "link");
	assert_non_null(mkdtemp(folder));
	bool agrees = trace_agrees(command, &bench->page, bench->shim, folder, what);
	tree_clear(folder);
	rmdir(folder);
	assert_false(agrees);
	assert_string_equal(what, "only strace saw symlinkat = 0");
}

static void strace_lines_tell_changes_from_looks(void **state)
{
	struct traced traced;
	(void)state;

	assert_true(trace_line("openat(3</tmp/x>, \"a\", O_RDWR|O_CREAT, 0666) = 5</tmp/x/a>", &traced));
	assert_int_equal(traced.result, 5);
	assert_true(trace_line("renameat2(3</tmp/x>, \"a\", 3</tmp/x>, \"b\", 0) = -1 ENOENT (No such file)", &traced));
	assert_int_equal(traced.result, -1);
	assert_true(trace_line("pwritev(5</tmp/x/a>, [{iov_base=\"\"..., iov_len=1}], 1, 0) = 1", &traced));
	assert_true(trace_line("mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 5</tmp/x/a>, 0) = 0x7f", &traced));
	assert_true(trace_line("ioctl(5</tmp/x/a>, BTRFS_IOC_CLONE or FICLONE, 4) = 0", &traced));
	assert_false(trace_line("openat(AT_FDCWD</tmp>, \"a\", O_RDONLY|O_CLOEXEC) = 3</tmp/a>", &traced));
	assert_false(trace_line("write(1<pipe:[77]>, \"\"..., 5) = 5", &traced));
	assert_false(trace_line("write(2</dev/null>, \"\"..., 5) = 5", &traced));
	assert_false(trace_line("mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_SHARED, 3</memfd:plan>, 0) = 0x7f", &traced));
	assert_false(trace_line("pread64(5</tmp/x/a>, \"\"..., 10, 0) = 10", &traced));
	assert_false(trace_line("+++ exited with 0 +++", &traced));
}

static void kill_before_a_call_keeps_it_from_happening(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_KILL_BEFORE, .at = RENAME_FIRST});
	assert_int_equal(bench->outcome.end, CHILD_KILLED);
	assert_int_equal(bench->outcome.code, SIGKILL);
	assert_true(has(bench, ".a.part"));
	assert_false(has(bench, "a"));
	assert_int_equal(bench->page.plan->count, RENAME_FIRST);
}

static void kill_after_a_call_lets_it_happen(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_KILL_AFTER, .at = RENAME_FIRST});
	assert_int_equal(bench->outcome.end, CHILD_KILLED);
	assert_true(has(bench, "a"));
	assert_int_equal(bench->page.plan->count, RENAME_FIRST);
}

static void log_outlives_the_kill(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_KILL_BEFORE, .at = RENAME_FIRST, .log = PLAN_LOG_CALLS});
	assert_int_equal(record_number(bench, RENAME_FIRST - 1)->call, CALL_SYNC);
	assert_null(plan_next(bench->page.plan, record_number(bench, RENAME_FIRST - 1)));
}

static void stopped_program_goes_on_when_told(void **state)
{
	struct bench *bench = *state;
	const char *command[] = {bench->tool, bench->folder, NULL};
	struct child child;

	plan_set(&bench->page, (struct plan){.act = PLAN_STOP_BEFORE, .at = FSYNC_FOLDER, .clones = true});
	child_start(&child, command, &bench->page, bench->shim);
	child_wait(&child, SECONDS, &bench->outcome);
	assert_int_equal(bench->outcome.end, CHILD_STOPPED);
	assert_true(has(bench, "a"));
	assert_false(has(bench, "b"));
	child_continue(&child);
	child_wait(&child, SECONDS, &bench->outcome);
	assert_int_equal(bench->outcome.end, CHILD_EXITED);
	assert_int_equal(bench->outcome.code, 0);
	assert_true(has(bench, "b"));
}

static void call_fails_once(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_FAIL, .at = FSYNC_FOLDER, .error = EIO, .clones = true});
	assert_int_equal(bench->outcome.code, 1);
	assert_non_null(strstr(bench->outcome.out, "1 failed"));
	assert_int_equal(bench->page.plan->hits, 1);
	assert_int_equal(bench->page.plan->met, CALL_SYNC);
}

static void call_fails_from_then_on(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_FAIL, .at = FSYNC_FOLDER, .error = EIO, .lasting = true, .clones = true});
	assert_non_null(strstr(bench->outcome.out, "2 failed"));
	assert_int_equal(bench->page.plan->hits, 2);
}

static void failed_write_writes_nothing(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_FAIL, .at = PWRITE_FIRST, .error = ENOSPC, .log = PLAN_LOG_DATA});
	assert_int_equal(record_number(bench, PWRITE_FIRST)->result, -ENOSPC);
	assert_int_equal(record_number(bench, PWRITE_FIRST)->data_length, 0);
}

static void shortened_write_moves_half(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.act = PLAN_SHORTEN, .at = PWRITE_FIRST, .log = PLAN_LOG_DATA});
	assert_int_equal(record_number(bench, PWRITE_FIRST)->result, 4096);
	assert_int_equal(record_number(bench, PWRITE_FIRST + 1)->result, 4096);
}

static void looks_have_numbers_when_all_have(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.numbers = PLAN_NUMBER_ALL, .clones = true});
	uint64_t all = bench->page.plan->count;
	assert_true(all > CHANGES + 8);
	run(bench, (struct plan){.numbers = PLAN_NUMBER_ALL, .act = PLAN_FAIL, .at = all - 1, .error = EIO, .clones = true});
	assert_int_equal(bench->page.plan->met, CALL_CLOSE);
}

static void clock_says_what_the_plan_says(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.clock = 1234000000005});
	assert_non_null(strstr(bench->outcome.out, "now 1234.000000005"));
}

static void times_are_cut_to_the_tick(void **state)
{
	struct bench *bench = *state;
	run(bench, (struct plan){.tick = 10000000});
	assert_non_null(strstr(bench->outcome.out, "of 120000000"));
	run(bench, (struct plan){0});
	assert_non_null(strstr(bench->outcome.out, "of 123456789"));
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(shim_numbers_each_change_in_its_order),
		CASE(shim_logs_names_bytes_and_places),
		CASE(strace_saw_the_same_calls),
		CASE(strace_tells_what_the_shim_did_not_see),
		cmocka_unit_test(strace_lines_tell_changes_from_looks),
		CASE(kill_before_a_call_keeps_it_from_happening),
		CASE(kill_after_a_call_lets_it_happen),
		CASE(log_outlives_the_kill),
		CASE(stopped_program_goes_on_when_told),
		CASE(call_fails_once),
		CASE(call_fails_from_then_on),
		CASE(failed_write_writes_nothing),
		CASE(shortened_write_moves_half),
		CASE(looks_have_numbers_when_all_have),
		CASE(clock_says_what_the_plan_says),
		CASE(times_are_cut_to_the_tick),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
