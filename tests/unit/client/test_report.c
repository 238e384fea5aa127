/* Tests of what a run tells: the fields of its JSON, the lines for people, and its exit code. */
/* Threat S4 of docs/security.md. */
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "path.h"

/* --- What is written meanwhile ------------------------------------------------------------------------------------- */

struct capture {
	int descriptor; /* 1 or 2 */
	int kept;
	int file;
};

static struct capture capture_start(int descriptor)
{
	struct capture capture = {.descriptor = descriptor, .kept = dup(descriptor), .file = memfd_create("capture", 0)};

	assert_true(capture.kept >= 0 && capture.file >= 0);
	fflush(NULL);
	assert_int_equal(dup2(capture.file, descriptor), descriptor);
	return capture;
}

static char *capture_end(struct capture *capture)
{
	static char text[16384];

	fflush(NULL);
	ssize_t length = pread(capture->file, text, sizeof text - 1, 0);
	assert_int_equal(dup2(capture->kept, capture->descriptor), capture->descriptor);
	close(capture->kept);
	close(capture->file);
	assert_true(length >= 0);
	text[length] = '\0';
	return text;
}

static struct url url_of(const char *text)
{
	struct url url;
	const char *problem;

	assert_int_equal(url_parse(text, &url, &problem), STATUS_OK);
	return url;
}

static struct report *report_of(enum report_format format, int verbosity)
{
	struct report *report;

	assert_int_equal(report_new(format, verbosity, NULL, &report), STATUS_OK);
	return report;
}

static struct result result_of(const struct url *url, enum result_status status, const char *path)
{
	return (struct result){.url = url, .below = span_of("a b"), .path = path, .status = status, .bytes = 5, .fetched = 5,
		.attempts = 1, .nanoseconds = 1234567};
}

static char *stdout_of(enum report_format format, const struct result *result)
{
	struct report *report = report_of(format, -1);
	struct capture capture = capture_start(STDOUT_FILENO);

	report_result(report, result);
	report_free(report);
	return capture_end(&capture);
}

static char *stderr_of(int verbosity, const struct result *result)
{
	struct report *report = report_of(REPORT_TEXT, verbosity);
	struct capture capture = capture_start(STDERR_FILENO);

	report_result(report, result);
	report_free(report);
	return capture_end(&capture);
}

static void fail_with(struct result *result, enum failure_origin origin, enum status status)
{
	result->status = RESULT_FAILED;
	failure_set(&result->failure, origin, status, "ferry://h/x");
}

/* --- Scripts ------------------------------------------------------------------------------------------------------- */

static void object_has_every_field_in_its_order(void **state)
{
	struct url url = url_of("ferry://h/dir/");
	struct result result = result_of(&url, RESULT_FETCHED, "out/a b");

	(void)state;
	result.root_known = true;
	memset(result.root.bytes, 0xab, sizeof result.root.bytes);
	assert_string_equal(stdout_of(REPORT_JSON, &result),
		"{\"url\":\"ferry://h/dir/a%20b\",\"path\":\"out/a b\",\"path_hex\":null,\"status\":\"fetched\",\"bytes\":5,\"fetched\":5,"
		"\"reused\":0,\"root\":\"abababababababababababababababababababababababababababababababab\",\"sha256\":null,"
		"\"attempts\":1,\"ms\":1,\"error\":null}\n");
	url_release(&url);
}

static void unknown_figures_and_paths_are_null(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FAILED, NULL);

	(void)state;
	result.bytes = UINT64_MAX;
	fail_with(&result, FAILURE_SERVER, STATUS_NOT_FOUND);
	json_t *object = json_loads(stdout_of(REPORT_JSON, &result), 0, NULL);
	assert_non_null(object);
	assert_true(json_is_null(json_object_get(object, "path")));
	assert_true(json_is_null(json_object_get(object, "path_hex")));
	assert_true(json_is_null(json_object_get(object, "bytes")));
	json_t *error = json_object_get(object, "error");
	assert_int_equal(json_integer_value(json_object_get(error, "code")), 3);
	assert_string_equal(json_string_value(json_object_get(error, "name")), "not-found");
	assert_string_equal(json_string_value(json_object_get(error, "message")), "ferry://h/x: not found");
	assert_true(json_is_false(json_object_get(error, "retry")));
	json_decref(object);
	url_release(&url);
}

