/* Tests of the options' values: which are taken, and what each refusal says. */
#include "option_row.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "clock.h"
#include "options_fixture.h"

static void progress_is_one_of_four_words(void **state)
{
	(void)state;
	assert_int_equal(accept("get x --progress auto").progress, PROGRESS_AUTO);
	assert_int_equal(accept("get x --progress bar").progress, PROGRESS_BAR);
	assert_int_equal(accept("get x --progress lines").progress, PROGRESS_LINES);
	assert_int_equal(accept("get x --progress=none").progress, PROGRESS_NONE);
	assert_refused("get x --progress dots", "--progress takes auto, bar, lines or none, not 'dots'");
}

static void numbers_keep_their_limits(void **state)
{
	static const char *const jobs[] = {"0", "65", "-1", "+1", "1x", "x", "1.5", "99999999999999999999", "0x2"};

	(void)state;
	assert_int_equal(accept("get x -j 1").jobs, 1);
	assert_int_equal(accept("get x -j 64").jobs, 64);
	for (size_t i = 0; i < COUNT(jobs); i++) {
		char line[64];
		snprintf(line, sizeof line, "get x --jobs=%s", jobs[i]);
		assert_refused(line, "--jobs takes a number from 1 to 64, not '");
	}
	assert_refused("ping x -c 0", "--count takes a number from 1 to 1000000");
	assert_refused("ping x -c 1000001", "--count takes a number from 1 to 1000000");
}

static void timeout_is_in_seconds_and_may_have_decimals(void **state)
{
	static const char *const bad[] = {"0", "0.000", "x", "-1", "1s", ".5", "1.2345", "31536001", "99999999999999999999"};

	(void)state;
	assert_int_equal(accept("get x --timeout 5").timeout, 5 * CLOCK_SECOND);
	assert_int_equal(accept("ls x --timeout 0.25").timeout, 250 * CLOCK_MS);
	assert_int_equal(accept("get x --timeout 1.005").timeout, 1005 * CLOCK_MS);
	assert_int_equal(accept("get x --timeout 31536000").timeout, 31536000 * CLOCK_SECOND);
	for (size_t i = 0; i < COUNT(bad); i++) {
		char line[64];
		snprintf(line, sizeof line, "get x --timeout=%s", bad[i]);
		assert_refused(line, "--timeout takes a number of seconds");
	}
}

static void retry_is_a_number_of_attempts(void **state)
{
	(void)state;
	assert_int_equal(accept("get x --retry 0").retry, 0);
	assert_int_equal(accept("get x --retry 12").retry, 12);
	assert_refused("get x --retry -1", "--retry");
}

static void sizes_have_units_of_1024(void **state)
{
	static const struct {
		const char *text;
		enum status status;
		uint64_t bytes;
	} cases[] = {
		{"0", STATUS_OK, 0}, {"4096", STATUS_OK, 4096}, {"4K", STATUS_OK, 4096}, {"4k", STATUS_OK, 4096},
		{"3M", STATUS_OK, 3145728}, {"2G", STATUS_OK, 2147483648}, {"9223372036854775807", STATUS_OK, INT64_MAX},
		{"9223372036854775808", STATUS_TOO_LARGE, 0}, {"8589934591G", STATUS_OK, 8589934591ull << 30},
		{"8589934592G", STATUS_TOO_LARGE, 0}, {"99999999999999999999999", STATUS_TOO_LARGE, 0}, {"", STATUS_INVALID, 0},
		{"K", STATUS_INVALID, 0}, {"1KB", STATUS_INVALID, 0}, {"1T", STATUS_INVALID, 0}, {"-1", STATUS_INVALID, 0},
		{"1.5M", STATUS_INVALID, 0}, {" 1", STATUS_INVALID, 0}, {"1 ", STATUS_INVALID, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t bytes = 0;
		assert_int_equal(option_size(cases[i].text, &bytes), cases[i].status);
		assert_int_equal(bytes, cases[i].bytes);
	}
}

static void filters_keep_their_order(void **state)
{
	struct options options = accept("get a -r --include x --exclude y --include z");

	(void)state;
	assert_int_equal(options.filter.count, 3);
	assert_string_equal(options.filter.rules[1].pattern, "y");
	assert_int_equal(options.filter.rules[1].verdict, FILTER_EXCLUDE);
	assert_int_equal(options.filter.rules[2].verdict, FILTER_INCLUDE);
	options_release(&options);
	assert_refused("get a --include x", "use -r");
	assert_refused("get a -r --exclude /", "--exclude takes a pattern");
}

static void sizes_are_numbers_of_bytes_within_limits(void **state)
{
	(void)state;
	assert_int_equal(accept("get x --limit-rate 4K").limit_rate, 4096);
	assert_int_equal(accept("get x --max-size 0").max_size, 0);
	assert_refused("get x --limit-rate 4095", "--limit-rate takes a number of bytes from 4096 on");
	assert_refused("get x --max-size 1T", "--max-size takes a number of bytes");
}

static void a_sum_has_64_hexadecimal_digits(void **state)
{
	(void)state;
	assert_true(accept("get a --sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").sha256.given);
	assert_false(accept("get a").sha256.given);
	assert_refused("get a --sha256 12", "--sha256 takes 64 hexadecimal digits, not '12'");
}

/* One of them would be lost in silence; of all else the last one counts. */
static void what_is_to_be_fetched_and_where_to_is_said_once(void **state)
{
	static const char *const twice[][2] = {{"-i", "input"}, {"--sums", "sums"}, {"-o", "output"}};
	char line[200], words[80];

	(void)state;
	for (size_t i = 0; i < COUNT(twice); i++) {
		snprintf(line, sizeof line, "get a %s x --%s y", twice[i][0], twice[i][1]);
		snprintf(words, sizeof words, "--%s is given twice, and only one can be used", twice[i][1]);
		assert_refused(line, words);
	}
	snprintf(line, sizeof line, "get a --sha256 %064d --sha256 %064d", 7, 7);
	assert_refused(line, "--sha256 is given twice");
	assert_string_equal(accept("get a -d x -d y").directory, "y");
	assert_int_equal(accept("get a -j 2 -j 3").jobs, 3);
	assert_int_equal(accept("get a -q -v").verbosity, 1);
}

/* Every kernel has reno, and lets everybody have it. */
static void a_congestion_control_is_one_that_the_kernel_has(void **state)
{
	static const char *const unknown[] = {"no-such", "", "reno2", "a-name-that-is-longer-than-any"};

	(void)state;
	assert_string_equal(accept("get x --congestion reno").congestion, "reno");
	assert_string_equal(accept("ping x --congestion reno").congestion, "reno");
	assert_null(accept("get x").congestion);
	for (size_t i = 0; i < COUNT(unknown); i++) {
		char line[64];
		snprintf(line, sizeof line, "get x --congestion=%s", unknown[i]);
		assert_refused(line, "--congestion takes what net.ipv4.tcp_available_congestion_control lists, not '");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(progress_is_one_of_four_words),
		cmocka_unit_test(numbers_keep_their_limits),
		cmocka_unit_test(timeout_is_in_seconds_and_may_have_decimals),
		cmocka_unit_test(retry_is_a_number_of_attempts),
		cmocka_unit_test(sizes_have_units_of_1024),
		cmocka_unit_test(filters_keep_their_order),
		cmocka_unit_test(sizes_are_numbers_of_bytes_within_limits),
		cmocka_unit_test(a_sum_has_64_hexadecimal_digits),
		cmocka_unit_test(what_is_to_be_fetched_and_where_to_is_said_once),
		cmocka_unit_test(a_congestion_control_is_one_that_the_kernel_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
