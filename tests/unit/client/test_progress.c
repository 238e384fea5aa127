/* Tests of the line of progress at every width, of amounts and times for people, and of what reaches stderr. */
#include "progress.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "amount.h"
#include "capture.h"
#include "clock.h"
#include "progress_line.h"

#define MIB 1048576ull
#define GIB (1024 * MIB)
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const struct progress_figures halfway = {
	.files_known = 5000, .files_done = 2012, .bytes_known = 2764 * MIB, .bytes_fetched = 1250 * MIB,
	.rate = 110 * MIB, .elapsed = 12 * CLOCK_SECOND,
};

static const char *line_at(size_t width, const struct progress_figures *figures)
{
	static char line[PROGRESS_LINE_SIZE];

	size_t length = progress_line(line, width, figures);
	assert_int_equal(length, strlen(line));
	return line;
}

/* --- The line ------------------------------------------------------------------------------------------------------ */

static void twenty_columns_hold_share_and_rate(void **state)
{
	(void)state;
	assert_string_equal(line_at(20, &halfway), " 45%  110 MiB/s");
}

static void forty_columns_hold_bytes_and_time_too(void **state)
{
	(void)state;
	assert_string_equal(line_at(40, &halfway), "1.2 GiB of 2.7 GiB   45%  110 MiB/s");
	assert_string_equal(line_at(48, &halfway), "1.2 GiB of 2.7 GiB   45%  110 MiB/s  0:14 left");
}

static void eighty_columns_hold_files_and_a_bar(void **state)
{
	(void)state;
	assert_string_equal(line_at(79, &halfway),
		"2012/5000 files  1.2 GiB of 2.7 GiB   45%  [#####-------]  110 MiB/s  0:14 left");
}

static void two_hundred_columns_hold_the_origins(void **state)
{
	struct progress_figures figures = halfway;

	(void)state;
	figures.bytes_fetched = 250 * MIB;
	figures.bytes_kept = 800 * MIB;
	figures.bytes_verified = 200 * MIB;
	assert_string_equal(line_at(199, &figures),
		"2012/5000 files  1.2 GiB of 2.7 GiB   45%  [##################----------------------]  110 MiB/s  0:14 left  "
		"(fetched 250 MiB, verified 200 MiB, kept 800 MiB)");
}

static void listing_is_said_instead_of_a_share_that_nobody_knows(void **state)
{
	struct progress_figures figures = halfway;

	(void)state;
	figures.listing = true;
	assert_string_equal(line_at(79, &figures), "2012/5000+ files  1.2 GiB of 2.7 GiB+  listing  110 MiB/s");
}

static void last_line_says_how_long_it_took(void **state)
{
	struct progress_figures figures = halfway;

	(void)state;
	figures.finished = true;
	figures.files_done = figures.files_known;
	figures.bytes_fetched = figures.bytes_known;
	assert_string_equal(line_at(79, &figures), "5000 files  2.7 GiB  110 MiB/s  in 12.00 s");
	figures.files_known = figures.files_done = 1;
	assert_string_equal(line_at(79, &figures), "1 file  2.7 GiB  110 MiB/s  in 12.00 s");
}

static void last_line_of_an_incomplete_run_does_not_claim_all(void **state)
{
	struct progress_figures figures = halfway;

	(void)state;
	figures.finished = true;
	assert_string_equal(line_at(79, &figures), "2012/5000 files  1.2 GiB of 2.7 GiB   45%  110 MiB/s  in 12.00 s");
	figures.bytes_fetched = figures.bytes_known - 1;
	assert_non_null(strstr(line_at(79, &figures), " 99%"));
}

static void empty_files_advance_by_their_number(void **state)
{
	struct progress_figures figures = {.files_known = 4, .files_done = 1, .elapsed = CLOCK_SECOND};

	(void)state;
	assert_string_equal(line_at(79, &figures), "1/4 files  0 B   25%  [##########------------------------------]");
}

static void line_is_never_wider_than_it_may_be(void **state)
{
	static const uint64_t amounts[] = {0, 1, 1023, 1024, 999 * MIB, 4 * GIB + 1, INT64_MAX / 3};
	static const int64_t times[] = {0, 1, CLOCK_SECOND, 86400 * CLOCK_SECOND, INT64_MAX};
	char line[PROGRESS_LINE_SIZE];

	(void)state;
	for (size_t width = 0; width <= 300; width++)
		for (size_t a = 0; a < COUNT(amounts); a++)
			for (size_t b = 0; b < COUNT(amounts); b++)
				for (size_t t = 0; t < COUNT(times); t++) {
					struct progress_figures figures = {
						.files_known = amounts[a], .files_done = amounts[b], .bytes_known = amounts[a],
						.bytes_fetched = amounts[b], .bytes_verified = amounts[b], .bytes_kept = amounts[a],
						.listing = t == 1, .finished = t == 2, .rate = amounts[b], .elapsed = times[t],
					};
					size_t length = progress_line(line, width, &figures);
					assert_true(length <= width && length == strlen(line));
				}
}