static void path_that_is_not_utf8_comes_in_hexadecimal_too(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FETCHED, "a\xff\xc3/\n");

	(void)state;
	char *line = stdout_of(REPORT_JSON, &result);
	assert_non_null(strstr(line, "\"path\":\"a\\uFFFD\\uFFFD/\\n\",\"path_hex\":\"61ffc32f0a\""));
	url_release(&url);
}

static void output_is_ascii_on_one_line(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FETCHED, "\xc3\xa4\xe2\x80\xa8\xf0\x9f\x98\x80\x1b\n\"\\");

	(void)state;
	char *line = stdout_of(REPORT_JSON, &result);
	for (char *next = line; *next; next++)
		assert_in_range(*next, next[1] ? ' ' : '\n', '~');
	json_t *object = json_loads(line, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(object, "path")), result.path);
	json_decref(object);
	url_release(&url);
}

static void every_status_has_its_documented_word(void **state)
{
	static const char *const words[RESULT_COUNT] = {
		"fetched", "verified", "unchanged", "exists", "skipped", "planned", "failed", "not-tried",
	};
	struct url url = url_of("ferry://h/x");

	(void)state;
	for (int status = 0; status < RESULT_COUNT; status++) {
		struct result result = result_of(&url, (enum result_status)status, "x");
		json_t *object = json_loads(stdout_of(REPORT_JSON, &result), 0, NULL);
		assert_string_equal(json_string_value(json_object_get(object, "status")), words[status]);
		json_decref(object);
	}
	url_release(&url);
}

static void text_format_leaves_stdout_alone(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FETCHED, "x");

	(void)state;
	assert_string_equal(stdout_of(REPORT_TEXT, &result), "");
	url_release(&url);
}

/* --- People -------------------------------------------------------------------------------------------------------- */

static void failure_is_told_however_quiet_the_run(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FAILED, NULL);

	(void)state;
	fail_with(&result, FAILURE_SERVER, STATUS_NOT_FOUND);
	for (int verbosity = -1; verbosity <= 1; verbosity++)
		assert_string_equal(stderr_of(verbosity, &result), "ferry: ferry://h/x: not found\n");
	url_release(&url);
}

static void success_is_told_to_those_who_ask(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FETCHED, "out/\x1b[31mred");

	(void)state;
	assert_string_equal(stderr_of(-1, &result), "");
	assert_string_equal(stderr_of(0, &result), "");
	assert_string_equal(stderr_of(1, &result), "fetched out/\\x1b[31mred (5 B in 1.235 ms)\n");
	result.path = NULL;
	result.status = RESULT_SKIPPED;
	assert_string_equal(stderr_of(1, &result), "skipped ferry://h/x/a%20b\n");
	url_release(&url);
}

static void remarks_are_silenced_by_quiet(void **state)
{
	(void)state;
	for (int verbosity = -1; verbosity <= 1; verbosity++) {
		struct report *report = report_of(REPORT_TEXT, verbosity);
		struct capture capture = capture_start(STDERR_FILENO);
		report_note(report, "waits for %s", "another");
		assert_string_equal(capture_end(&capture), verbosity < 0 ? "" : "ferry: waits for another\n");
		report_free(report);
	}
}

static void the_end_counts_what_was_not_fetched(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct report *report = report_of(REPORT_TEXT, 0);
	struct result fetched = result_of(&url, RESULT_FETCHED, "x"), skipped = result_of(&url, RESULT_SKIPPED, NULL);

	(void)state;
	struct capture capture = capture_start(STDERR_FILENO);
	report_result(report, &fetched);
	report_end(report);
	assert_string_equal(capture_end(&capture), "");
	capture = capture_start(STDERR_FILENO);
	report_result(report, &skipped);
	report_result(report, &skipped);
	report_end(report);
	assert_string_equal(capture_end(&capture), "ferry: of 3 files: 2 skipped\n");
	report_free(report);
	url_release(&url);
}

/* --- The code ------------------------------------------------------------------------------------------------------ */

