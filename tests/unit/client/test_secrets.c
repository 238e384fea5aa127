/* Tests of where a token comes from, and what is taken for one. */
#include "secrets.h"

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

#include "message.h"
#include "scratch.h"

static int begin(void **state)
{
	unsetenv("FERRY_TOKEN");
	umask(077);
	return scratch_setup(state);
}

/* The token for the server of URL, or what is wrong: NULL for none. */
static const char *find(const struct scratch *scratch, const char *file, const char *url_text)
{
	static char found[AUTH_TOKEN_MAX + 1];
	struct secrets *secrets;
	struct failure failure;
	struct url url;
	const char *problem;

	enum status status = secrets_open(scratch->folder, file, &secrets, &failure);
	if (status != STATUS_OK)
		return failure.code == EXIT_USAGE ? "usage" : "local";
	assert_int_equal(url_parse(url_text, &url, &problem), STATUS_OK);
	struct span token = secrets_find(secrets, &url);
	snprintf(found, sizeof(found), "%.*s", (int)token.length, (const char *)token.bytes);
	secrets_close(secrets);
	url_release(&url);
	return token.length > 0 ? found : NULL;
}

static void the_first_place_that_has_one_counts(void **state)
{
	struct scratch *scratch = *state;
	char path[4200];

	snprintf(path, sizeof(path), "%s/file", scratch->path);
	assert_null(find(scratch, NULL, "ferrys://h/"));
	assert_int_equal(scratch_write(scratch->folder, SECRETS_FILE, "ferrys://h/ from-the-configuration\n"), 0);
	assert_string_equal(find(scratch, NULL, "ferrys://h/x"), "from-the-configuration");
	setenv("FERRY_TOKEN", "", 1);
	assert_string_equal(find(scratch, NULL, "ferrys://h/x"), "from-the-configuration");
	setenv("FERRY_TOKEN", "from-the-environment", 1);
	assert_string_equal(find(scratch, NULL, "ferrys://h/x"), "from-the-environment");
	assert_int_equal(scratch_write(scratch->folder, "file", "from-the-file\n"), 0);
	assert_string_equal(find(scratch, path, "ferrys://h/x"), "from-the-file");
}

static void a_line_is_for_one_server_with_its_scheme_and_port(void **state)
{
	struct scratch *scratch = *state;

	assert_int_equal(scratch_write(scratch->folder, SECRETS_FILE,
		"# remark\n\nferrys://h/ one\nferrys://h:99/ two\nferry://[::1]/any/path three\nferrys://other/a b four"), 0);
	assert_string_equal(find(scratch, NULL, "ferrys://H/"), "one");
	assert_string_equal(find(scratch, NULL, "ferrys://h:7440/deep/x"), "one");
	assert_string_equal(find(scratch, NULL, "ferrys://h:99"), "two");
	assert_string_equal(find(scratch, NULL, "ferry://[::1]"), "three");
	assert_string_equal(find(scratch, NULL, "ferrys://other"), "four");
	assert_null(find(scratch, NULL, "ferry://h/"));
	assert_null(find(scratch, NULL, "ferrys://h:98/"));
	assert_null(find(scratch, NULL, "ferrys://hh/"));
}

static void what_is_no_line_is_a_usage_error(void **state)
{
	static const char *const wrong[] = {
		"ferrys://h/", "ferrys://h/ ", "token ferrys://h/", "http://h/ token", " ferrys://h/ token", "ferrys://h/ tok\ten",
		"ferrys://h/ token\r", "ferrys:// token",
	};
	struct scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(scratch_write(scratch->folder, SECRETS_FILE, wrong[i]), 0);
		assert_string_equal(find(scratch, NULL, "ferrys://h/"), "usage");
	}
}

static void nothing_is_hidden_behind_a_nul(void **state)
{
	static const char text[] = "ferrys://h/ one\n# remark\0\nferrys://h/ two\n";
	struct scratch *scratch = *state;

	int fd = openat(scratch->folder, SECRETS_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_string_equal(find(scratch, NULL, "ferrys://h/"), "usage");
}

static void a_token_file_with_a_nul_holds_no_token(void **state)
{
	static const char text[] = "token\0more";
	struct scratch *scratch = *state;
	char path[4200];

	snprintf(path, sizeof(path), "%s/file", scratch->path);
	for (size_t length = strlen(text) + 1; length < sizeof(text); length++) {
		int fd = openat(scratch->folder, "file", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, text, length), length);
		close(fd);
		assert_string_equal(find(scratch, path, "ferrys://h/"), "usage");
	}
}

static void a_file_that_others_may_read_is_refused(void **state)
{
	struct scratch *scratch = *state;

	assert_int_equal(scratch_write(scratch->folder, SECRETS_FILE, "ferrys://h/ one\n"), 0);
	assert_int_equal(fchmodat(scratch->folder, SECRETS_FILE, 0640, 0), 0);
	assert_string_equal(find(scratch, NULL, "ferrys://h/"), "usage");
	setenv("FERRY_TOKEN", "other", 1);
	assert_string_equal(find(scratch, NULL, "ferrys://h/"), "other");
}

static void a_token_is_one_short_printable_word(void **state)
{
	static const char *const wrong[] = {"two words", "tab\there", "line\nbreak", "\033[2J", "caf\xc3\xa9", " lead"};
	struct scratch *scratch = *state;
	char longest[AUTH_TOKEN_MAX + 2];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		setenv("FERRY_TOKEN", wrong[i], 1);
		assert_string_equal(find(scratch, NULL, "ferrys://h/"), "usage");
	}
	memset(longest, 'x', sizeof(longest));
	longest[AUTH_TOKEN_MAX + 1] = '\0';
	setenv("FERRY_TOKEN", longest, 1);
	assert_string_equal(find(scratch, NULL, "ferrys://h/"), "usage");
	setenv("FERRY_TOKEN", longest + 1, 1);
	assert_string_equal(find(scratch, NULL, "ferrys://h/"), longest + 1);
}

static void a_token_file_may_be_a_pipe_and_must_hold_one(void **state)
{
	struct scratch *scratch = *state;
	char path[64];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "from-a-pipe\n", 12), 12);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_string_equal(find(scratch, path, "ferrys://h/"), "from-a-pipe");
	close(ends[0]);
	assert_string_equal(find(scratch, "/dev/null", "ferrys://h/"), "usage");
	assert_string_equal(find(scratch, "/dev/zero", "ferrys://h/"), "usage");
	assert_string_equal(find(scratch, "/nowhere/at/all", "ferrys://h/"), "local");
	assert_string_equal(find(scratch, "/", "ferrys://h/"), "local");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, scratch_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(the_first_place_that_has_one_counts),
		CASE(a_line_is_for_one_server_with_its_scheme_and_port),
		CASE(what_is_no_line_is_a_usage_error),
		CASE(nothing_is_hidden_behind_a_nul),
		CASE(a_token_file_with_a_nul_holds_no_token),
		CASE(a_file_that_others_may_read_is_refused),
		CASE(a_token_is_one_short_printable_word),
		CASE(a_token_file_may_be_a_pipe_and_must_hold_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
