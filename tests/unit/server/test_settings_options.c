/* Tests of the command line alone. */
#include "settings_fixture.h"

static void options_stand_anywhere_until_two_dashes(void **state)
{
	struct fixture *fixture = *state;

	assert_serves(fixture, "ferryd /srv --plain --until-eof -l :1234 --ready-fd 7 --port-file ports --no-cache");
	assert_true(fixture->settings.plain && fixture->settings.until_eof);
	assert_int_equal(fixture->settings.ready_fd, 7);
	assert_string_equal(fixture->settings.port_file, "ports");
	assert_listens(&fixture->settings, "[::]:1234", NULL);
	assert_serves(fixture, "ferryd --check-config -- --plain");
	assert_true(fixture->settings.check_config);
	assert_false(fixture->settings.plain);
	assert_string_equal(fixture->settings.shares[0].path, "--plain");
}

static void posixly_correct_does_not_move_options(void **state)
{
	struct fixture *fixture = *state;

	setenv("POSIXLY_CORRECT", "1", 1);
	assert_serves(fixture, "ferryd /srv --check-config");
	unsetenv("POSIXLY_CORRECT");
	assert_true(fixture->settings.check_config);
	assert_string_equal(fixture->settings.shares[0].path, "/srv");
}

static void listeners_keep_the_order_given(void **state)
{
	struct fixture *fixture = *state;

	assert_serves(fixture, "ferryd -l [::1]:5 --listen=127.0.0.1:0 /srv");
	assert_listens(&fixture->settings, "[::1]:5", "127.0.0.1:0");
	assert_serves(fixture, "ferryd -l 127.0.0.2 /srv");
	assert_listens(&fixture->settings, "127.0.0.2:7440", NULL);
}