static void code_of_the_run_is_that_of_its_failures(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result fetched = result_of(&url, RESULT_FETCHED, "x"), failed = result_of(&url, RESULT_FAILED, NULL);
	struct report *report = report_of(REPORT_TEXT, -1);
	struct capture capture = capture_start(STDERR_FILENO);
	struct failure failure;

	(void)state;
	fail_with(&failed, FAILURE_SERVER, STATUS_NOT_FOUND);
	report_result(report, &fetched);
	assert_int_equal(report_exit_code(report), EXIT_OK);
	report_result(report, &failed);
	report_result(report, &fetched);
	assert_int_equal(report_exit_code(report), EXIT_NOT_FOUND);
	failure_set(&failure, FAILURE_NETWORK, STATUS_LOST, "listing ferry://h/x");
	report_failure(report, &failure);
	assert_int_equal(report_exit_code(report), EXIT_MIXED);
	assert_string_equal(capture_end(&capture), "ferry: ferry://h/x: not found\nferry: listing ferry://h/x: connection lost\n");
	report_free(report);
	url_release(&url);
}

static void reader_of_stdout_that_went_away_is_told_once_and_local(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FETCHED, "x");
	struct report *report = report_of(REPORT_JSON, 0);
	struct capture capture = capture_start(STDERR_FILENO);
	int kept = dup(STDOUT_FILENO), ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	assert_int_equal(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
	report_result(report, &result);
	report_result(report, &result);
	assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	close(kept);
	close(ends[1]);
	clearerr(stdout);
	assert_string_equal(capture_end(&capture), "ferry: nobody reads the standard output any more\n");
	assert_int_equal(report_exit_code(report), EXIT_LOCAL);
	report_free(report);
	url_release(&url);
}

static void full_disk_behind_stdout_is_local(void **state)
{
	struct url url = url_of("ferry://h/x");
	struct result result = result_of(&url, RESULT_FETCHED, "x");
	struct report *report = report_of(REPORT_JSON, 0);
	struct capture capture = capture_start(STDERR_FILENO);
	int kept = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	assert_int_equal(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
	report_result(report, &result);
	assert_int_equal(dup2(kept, STDOUT_FILENO), STDOUT_FILENO);
	close(kept);
	close(full);
	clearerr(stdout);
	assert_string_equal(capture_end(&capture), "ferry: cannot write to standard output: no space left\n");
	assert_int_equal(report_exit_code(report), EXIT_LOCAL);
	report_free(report);
	url_release(&url);
}

static int ignore_broken_pipes(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	(void)state;
	return sigaction(SIGPIPE, &ignore, NULL);
}

static void what_is_only_counted_needs_no_names(void **state)
{
	static const struct {
		enum report_format format;
		int verbosity;
		enum result_status status;
		enum exit_code code;
		bool told;
	} cases[] = {
		{REPORT_TEXT, 0, RESULT_FETCHED, EXIT_OK, false},
		{REPORT_TEXT, 1, RESULT_FETCHED, EXIT_OK, true},
		{REPORT_TEXT, 0, RESULT_PLANNED, EXIT_OK, true},
		{REPORT_TEXT, -1, RESULT_PLANNED, EXIT_OK, false},
		{REPORT_TEXT, -1, RESULT_FAILED, EXIT_LOCAL, true},
		{REPORT_JSON, -1, RESULT_UNCHANGED, EXIT_OK, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct report *report = report_of(cases[i].format, cases[i].verbosity);
		const struct result result = {.status = cases[i].status, .failure.code = cases[i].code};
		assert_int_equal(report_tells(report, &result), cases[i].told);
		report_free(report);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_only_counted_needs_no_names),
		cmocka_unit_test(object_has_every_field_in_its_order),
		cmocka_unit_test(unknown_figures_and_paths_are_null),
		cmocka_unit_test(path_that_is_not_utf8_comes_in_hexadecimal_too),
		cmocka_unit_test(output_is_ascii_on_one_line),
		cmocka_unit_test(every_status_has_its_documented_word),
		cmocka_unit_test(text_format_leaves_stdout_alone),
		cmocka_unit_test(failure_is_told_however_quiet_the_run),
		cmocka_unit_test(success_is_told_to_those_who_ask),
		cmocka_unit_test(remarks_are_silenced_by_quiet),
		cmocka_unit_test(the_end_counts_what_was_not_fetched),
		cmocka_unit_test(code_of_the_run_is_that_of_its_failures),
		cmocka_unit_test(reader_of_stdout_that_went_away_is_told_once_and_local),
		cmocka_unit_test(full_disk_behind_stdout_is_local),
	};

	return cmocka_run_group_tests(tests, ignore_broken_pipes, NULL);
}
