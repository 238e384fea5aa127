/* Tests of the command line: what may stand where, what excludes what, and what each refusal says. */
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
#include "options_fixture.h"

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
}

static void sum_of_one_file_excludes_several(void **state)
{
	static const char *const others[] = {"b", "-r", "-i l", "--sums f"};
	char line[160];

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		snprintf(line, sizeof line, "get a --sha256 %064d %s", 7, others[i]);
		assert_refused(line, "is the sum of one file");
	}
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

static void assert_untold(const char *line, const char *secret)
{
	struct options options;
	struct failure failure = {0};

	assert_int_equal(parse(line, &options, &failure), STATUS_INVALID);
	if (strstr(failure.text, secret))
		fail_msg("ferry %s tells the secret: %s", line, failure.text);
}

static void long_options_are_written_in_full(void **state)
{
	static const char *const lines[] = {"get x --token hush", "get x --token=hush", "get x --tok hush", "get x --tokens=hush"};

	(void)state;
	assert_refused("get x --outp f", "--outp is not an option of ferry: options are written in full, such as --output FILE");
	assert_refused("get x --outp=f", "--outp is not an option of ferry");
	assert_refused("get x --outp", "--outp is not an option of ferry");
	assert_refused("get x --js", "--js is not an option of ferry: options are written in full, such as --json");
	assert_refused("get x --js=1", "--js is not an option of ferry");
	assert_refused("get x --dir -- y", "--dir is not an option of ferry");
	assert_refused("--he", "--he is not an option of ferry");
	assert_refused("get x --token hush", "such as --token-file FILE");
	for (size_t i = 0; i < COUNT(lines); i++)
		assert_untold(lines[i], "hush");
	assert_string_equal(accept("get x --output --json").output, "--json");
	assert_string_equal(accept("get x --output=--outp").output, "--outp");
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

static void what_is_to_prove_itself_needs_tls(void **state)
{
	static const char *const lines[] = {"get x --pin p", "get x --ca f"};
	struct url url;
	const char *problem;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct options options = accept(lines[i]);
		assert_int_equal(options_url(&options, "ferry://h/x", &url, &problem), STATUS_INVALID);
		assert_non_null(strstr(problem, "write ferrys://"));
		assert_int_equal(options_url(&options, "ferrys://h/x", &url, &problem), STATUS_OK);
		assert_string_equal(url.host, "h");
		url_release(&url);
	}
	struct options plain = accept("get x");
	assert_int_equal(options_url(&plain, "ferry://h/x", &url, &problem), STATUS_OK);
	url_release(&url);
	assert_int_equal(options_url(&plain, "http://h/x", &url, &problem), STATUS_INVALID);
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

static void help_about_all_lists_every_command(void **state)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	options_help(out, commands, COUNT(commands), NULL);
	fclose(out);
	assert_non_null(strstr(text, "ferry ping URL"));
	assert_non_null(strstr(text, "ferry verify URL PATH"));
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
		cmocka_unit_test(lists_and_sums_name_files_of_their_own),
		cmocka_unit_test(sum_of_one_file_excludes_several),
		cmocka_unit_test(options_of_another_command_are_refused),
		cmocka_unit_test(unknown_words_are_named),
		cmocka_unit_test(long_options_are_written_in_full),
		cmocka_unit_test(number_of_operands_is_checked),
		cmocka_unit_test(options_that_exclude_each_other_are_refused),
		cmocka_unit_test(what_is_to_prove_itself_needs_tls),
		cmocka_unit_test(several_letters_may_share_a_word),
		cmocka_unit_test(help_lists_a_commands_options_and_no_others),
		cmocka_unit_test(help_about_all_lists_every_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
