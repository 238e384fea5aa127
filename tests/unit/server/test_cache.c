/* Tests of where the digest index lies, and where it does not. */
#include "cache.h"

#include <fcntl.h>
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

#include "capture.h"
#include "scratch.h"

struct fixture {
	struct scratch scratch;
	struct share share;
	struct shares shares;
	struct digest_index *index;
	struct capture capture;
	char path[PATH_MAX + 16];
};

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0 || mkdirat(fixture->scratch.folder, "share", 0755) < 0)
		return -1;
	fixture->share.folder = openat(fixture->scratch.folder, "share", O_PATH | O_DIRECTORY | O_CLOEXEC);
	fixture->shares = (struct shares){.list = &fixture->share, .count = 1};
	snprintf(fixture->path, sizeof(fixture->path), "%s/ferry", fixture->scratch.path);
	return setenv("XDG_CACHE_HOME", fixture->scratch.path, 1);
}

static int release_fixture(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->share.folder);
	own_folders_release(&fixture->shares.own);
	digest_index_free(fixture->index);
	int result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

/* What is logged meanwhile is left in the capture. */
static enum status open_cache(struct fixture *fixture, char *cache)
{
	struct settings settings = {.cache = cache, .cache_files = 10, .cache_bytes = 65536};

	capture_start(&fixture->capture, STDERR_FILENO);
	enum status status = cache_open(&settings, &fixture->shares, &fixture->index);
	capture_end(&fixture->capture);
	return status;
}

static void the_automatic_folder_is_made_and_hidden(void **state)
{
	struct fixture *fixture = *state;
	struct stat stat;
	char automatic[] = "auto";

	assert_int_equal(open_cache(fixture, automatic), STATUS_OK);
	assert_non_null(fixture->index);
	assert_int_equal(lstat(fixture->path, &stat), 0);
	assert_true(own_folders_are(&fixture->shares.own, &stat));
	assert_string_equal(fixture->capture.text, "");
}

static void a_named_folder_is_made_and_hidden(void **state)
{
	struct fixture *fixture = *state;
	struct stat stat;

	assert_int_equal(open_cache(fixture, fixture->path), STATUS_OK);
	assert_non_null(fixture->index);
	assert_int_equal(lstat(fixture->path, &stat), 0);
	assert_true(own_folders_are(&fixture->shares.own, &stat));
}

static void no_means_none(void **state)
{
	struct fixture *fixture = *state;
	char no[] = "no";

	assert_int_equal(open_cache(fixture, no), STATUS_OK);
	assert_null(fixture->index);
	assert_int_equal(access(fixture->path, F_OK), -1);
	assert_string_equal(fixture->capture.text, "");
}

static void the_automatic_folder_is_hidden_though_it_is_not_used(void **state)
{
	struct fixture *fixture = *state;
	struct stat stat;
	char no[] = "no";

	assert_int_equal(open_cache(fixture, no), STATUS_OK);
	assert_int_equal(mkdirat(fixture->scratch.folder, "ferry", 0700), 0);
	assert_int_equal(lstat(fixture->path, &stat), 0);
	assert_true(own_folders_are(&fixture->shares.own, &stat));
}

static void an_automatic_folder_that_does_not_do_is_a_log_line(void **state)
{
	struct fixture *fixture = *state;
	char automatic[] = "auto";

	assert_int_equal(scratch_write(fixture->scratch.folder, "ferry", "in the way"), 0);
	assert_int_equal(open_cache(fixture, automatic), STATUS_OK);
	assert_null(fixture->index);
	assert_non_null(strstr(fixture->capture.text, "event=no_cache"));
	assert_non_null(strstr(fixture->capture.text, fixture->path));
	unsetenv("XDG_CACHE_HOME");
	unsetenv("HOME");
	assert_int_equal(open_cache(fixture, automatic), STATUS_OK);
	assert_null(fixture->index);
	assert_non_null(strstr(fixture->capture.text, "no home folder"));
}

static void a_named_folder_that_does_not_do_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(scratch_write(fixture->scratch.folder, "ferry", "in the way"), 0);
	assert_int_equal(open_cache(fixture, fixture->path), STATUS_NOT_FOLDER);
	assert_null(fixture->index);
}

/* Hiding it would hide all that the share has. */
static void a_folder_that_is_served_is_never_taken(void **state)
{
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();
	char automatic[] = "auto";

	assert_int_equal(symlinkat("share", fixture->scratch.folder, "ferry"), 0);
	assert_int_equal(open_cache(fixture, fixture->path), STATUS_EXISTS);
	assert_int_equal(open_cache(fixture, automatic), STATUS_OK);
	assert_null(fixture->index);
	assert_non_null(strstr(fixture->capture.text, "it is what is served"));
	assert_int_equal(fixture->shares.own.count, 0);
	assert_int_equal(scratch_next_descriptor(), before);
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_SCRATCH(the_automatic_folder_is_made_and_hidden),
		IN_SCRATCH(a_named_folder_is_made_and_hidden),
		IN_SCRATCH(no_means_none),
		IN_SCRATCH(the_automatic_folder_is_hidden_though_it_is_not_used),
		IN_SCRATCH(an_automatic_folder_that_does_not_do_is_a_log_line),
		IN_SCRATCH(a_named_folder_that_does_not_do_is_an_error),
		IN_SCRATCH(a_folder_that_is_served_is_never_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
