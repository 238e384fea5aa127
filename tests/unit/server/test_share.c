/* Tests of shares: which folders open, which are refused, and where a path leads. */
/* Threat C4 of docs/security.md. */
#include "share.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cold_files.h"
#include "forbid.h"
#include "path.h"
#include "scratch.h"

static int make_scratch(void **state)
{
	if (scratch_setup(state) < 0)
		return -1;
	const struct scratch *scratch = *state;
	if (mkdirat(scratch->folder, "one", 0755) < 0 || mkdirat(scratch->folder, "two", 0755) < 0)
		return -1;
	if (symlinkat("one", scratch->folder, "link") < 0 || symlinkat("nowhere", scratch->folder, "dangling") < 0)
		return -1;
	return scratch_write(scratch->folder, "one/file", "one");
}

/* A path below the scratch folder, or an absolute one as it is; freed by the caller. */
static char *below(const struct scratch *scratch, const char *name)
{
	char *path = NULL;

	assert_true(asprintf(&path, "%s%s%s", name[0] == '/' ? "" : scratch->path, name[0] == '/' ? "" : "/", name) > 0);
	return path;
}

static enum status open_one(const struct scratch *scratch, char *name, const char *folder, struct shares *shares)
{
	struct share_settings list[] = {{.name = name, .path = below(scratch, folder)}};
	struct settings settings = {.shares = list, .share_count = 1};
	const struct share_settings *failed = NULL;
	enum status status = shares_open(shares, &settings, &failed);

	assert_ptr_equal(failed, status == STATUS_OK ? NULL : &list[0]);
	free(list[0].path);
	return status;
}

static void open_two(const struct scratch *scratch, struct shares *shares)
{
	char one[] = "one", second[] = "second";
	struct share_settings list[] = {{.name = one, .path = below(scratch, "one")}, {.name = second, .path = below(scratch, "two")}};
	struct settings settings = {.shares = list, .share_count = 2};
	const struct share_settings *failed;

	assert_int_equal(shares_open(shares, &settings, &failed), STATUS_OK);
	free(list[0].path);
	free(list[1].path);
}

static void a_share_holds_its_folder_also_when_it_is_renamed(void **state)
{
	struct scratch *scratch = *state;
	struct shares shares;
	struct stat stat;
	int fd;

	assert_int_equal(open_one(scratch, NULL, "one", &shares), STATUS_OK);
	assert_int_equal(renameat(scratch->folder, "one", scratch->folder, "other"), 0);
	assert_int_equal(beneath_open_file(shares.list[0].folder, "file", shares.list[0].symlinks, &fd, &stat), STATUS_OK);
	assert_int_equal(stat.st_size, 3);
	close(fd);
	shares_release(&shares);
}

static void only_readable_folders_of_real_files_can_be_shared(void **state)
{
	struct scratch *scratch = *state;
	static const struct {
		const char *folder;
		enum status status;
	} cases[] = {
		{"link", STATUS_OK}, /* the user named it: a share itself may be a symlink */
		{"nothing", STATUS_NOT_FOUND},
		{"dangling", STATUS_NOT_FOUND},
		{"one/file", STATUS_NOT_FOLDER},
		{"/proc", STATUS_UNSUPPORTED},
		{"/proc/self", STATUS_UNSUPPORTED},
		{"/sys", STATUS_UNSUPPORTED},
	};
	int before = scratch_next_descriptor();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct shares shares = {.list = NULL};
		assert_int_equal(open_one(scratch, NULL, cases[i].folder, &shares), cases[i].status);
		shares_release(&shares);
		assert_int_equal(scratch_next_descriptor(), before);
	}
}

static void a_folder_without_permission_fails_the_start(void **state)
{
	struct scratch *scratch = *state;
	struct shares shares;
	int outcome;

	assert_int_equal(fchmodat(scratch->folder, "two", 0, 0), 0);
	fflush(NULL);
	pid_t child = fork(); /* permissions given up stay given up */
	if (child == 0)
		_exit(forbid_ignoring_permissions() == 0 && open_one(scratch, NULL, "two", &shares) == STATUS_REFUSED ? 0 : 1);
	assert_int_equal(waitpid(child, &outcome, 0), child);
	assert_int_equal(outcome, 0);
	assert_int_equal(fchmodat(scratch->folder, "two", 0755, 0), 0);
}

