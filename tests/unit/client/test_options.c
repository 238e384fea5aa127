/* Tests of the command line: what is accepted where, and what each refusal says. */
#include "options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int run(const struct options *options)
{
	(void)options;
	return 0;
}

static const struct command commands[] = {
	{"get", "URL...", "Fetches.", 1, SIZE_MAX, run},
	{"ls", "URL", "Lists.", 1, 1, run},
	{"sum", "URL|PATH...", "Sums.", 1, SIZE_MAX, run},
	{"ping", "URL", "Measures.", 1, 1, run},
	{"verify", "URL PATH", "Compares.", 2, 2, NULL},
};

/* LINE is split at blanks; what comes out points into static memory until the next call. */
static enum status parse(const char *line, struct options *options, struct failure *failure)
{
	static char words[2048];
	static char *argv[64];
	int argc = 0;
	char *rest = NULL;

	snprintf(words, sizeof words, "ferry %s", line);
	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	argv[argc] = NULL;
	return options_parse(argc, argv, commands, COUNT(commands), options, failure);
}

static struct options accept(const char *line)
{
	struct options options;
	struct failure failure;

	if (parse(line, &options, &failure) != STATUS_OK)
		fail_msg("ferry %s: %s", line, failure.text);
	return options;
}

static void assert_refused(const char *line, const char *words)
{
	struct options options;
	struct failure failure = {0};

	if (parse(line, &options, &failure) != STATUS_INVALID)
		fail_msg("ferry %s is not refused", line);
	if (!strstr(failure.text, words))
		fail_msg("ferry %s is refused by \"%s\" instead of \"%s\"", line, failure.text, words);
	assert_int_equal(failure.code, EXIT_USAGE);
}

static void defaults_are_those_of_the_manual(void **state)
{
	struct options options = accept("get ferry://h/x");

	(void)state;
	assert_string_equal(options.command->name, "get");
	assert_int_equal(options.operand_count, 1);
	assert_string_equal(options.operands[0], "ferry://h/x");
	assert_null(options.output);
	assert_null(options.directory);
	assert_false(options.recursive || options.no_sync || options.json || options.null_separated || options.tree);
	assert_int_equal(options.jobs, 0);
	assert_int_equal(options.retry, 5);
	assert_int_equal(options.timeout, 30 * CLOCK_SECOND);
	assert_int_equal(options.count, 4);
	assert_int_equal(options.progress, PROGRESS_AUTO);
	assert_int_equal(options.verbosity, 0);
}

static void options_may_stand_anywhere(void **state)
{
	static const char *const lines[] = {
		"get a b -d dir -r -j 3 --json", "-d dir -r -j 3 --json get a b", "get -rd dir a --json -j3 b",
		"get --directory=dir --recursive --jobs=3 --json -- a b", "--json get a -ddir b -r --jobs 3",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct options options = accept(lines[i]);
		assert_string_equal(options.command->name, "get");
		assert_string_equal(options.directory, "dir");
		assert_true(options.recursive && options.json);
		assert_int_equal(options.jobs, 3);
		assert_int_equal(options.operand_count, 2);
		assert_string_equal(options.operands[0], "a");
		assert_string_equal(options.operands[1], "b");
	}
}

static void posixly_correct_does_not_move_options(void **state)
{
	(void)state;
	setenv("POSIXLY_CORRECT", "1", 1);
	assert_true(accept("ls ferry://h/ -r").recursive);
	unsetenv("POSIXLY_CORRECT");
}

static void two_dashes_end_the_options(void **state)
{
	struct options options = accept("sum -- -r --json a");

	(void)state;
	assert_false(options.recursive || options.json);
	assert_int_equal(options.operand_count, 3);
	assert_string_equal(options.operands[0], "-r");
	assert_string_equal(options.operands[2], "a");
	assert_string_equal(accept("-- ls x").command->name, "ls");
}

static void a_single_dash_is_an_operand_and_a_value(void **state)
{
	(void)state;
	assert_string_equal(accept("get x -o -").output, "-");
	assert_string_equal(accept("sum -").operands[0], "-");
}

static void every_short_option_has_its_long_form(void **state)
{
	(void)state;
	assert_string_equal(accept("get x --output f").output, "f");
	assert_int_equal(accept("get x --quiet").verbosity, -1);
	assert_int_equal(accept("get x -q").verbosity, -1);
	assert_int_equal(accept("get x --verbose").verbosity, 1);
	assert_int_equal(accept("get x -v").verbosity, 1);
	assert_true(accept("ls x --null").null_separated);
	assert_true(accept("ls x -0").null_separated);
	assert_int_equal(accept("ping x --count 7").count, 7);
	assert_int_equal(accept("ping x -c 7").count, 7);
	assert_true(accept("-h").help);
	assert_true(accept("--help ls").help);
	assert_true(accept("-V").version);
	assert_true(accept("--version").version);
	assert_true(accept("sum x --tree").tree);
	assert_true(accept("get x --no-sync").no_sync);
}

static void help_needs_no_operands(void **state)
{
	struct options options = accept("get --help");

	(void)state;
	assert_true(options.help);
	assert_string_equal(options.command->name, "get");
	assert_null(accept("--help").command);
}

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
		assert_int_equal(options_size(cases[i].text, &bytes), cases[i].status);
		assert_int_equal(bytes, cases[i].bytes);
	}
}