static void wrong_command_lines_are_refused_with_a_sentence(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *line;
		const char *said;
	} cases[] = {
		{"ferryd --nonsense /srv", "ferryd: --nonsense is not an option of ferryd; see ferryd --help"},
		{"ferryd --nonsense=hush /srv", "ferryd: --nonsense is not an option of ferryd; see ferryd --help"},
		{"ferryd -x /srv", "ferryd: -x is not an option of ferryd"},
		{"ferryd --p /srv", "ferryd: --p is not an option of ferryd"},
		{"ferryd --\x1b[31m /srv", "ferryd: --\x1b[31m is not an option of ferryd"},
		{"ferryd --plain=hush /srv", "ferryd: --plain takes no value"},
		{"ferryd --ca x /srv", "ferryd: --ca is not an option of ferryd: options are written in full, such as --cache DIR"},
		{"ferryd --cac=x /srv", "ferryd: --cac is not an option of ferryd"},
		{"ferryd /srv --pl -l :1", "ferryd: --pl is not an option of ferryd"},
		{"ferryd /srv -c", "ferryd: -c needs a value behind it"},
		{"ferryd /srv --listen", "ferryd: --listen needs a value behind it"},
		{"ferryd -l nonsense /srv", "ferryd: --listen nonsense: must be ADDR:PORT"},
		{"ferryd -l 127.0.0.1:65536 /srv", "must be ADDR:PORT"},
		{"ferryd -l '' /srv", "must be ADDR:PORT"},
		{"ferryd --ready-fd x /srv", "ferryd: --ready-fd x: must be the number of a descriptor above 2"},
		{"ferryd --ready-fd '' /srv", "above 2"},
		{"ferryd --ready-fd -1 /srv", "above 2"},
		{"ferryd --ready-fd 2 /srv", "above 2"},
		{"ferryd --ready-fd 3x /srv", "above 2"},
		{"ferryd --ready-fd 99999999999999999999 /srv", "above 2"},
		{"ferryd --ready-fd 4294967299 /srv", "above 2"},
		{"ferryd /srv /usr", "one DIR, not 2"},
		{"ferryd -l 0.0.0.0:0 /srv", "ferryd: listening on 0.0.0.0:0, beyond this machine, without encryption needs --plain"},
		{"ferryd -l 127.0.0.1 -l [::] /srv", "[::]:7440, beyond this machine"},
		{"ferryd -l 192.0.2.1:80 /srv", "192.0.2.1:80"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_wrong(fixture, cases[i].line, cases[i].said);
}

static void tls_and_plain_exclude_each_other(void **state)
{
	struct fixture *fixture = *state;

	assert_serves(fixture, "ferryd --tls -l 0.0.0.0 /srv");
	assert_true(fixture->settings.tls);
	assert_serves(fixture, "ferryd --plain -l 0.0.0.0 /srv");
	assert_false(fixture->settings.tls);
	assert_wrong(fixture, "ferryd --tls --plain /srv", "ferryd: --tls and --plain exclude each other");
}

static void token_commands_need_no_share_and_no_configuration(void **state)
{
	struct fixture *fixture = *state;
	const struct token_command *token = &fixture->settings.token;

	assert_serves(fixture, "ferryd token add me --share s/p --expires 30d --state /var/lib/ferry");
	assert_int_equal(token->action, TOKEN_COMMAND_ADD);
	assert_string_equal(token->name, "me");
	assert_string_equal(token->share, "s/p");
	assert_string_equal(token->expires, "30d");
	assert_null(token->pin);
	assert_string_equal(fixture->settings.state, "/var/lib/ferry");
	assert_serves(fixture, "ferryd --plain token list");
	assert_int_equal(token->action, TOKEN_COMMAND_LIST);
	assert_serves(fixture, "ferryd token remove me");
	assert_int_equal(token->action, TOKEN_COMMAND_REMOVE);
	assert_serves(fixture, "ferryd --print-pin");
	assert_true(fixture->settings.print_pin);
	assert_serves(fixture, "ferryd ./token");
	assert_int_equal(token->action, TOKEN_COMMAND_NONE);
	assert_string_equal(fixture->settings.shares[0].path, "./token");
}

static void half_a_token_command_is_refused(void **state)
{
	struct fixture *fixture = *state;
	static const char *const lines[] = {
		"ferryd token", "ferryd token add", "ferryd token add me", "ferryd token add me you --share s", "ferryd token list me",
		"ferryd token remove", "ferryd token show me", "ferryd token list --share s", "ferryd token remove me --expires 1d",
		"ferryd --share s /srv", "ferryd --expires 1d /srv", "ferryd -- token",
	};

	for (size_t i = 0; i < COUNT(lines); i++)
		assert_wrong(fixture, lines[i], "token");
}

static void help_and_version_are_shown_on_stdout(void **state)
{
	struct fixture *fixture = *state;
	static const char *const options[] = {"--config", "--listen", "--tls", "--plain", "--state DIR", "--print-pin", "--cache DIR",
	                                      "--no-cache", "--prewarm", "--ready-fd",
	                                      "--port-file", "--check-config", "--until-eof", "--help", "--version"};

	assert_int_equal(read_line(fixture, "ferryd --help"), SETTINGS_SHOWN);
	for (size_t i = 0; i < COUNT(options); i++)
		assert_non_null(strstr(fixture->printed, options[i]));
	assert_int_equal(read_line(fixture, "ferryd /srv -V"), SETTINGS_SHOWN);
	assert_memory_equal(fixture->printed, "ferryd ", strlen("ferryd "));
	assert_string_equal(fixture->said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(options_stand_anywhere_until_two_dashes),
		WITH_FILES(posixly_correct_does_not_move_options),
		WITH_FILES(listeners_keep_the_order_given),
		WITH_FILES(wrong_command_lines_are_refused_with_a_sentence),
		WITH_FILES(tls_and_plain_exclude_each_other),
		WITH_FILES(token_commands_need_no_share_and_no_configuration),
		WITH_FILES(half_a_token_command_is_refused),
		WITH_FILES(help_and_version_are_shown_on_stdout),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