static void a_share_that_fails_closes_those_before_it(void **state)
{
	struct scratch *scratch = *state;
	char one[] = "one", second[] = "second";
	struct share_settings list[] = {{.name = one, .path = below(scratch, "one")}, {.name = second, .path = below(scratch, "nothing")}};
	struct settings settings = {.shares = list, .share_count = 2};
	const struct share_settings *failed = NULL;
	struct shares shares;
	int before = scratch_next_descriptor();

	assert_int_equal(shares_open(&shares, &settings, &failed), STATUS_NOT_FOUND);
	assert_ptr_equal(failed, &list[1]);
	assert_int_equal(scratch_next_descriptor(), before);
	free(list[0].path);
	free(list[1].path);
}

static void assert_leads(const struct shares *shares, const char *path, const struct share *expected, const char *rest)
{
	const struct share *share = NULL;
	struct span left;

	assert_int_equal(shares_find(shares, span_of(path), &share, &left), STATUS_OK);
	assert_ptr_equal(share, expected);
	assert_int_equal(left.length, strlen(rest));
	assert_memory_equal(left.bytes, rest, left.length);
}

static void every_path_leads_into_a_lone_unnamed_share(void **state)
{
	struct shares shares;

	assert_int_equal(open_one(*state, NULL, "one", &shares), STATUS_OK);
	assert_leads(&shares, "", &shares.list[0], "");
	assert_leads(&shares, "file", &shares.list[0], "file");
	assert_leads(&shares, "a/b/c", &shares.list[0], "a/b/c");
	shares_release(&shares);
}

static void the_first_component_names_the_share(void **state)
{
	struct shares shares;

	open_two(*state, &shares);
	assert_leads(&shares, "", NULL, "");
	assert_leads(&shares, "one", &shares.list[0], "");
	assert_leads(&shares, "second", &shares.list[1], "");
	assert_leads(&shares, "one/file", &shares.list[0], "file");
	assert_leads(&shares, "second/a/b", &shares.list[1], "a/b");
	shares_release(&shares);
}

static void a_lone_share_with_a_name_is_found_by_it_alone(void **state)
{
	char name[] = "one";
	struct shares shares;
	const struct share *share;
	struct span rest;

	assert_int_equal(open_one(*state, name, "one", &shares), STATUS_OK);
	assert_leads(&shares, "", NULL, "");
	assert_leads(&shares, "one/file", &shares.list[0], "file");
	assert_int_equal(shares_find(&shares, span_of("file"), &share, &rest), STATUS_NOT_FOUND);
	shares_release(&shares);
}

static void no_other_name_finds_a_share(void **state)
{
	static const char *const names[] = {"on", "onee", "One", "two", "one\n/file", "file", "secon/d"};
	struct shares shares;
	const struct share *share;
	struct span rest;

	open_two(*state, &shares);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(shares_find(&shares, span_of(names[i]), &share, &rest), STATUS_NOT_FOUND);
	shares_release(&shares);
}

/* FOLDER is the scratch folder's own, or one of a file system in memory where this machine has one. */
static void assert_memory_is_known(const struct scratch *scratch, const char *folder)
{
	struct shares shares;
	struct stat stat;

	assert_int_equal(open_one(scratch, NULL, folder, &shares), STATUS_OK);
	assert_int_equal(fstat(shares.list[0].folder, &stat), 0);
	assert_int_equal(share_is_memory(&shares.list[0], &stat), !lies_on_disk(shares.list[0].folder));
	stat.st_dev++;
	assert_false(share_is_memory(&shares.list[0], &stat));
	shares_release(&shares);
}

static void a_share_in_memory_is_known_and_so_is_what_is_mounted_below(void **state)
{
	assert_memory_is_known(*state, "one");
	assert_memory_is_known(*state, access("/dev/shm", R_OK | X_OK) == 0 ? "/dev/shm" : "one");
}

static void releasing_zeroed_shares_does_nothing(void **state)
{
	struct shares shares = {.list = NULL};

	(void)state;
	shares_release(&shares);
	assert_null(shares.list);
}

#define ON_FILES(test) cmocka_unit_test_setup_teardown(test, make_scratch, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FILES(a_share_holds_its_folder_also_when_it_is_renamed),
		ON_FILES(only_readable_folders_of_real_files_can_be_shared),
		ON_FILES(a_folder_without_permission_fails_the_start),
		ON_FILES(a_share_that_fails_closes_those_before_it),
		ON_FILES(every_path_leads_into_a_lone_unnamed_share),
		ON_FILES(the_first_component_names_the_share),
		ON_FILES(a_lone_share_with_a_name_is_found_by_it_alone),
		ON_FILES(no_other_name_finds_a_share),
		ON_FILES(a_share_in_memory_is_known_and_so_is_what_is_mounted_below),
		cmocka_unit_test(releasing_zeroed_shares_does_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