/* --- Amounts ------------------------------------------------------------------------------------------------------- */

static void bytes_have_three_digits_and_a_unit(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} cases[] = {
		{0, "0 B"}, {1023, "1023 B"}, {1024, "1.0 KiB"}, {1075, "1.0 KiB"}, {1076, "1.1 KiB"},
		{99 * 1024 + 972, "99.9 KiB"}, {99 * 1024 + 973, "100 KiB"}, {MIB - 513, "1023 KiB"}, {MIB - 512, "1.0 MiB"},
		{MIB, "1.0 MiB"}, {GIB - 1, "1.0 GiB"}, {3 * GIB, "3.0 GiB"}, {1024 * GIB, "1.0 TiB"},
		{1024 * 1024 * GIB, "1.0 PiB"}, {INT64_MAX, "8.0 EiB"}, {UINT64_MAX, "16.0 EiB"},
	};
	char text[AMOUNT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(amount_bytes(text, cases[i].bytes), cases[i].text);
}

static void clock_counts_seconds_minutes_hours_and_days(void **state)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} cases[] = {
		{0, "0:00"}, {7, "0:07"}, {754, "12:34"}, {3599, "59:59"}, {3600, "1:00:00"}, {359999, "99:59:59"},
		{360000, "4 days"}, {9000000000, "104166 days"},
	};
	char text[AMOUNT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(amount_clock(text, cases[i].seconds * CLOCK_SECOND), cases[i].text);
}

static void times_taken_are_written_in_a_unit_that_fits(void **state)
{
	char text[AMOUNT_SIZE];

	(void)state;
	assert_string_equal(amount_took(text, 31000), "0.031 ms");
	assert_string_equal(amount_took(text, 12 * CLOCK_MS), "12 ms");
	assert_string_equal(amount_took(text, 1240 * CLOCK_MS), "1.24 s");
	assert_string_equal(amount_took(text, 61 * CLOCK_SECOND), "1:01");
}