static void lists_and_sums_name_files_of_their_own(void **state)
{
	struct options options = accept("get -i list --failed-list todo");

	(void)state;
	assert_string_equal(options.input, "list");
	assert_string_equal(options.failed_list, "todo");
	assert_int_equal(options.operand_count, 0);
	assert_string_equal(accept("get ferry://h/ --sums f").sums, "f");
	assert_refused("get --sums f", "something is missing");
	assert_refused("get a b --sums f", "below one URL");
	assert_refused("get a -i l --sums f", "below one URL");
	assert_refused("get a -i l -o f", "names one file");
	assert_refused("get a --sums l -o f", "names one file");
	assert_refused("get a --sha256 12", "64 hexadecimal digits");
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

static void sum_of_one_file_excludes_several(void **state)
{
	static const char *const others[] = {"b", "-r", "-i l", "--sums f"};
	char line[160];

	(void)state;
	assert_true(accept("get a --sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855").sha256.given);
	for (size_t i = 0; i < COUNT(others); i++) {
		snprintf(line, sizeof line, "get a --sha256 %064d %s", 7, others[i]);
		assert_refused(line, "is the sum of one file");
	}
}

static void what_is_not_built_yet_is_refused(void **state)
{
	static const char *const options[] = {
		"--congestion cubic",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(options); i++) {
		char line[64];
		snprintf(line, sizeof line, "get ferry://h/x %s", options[i]);
		assert_refused(line, "is not available in this version");
	}
	assert_refused("verify ferry://h/x x", "ferry verify is not available in this version");
	assert_refused("get x --limit-rate 4095", "--limit-rate takes a number of bytes from 4096 on");
	assert_refused("get x --max-size 1T", "--max-size takes a number of bytes");
}

static void options_of_another_command_are_refused(void **state)
{
	(void)state;
	assert_refused("ls x --tree", "ferry ls takes no --tree; see ferry ls --help");
	assert_refused("ls x -o f", "ferry ls takes no --output");
	assert_refused("get x -0", "ferry get takes no --null");
	assert_refused("get x -c 3", "ferry get takes no --count");
	assert_refused("ping x -r", "ferry ping takes no --recursive");
}

static void unknown_words_are_named(void **state)
{
	(void)state;
	assert_refused("get x --no-such-option", "--no-such-option is not an option of ferry");
	assert_refused("get x -x", "-x is not an option of ferry");
	assert_refused("get x -rx", "-x is not an option of ferry");
	assert_refused("no-such-command x", "no-such-command is not a command of ferry");
	assert_refused("-r", "a command is missing");
	assert_refused("get x --json=1", "--json takes no value");
	assert_refused("get x -o", "-o needs a value behind it");
	assert_refused("get x --output", "--output needs a value behind it");
	assert_refused("\x1b[31m", "\\x1b[31m is not a command");
}

static void number_of_operands_is_checked(void **state)
{
	(void)state;
	assert_refused("get", "something is missing: write ferry get URL...");
	assert_refused("ls -r", "something is missing: write ferry ls URL");
	assert_refused("ls a b", "there is too much: write ferry ls URL");
	assert_int_equal(accept("sum a b c d").operand_count, 4);
}

static void options_that_exclude_each_other_are_refused(void **state)
{
	(void)state;
	assert_refused("get a b -o f", "-o f names one file");
	assert_refused("get a -r -o f", "-o f names one file");
	assert_refused("get a -o - --json", "both want the standard output");
	assert_refused("get a -o dir/", "-o dir/ names no file: use -d");
	assert_refused("ls x -0 --json", "exclude each other");
}

static void several_letters_may_share_a_word(void **state)
{
	struct options options = accept("get x -rqrqrqrqrqv");

	(void)state;
	assert_true(options.recursive);
	assert_int_equal(options.verbosity, 1);
}

static void help_lists_a_commands_options_and_no_others(void **state)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	options_help(out, commands, COUNT(commands), &commands[1]);
	fclose(out);
	assert_int_equal(strncmp(text, "usage: ferry ls URL\n", 20), 0);
	assert_non_null(strstr(text, "-0, --null"));
	assert_non_null(strstr(text, "-h, --help"));
	assert_null(strstr(text, "--tree"));
	assert_non_null(strstr(text, "--pin"));
	free(text);
}

static void help_about_all_lists_what_this_version_has(void **state)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	options_help(out, commands, COUNT(commands), NULL);
	fclose(out);
	assert_non_null(strstr(text, "ferry ping URL"));
	assert_null(strstr(text, "verify"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(options_may_stand_anywhere),
		cmocka_unit_test(posixly_correct_does_not_move_options),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(a_single_dash_is_an_operand_and_a_value),
		cmocka_unit_test(every_short_option_has_its_long_form),
		cmocka_unit_test(help_needs_no_operands),
		cmocka_unit_test(progress_is_one_of_four_words),
		cmocka_unit_test(numbers_keep_their_limits),
		cmocka_unit_test(timeout_is_in_seconds_and_may_have_decimals),
		cmocka_unit_test(retry_is_a_number_of_attempts),
		cmocka_unit_test(sizes_have_units_of_1024),
		cmocka_unit_test(lists_and_sums_name_files_of_their_own),
		cmocka_unit_test(filters_keep_their_order),
		cmocka_unit_test(sum_of_one_file_excludes_several),
		cmocka_unit_test(what_is_not_built_yet_is_refused),
		cmocka_unit_test(options_of_another_command_are_refused),
		cmocka_unit_test(unknown_words_are_named),
		cmocka_unit_test(number_of_operands_is_checked),
		cmocka_unit_test(options_that_exclude_each_other_are_refused),
		cmocka_unit_test(several_letters_may_share_a_word),
		cmocka_unit_test(help_lists_a_commands_options_and_no_others),
		cmocka_unit_test(help_about_all_lists_what_this_version_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