static void times_are_those_of_rfc_3339_whatever_the_year(void **state)
{
	static const struct {
		struct file_time time;
		const char *text;
	} cases[] = {
		{{0, 0}, "1970-01-01T00:00:00.000000000Z"}, {{-1, 999999999}, "1969-12-31T23:59:59.999999999Z"},
		{{1730000000, 250000000}, "2024-10-27T03:33:20.250000000Z"}, {{1ll << 55, 1}, "1141709097-06-13T06:26:08.000000001Z"},
	};
	char text[AMOUNT_TIME_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(amount_time(text, cases[i].time), cases[i].text);
	assert_true(strlen(amount_time(text, (struct file_time){-(1ll << 55), 0})) < AMOUNT_TIME_SIZE - 1);
}

/* --- What reaches stderr ------------------------------------------------------------------------------------------- */

static struct progress_counters counters;

static const char *stderr_with(enum progress_style style, const char *message, const char *late)
{
	static struct capture capture;
	struct progress *progress;

	capture_start(&capture, STDERR_FILENO);
	assert_int_equal(progress_start(style, &counters, &progress), STATUS_OK);
	if (message)
		progress_print(progress, message);
	progress_stop(progress);
	if (late)
		progress_print(progress, late);
	progress_free(progress);
	return capture_end(&capture);
}

static const char *stderr_of(enum progress_style style, const char *message)
{
	return stderr_with(style, message, NULL);
}

static int one_file_is_done(void **state)
{
	(void)state;
	atomic_store(&counters.files_known, 1);
	atomic_store(&counters.files_done, 1);
	atomic_store(&counters.bytes_known, MIB);
	atomic_store(&counters.bytes_fetched, MIB);
	return 0;
}

static int one_file_failed(void **state)
{
	(void)state;
	atomic_store(&counters.files_known, 1);
	atomic_store(&counters.files_done, 0);
	atomic_store(&counters.bytes_fetched, 0);
	return 0;
}

static void lines_end_with_the_last_state(void **state)
{
	(void)state;
	const char *text = stderr_of(PROGRESS_LINES, NULL);
	assert_int_equal(strncmp(text, "1 file  1.0 MiB  ", 17), 0);
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void bar_ends_with_the_last_state_and_a_newline(void **state)
{
	(void)state;
	const char *text = stderr_of(PROGRESS_BAR, NULL);
	assert_int_equal(strncmp(text, "\r1 file  1.0 MiB  ", 18), 0);
	assert_string_equal(text + strlen(text) - 4, "\x1b[K\n");
}

static void what_is_told_after_the_last_state_comes_below_it(void **state)
{
	(void)state;
	const char *text = stderr_with(PROGRESS_BAR, NULL, "a message");
	assert_string_equal(text + strlen(text) - 14, "\x1b[K\na message\n");
}

/* Until more than LENGTH bytes have come; how many, then. */
static off_t wait_beyond(const struct capture *capture, off_t length)
{
	struct stat stat = {.st_size = length};

	while (stat.st_size <= length && fstat(capture->file, &stat) == 0)
		sched_yield();
	return stat.st_size;
}

static void bar_that_is_held_makes_way(void **state)
{
	static const char made_way[] = "\r\x1b[Ka message\n";
	static struct capture capture;
	struct progress *progress;
	struct stat stat;

	(void)state;
	capture_start(&capture, STDERR_FILENO);
	assert_int_equal(progress_start(PROGRESS_BAR, &counters, &progress), STATUS_OK);
	wait_beyond(&capture, 0);
	progress_hold(progress);
	progress_print(progress, "a message");
	int error = fstat(capture.file, &stat);
	progress_go_on(progress);
	wait_beyond(&capture, stat.st_size);
	progress_stop(progress);
	progress_free(progress);
	const char *text = capture_end(&capture);
	assert_int_equal(error, 0);
	assert_memory_equal(text + stat.st_size - strlen(made_way), made_way, strlen(made_way));
}

static int nothing_is_proven_yet(void **state)
{
	(void)state;
	atomic_store(&counters.files_known, 1);
	atomic_store(&counters.files_done, 0);
	atomic_store(&counters.bytes_known, 3 * MIB);
	atomic_store(&counters.bytes_fetched, 0);
	atomic_store(&counters.bytes_received, MIB / 2);
	return 0;
}

static void rate_is_that_of_bytes_as_they_come(void **state)
{
	static struct capture capture;
	struct progress *progress;

	(void)state;
	capture_start(&capture, STDERR_FILENO);
	assert_int_equal(progress_start(PROGRESS_BAR, &counters, &progress), STATUS_OK);
	off_t drawn = wait_beyond(&capture, 0);
	progress_stop(progress);
	progress_free(progress);
	const char *text = capture_end(&capture);
	assert_non_null(strstr(text, "  0%"));
	const char *rate = strstr(text, "/s  0:0");
	assert_non_null(rate);
	assert_true(rate < text + drawn);
}

static void output_that_is_no_terminal_gets_lines(void **state)
{
	(void)state;
	assert_null(strchr(stderr_of(PROGRESS_AUTO, NULL), '\r'));
	assert_non_null(strstr(stderr_of(PROGRESS_AUTO, NULL), "1 file"));
}

static void none_writes_messages_alone(void **state)
{
	(void)state;
	assert_string_equal(stderr_of(PROGRESS_NONE, "a message"), "a message\n");
}

static void run_that_got_nothing_done_draws_nothing(void **state)
{
	(void)state;
	assert_string_equal(stderr_of(PROGRESS_LINES, "a message"), "a message\n");
	assert_string_equal(stderr_of(PROGRESS_BAR, "a message"), "a message\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(twenty_columns_hold_share_and_rate),
		cmocka_unit_test(forty_columns_hold_bytes_and_time_too),
		cmocka_unit_test(eighty_columns_hold_files_and_a_bar),
		cmocka_unit_test(two_hundred_columns_hold_the_origins),
		cmocka_unit_test(listing_is_said_instead_of_a_share_that_nobody_knows),
		cmocka_unit_test(last_line_says_how_long_it_took),
		cmocka_unit_test(last_line_of_an_incomplete_run_does_not_claim_all),
		cmocka_unit_test(empty_files_advance_by_their_number),
		cmocka_unit_test(line_is_never_wider_than_it_may_be),
		cmocka_unit_test(bytes_have_three_digits_and_a_unit),
		cmocka_unit_test(clock_counts_seconds_minutes_hours_and_days),
		cmocka_unit_test(times_taken_are_written_in_a_unit_that_fits),
		cmocka_unit_test(times_are_those_of_rfc_3339_whatever_the_year),
		cmocka_unit_test_setup(lines_end_with_the_last_state, one_file_is_done),
		cmocka_unit_test_setup(bar_ends_with_the_last_state_and_a_newline, one_file_is_done),
		cmocka_unit_test_setup(what_is_told_after_the_last_state_comes_below_it, one_file_is_done),
		cmocka_unit_test_setup(bar_that_is_held_makes_way, one_file_is_done),
		cmocka_unit_test_setup(rate_is_that_of_bytes_as_they_come, nothing_is_proven_yet),
		cmocka_unit_test_setup(output_that_is_no_terminal_gets_lines, one_file_is_done),
		cmocka_unit_test_setup(none_writes_messages_alone, one_file_is_done),
		cmocka_unit_test_setup(run_that_got_nothing_done_draws_nothing, one_file_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
