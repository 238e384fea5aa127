/* Tests of the configuration file: values and their bounds, what is wrong and in which line. */
#include "settings_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"
#include "settings_file_fixture.h"
#include "settings_table.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN

static enum status read_text(struct fixture *fixture, const char *text)
{
	assert_int_equal(scratch_write(fixture->scratch.folder, "conf", text), 0);
	return read_path(fixture, fixture->path);
}

static void assert_read(struct fixture *fixture, const char *text)
{
	if (read_text(fixture, text) != STATUS_OK)
		fail_msg("'%s': %s", text, fixture->complaint.text);
}

/* The complaint is "FILE:LINE: WHAT...". */
static void assert_wrong(struct fixture *fixture, const char *text, int line, const char *what)
{
	char expected[PATH_MAX + 512];

	if (read_text(fixture, text) == STATUS_OK)
		fail_msg("'%s' was taken", text);
	snprintf(expected, sizeof(expected), "%s:%d: %s", fixture->path, line, what);
	if (strncmp(fixture->complaint.text, expected, strlen(expected)) != 0)
		fail_msg("'%s' gave '%s', not '%s'", text, fixture->complaint.text, expected);
}

static void values_reach_their_fields(void **state)
{
	struct fixture *fixture = *state;
	const struct settings *settings = &fixture->settings;

	assert_read(fixture, "[server]\nworkers=12\nmax_connections = 4K\nmax_connections_per_address = 7\nlinks = 3\n"
	                     "window_requests = 9\nwindow_bytes = 128K\ngreeting_deadline = 50ms\nframe_deadline = 3\n"
	                     "idle_deadline = 2m\ndrain_deadline = 1h\nrate_window = 90s\nrate_bytes = 5\nhash_budget = 3M\n"
	                     "hash_budget_per_address = 2M\nlog_level = debug\n");
	assert_int_equal(settings->workers, 12);
	assert_int_equal(settings->max_connections, 4096);
	assert_int_equal(settings->max_connections_per_address, 7);
	assert_int_equal(settings->links, 3);
	assert_int_equal(settings->window_requests, 9);
	assert_int_equal(settings->window_bytes, 131072);
	assert_true(settings->greeting_deadline == 50 * CLOCK_MS);
	assert_true(settings->frame_deadline == 3 * CLOCK_SECOND);
	assert_true(settings->idle_deadline == 120 * CLOCK_SECOND);
	assert_true(settings->drain_deadline == 3600 * CLOCK_SECOND);
	assert_true(settings->rate_window == 90 * CLOCK_SECOND);
	assert_true(settings->rate_bytes == 5);
	assert_true(settings->hash_budget == 3 << 20);
	assert_true(settings->hash_budget_per_address == 2 << 20);
	assert_int_equal(settings->log_level, LOG_DEBUG);
}

static void layout_is_free(void **state)
{
	struct fixture *fixture = *state;

	assert_read(fixture, "\xef\xbb\xbf[ server ] ; remark\r\n\r\n\t # remark\n  workers\t=\t2 ; remark\r\n; remark\n"
	                     "   max_connections:5\n[server]\nlog_level=warn\n[share  a b ]\npath = /with space \n[share c]\npath=/c");
	assert_int_equal(fixture->settings.workers, 2);
	assert_int_equal(fixture->settings.max_connections, 5);
	assert_int_equal(fixture->settings.log_level, LOG_WARN);
	assert_int_equal(fixture->settings.share_count, 2);
	assert_string_equal(fixture->settings.shares[0].name, "a b");
	assert_string_equal(fixture->settings.shares[0].path, "/with space");
	assert_string_equal(fixture->settings.shares[1].path, "/c");
}

static void an_empty_file_changes_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_read(fixture, "");
	assert_int_equal(fixture->settings.share_count, 0);
	assert_int_equal(fixture->settings.listen_count, 0);
}

/* inih alone would cut it to 49 bytes. */
static void a_long_share_name_arrives_whole(void **state)
{
	struct fixture *fixture = *state;

	assert_read(fixture, "[share " FIFTY FIFTY FIFTY "]\npath = /srv\n");
	assert_string_equal(fixture->settings.shares[0].name, FIFTY FIFTY FIFTY);
}

static void both_bounds_are_allowed_and_nothing_beyond(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *name, *below, *min, *max, *above;
	} rows[] = {
		{"workers", "0", "1", "1024", "1025"},
		{"max_connections", "0", "1", "1000000", "1000001"},
		{"max_connections_per_address", "0", "1", "1000000", "1000001"},
		{"links", "0", "1", "65535", "64K"},
		{"window_requests", "0", "1", "65535", "65536"},
		{"window_bytes", "16383", "16K", "1M", "1048577"},
		{"greeting_deadline", "9ms", "10ms", "24h", "86401s"},
		{"frame_deadline", "0", "10ms", "24h", "25h"},
		{"idle_deadline", "0", "10ms", "1440m", "1441m"},
		{"drain_deadline", "0s", "10ms", "24h", "25h"},
		{"rate_window", "0h", "10ms", "24h", "25h"},
		{"rate_bytes", "0", "1", "1G", "1073741825"},
		{"hash_budget", "1048575", "1M", "1024G", "1025G"},
		{"hash_budget_per_address", "0", "1M", "1024G", "1025G"},
		{"cache_files", "0", "1", "1000000", "1M"},
		{"cache_bytes", "65535", "64K", "1024G", "1025G"},
	};
	char text[256];

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const good[] = {rows[i].min, rows[i].max}, *const bad[] = {rows[i].below, rows[i].above};
		for (int j = 0; j < 2; j++) {
			char what[256];
			snprintf(text, sizeof(text), "[server]\n%s = %s\n", rows[i].name, good[j]);
			assert_read(fixture, text);
			snprintf(text, sizeof(text), "[server]\n%s = %s\n", rows[i].name, bad[j]);
			snprintf(what, sizeof(what), "%s = %s: must be between ", rows[i].name, bad[j]);
			assert_wrong(fixture, text, 2, what);
		}
	}
}

static void every_bounded_setting_refuses_nonsense(void **state)
{
	struct fixture *fixture = *state;
	static const char *const nonsense[] = {
		"", "-1", "+1", "1.5", "1x", "x", "1 0", "0x10", "1KK", "1k", "5M5", "unlimited", "99999999999999999999",
		"18446744073709551615G", "18446744073709551616", "18446744073709551636",
	};
	char text[256];
	size_t tried = 0;

	for (size_t i = 0; i < setting_row_count; i++) {
		for (size_t j = 0; setting_rows[i].min && j < COUNT(nonsense); j++, tried++) {
			snprintf(text, sizeof(text), "[server]\n\n%s = %s\n", setting_rows[i].name, nonsense[j]);
			assert_wrong(fixture, text, 3, setting_rows[i].name);
			assert_non_null(strstr(fixture->complaint.text, ": must be "));
		}
	}
	assert_int_equal(tried, 30 * COUNT(nonsense));
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	struct fixture *fixture = *state;
	static const struct {
		const char *text;
		int line;
		const char *what;
	} cases[] = {
		{"workers = 1\n", 1, "a setting before any section"},
		{"nonsense\n", 1, "neither a setting, NAME = VALUE, nor a section"},
		{"[server]\n\n# remark\nnonsense\nworkers = 0\n", 4, "neither a setting"},
		{"[server]\nworkers = 0\nnonsense\n", 2, "workers = 0: must be between 1 and 1024"},
		{"[server\nworkers = 1\n", 1, "a section is a line of its own"},
		{"[server] workers = 1\n", 1, "a section is a line of its own"},
		{"[servers]\n", 1, "unknown section [servers]"},
		{"[Server]\n", 1, "unknown section [Server]"},
		{"[]\n", 1, "unknown section []"},
		{"[server]\nworker = 1\n", 2, "unknown setting worker in [server]"},
		{"[server]\npath = /srv\n", 2, "unknown setting path in [server]"},
		{"[share a]\nworkers = 1\n", 2, "unknown setting workers in [share]"},
		{"[share a]\npath = /a\n = 1\n", 3, "unknown setting  in [share]"},
		{"[server]\nworkers = 1\nlog_level = info\nworkers = 2\n", 4, "workers is set in line 2 already"},
		{"[server]\nworkers = 1\n[server]\nworkers = 1\n", 4, "workers is set in line 2 already"},
		{"[share a]\npath = /a\npath = /b\n", 3, "path is set in line 2 already"},
		{"[share a]\npath = /a\n[share b]\npath = /b\n[share a]\n", 5, "there is a share called a already"},
		{"\n[share a]\n\n", 2, "[share a] needs a path"},
		{"[share a]\n[share b]\npath = /b\n", 1, "[share a] needs a path"},
		{"[share a]\npath =\n", 2, "path = : must not be empty"},
		{"[share]\npath = /a\n", 1, "[share NAME] needs a name"},
		{"[share ]\npath = /a\n", 1, "[share NAME] needs a name"},
		{"[share ..]\npath = /a\n", 1, "[share NAME] needs a name without '/' that is neither '.' nor '..', not '..'"},
		{"[share a/b]\npath = /a\n", 1, "[share NAME] needs a name"},
		{"[server]\nlisten = here\n", 2, "listen = here: must be ADDR:PORT"},
		{"[server]\nlog_level = loud\n", 2, "log_level = loud: must be error, warn, info or debug"},
		{"[server]\nworkers = " FIFTY FIFTY FIFTY FIFTY "\n", 2, "longer than 198 bytes"},
		{"[server]\n# " FIFTY FIFTY FIFTY FIFTY "\n", 2, "longer than 198 bytes"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_wrong(fixture, cases[i].text, cases[i].line, cases[i].what);
}

static void the_longest_line_is_taken_with_and_without_its_end(void **state)
{
	struct fixture *fixture = *state;
	char path[200], text[256];

	memset(path, 'p', sizeof(path));
	path[198 - strlen("path=")] = '\0';
	snprintf(text, sizeof(text), "[share a]\npath=%s\n", path);
	assert_read(fixture, text);
	assert_string_equal(fixture->settings.shares[0].path, path);
	text[strlen(text) - 1] = '\0';
	assert_read(fixture, text);
	assert_string_equal(fixture->settings.shares[0].path, path);
	snprintf(text, sizeof(text), "[share a]\npath=%sp\n", path);
	assert_wrong(fixture, text, 2, "longer than 198 bytes");
}

static void a_nul_byte_is_refused(void **state)
{
	struct fixture *fixture = *state;
	static const char text[] = "[server]\nworkers = 1\0 000\n";
	char expected[PATH_MAX + 64];
	FILE *out = fopen(fixture->path, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(text, sizeof(text) - 1, 1, out), 1);
	fclose(out);
	assert_int_equal(read_path(fixture, fixture->path), STATUS_INVALID);
	snprintf(expected, sizeof(expected), "%s:2: a NUL byte", fixture->path);
	assert_string_equal(fixture->complaint.text, expected);
}

static void symlinks_and_hidden_names_are_a_shares_own(void **state)
{
	struct fixture *fixture = *state;

	assert_read(fixture, "[share a]\npath = /srv\n[share b]\npath = /srv\nsymlinks = beneath\nhidden = no\n");
	assert_false(fixture->settings.shares[0].follows);
	assert_false(fixture->settings.shares[0].hides);
	assert_true(fixture->settings.shares[1].follows);
	assert_true(fixture->settings.shares[1].hides);
	assert_wrong(fixture, "[share a]\npath = /srv\nsymlinks = yes\n", 3, "symlinks = yes: must be no or beneath");
	assert_wrong(fixture, "[share a]\npath = /srv\nhidden = 1\n", 3, "hidden = 1: must be yes or no");
}

static void the_sandbox_is_best_required_or_off(void **state)
{
	struct fixture *fixture = *state;

	assert_read(fixture, "\n");
	assert_int_equal(fixture->settings.sandbox, SANDBOX_BEST);
	assert_null(fixture->settings.user);
	assert_read(fixture, "[server]\nsandbox = required\nuser = nobody\n");
	assert_int_equal(fixture->settings.sandbox, SANDBOX_REQUIRED);
	assert_string_equal(fixture->settings.user, "nobody");
	assert_read(fixture, "[server]\nsandbox = off\n");
	assert_int_equal(fixture->settings.sandbox, SANDBOX_OFF);
	assert_wrong(fixture, "[server]\nsandbox = yes\n", 2, "sandbox = yes: must be best, required or off");
}

static void access_and_addresses_are_a_shares_own(void **state)
{
	struct fixture *fixture = *state;
	const struct share_settings *shares;

	assert_read(fixture, "[share a]\npath = /srv\naccess = tokens\naddresses = 10.0.0.0/8, 192.168.1.7\t::1\n"
	                     "[share b]\npath = /srv\naccess = anyone\naddresses =\n");
	shares = fixture->settings.shares;
	assert_int_equal(shares[0].access, SHARE_TOKENS);
	assert_int_equal(shares[0].address_count, 3);
	assert_int_equal(shares[0].addresses[0].bits, 96 + 8);
	assert_int_equal(shares[0].addresses[2].bits, 128);
	assert_int_equal(shares[1].access, SHARE_ANYONE);
	assert_int_equal(shares[1].address_count, 0);
	assert_wrong(fixture, "[share a]\naccess = everyone\n", 2, "access = everyone: must be anyone or tokens");
	assert_wrong(fixture, "[share a]\naddresses = 10.0.0.1/8\n", 2, "addresses = 10.0.0.1/8: 10.0.0.1/8 is no address or range");
	assert_wrong(fixture, "[share a]\naddresses = ::1 example.org\n", 2, "addresses = ::1 example.org: example.org is no");
	assert_wrong(fixture, "[server]\naccess = tokens\n", 2, "unknown setting access");
}

static void identity_and_state_are_the_servers(void **state)
{
	struct fixture *fixture = *state;

	assert_read(fixture, "[server]\ntls = yes\ncert = /etc/cert.pem\nkey = /etc/key.pem\nstate = /var/lib/ferry\n");
	assert_true(fixture->settings.tls);
	assert_string_equal(fixture->settings.cert, "/etc/cert.pem");
	assert_string_equal(fixture->settings.key, "/etc/key.pem");
	assert_string_equal(fixture->settings.state, "/var/lib/ferry");
	assert_read(fixture, "[server]\ntls = no\ncert =\n");
	assert_wrong(fixture, "[server]\ntls = maybe\n", 2, "tls = maybe: must be yes or no");
	assert_wrong(fixture, "[server]\nstate =\n", 2, "state = : must not be empty");
}

static void a_file_that_is_not_there_is_told_from_one_that_is_wrong(void **state)
{
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	assert_int_equal(read_path(fixture, fixture->path), STATUS_NOT_FOUND);
	assert_non_null(strstr(fixture->complaint.text, "/conf: not found"));
	assert_int_not_equal(read_path(fixture, "/"), STATUS_OK);
	assert_memory_equal(fixture->complaint.text, "/: ", 3);
	assert_int_equal(read_text(fixture, "nonsense"), STATUS_INVALID);
	assert_int_equal(scratch_next_descriptor(), before);
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILE(values_reach_their_fields),
		WITH_FILE(layout_is_free),
		WITH_FILE(an_empty_file_changes_nothing),
		WITH_FILE(a_long_share_name_arrives_whole),
		WITH_FILE(both_bounds_are_allowed_and_nothing_beyond),
		WITH_FILE(every_bounded_setting_refuses_nonsense),
		WITH_FILE(what_is_wrong_is_named_with_its_line),
		WITH_FILE(the_longest_line_is_taken_with_and_without_its_end),
		WITH_FILE(a_nul_byte_is_refused),
		WITH_FILE(symlinks_and_hidden_names_are_a_shares_own),
		WITH_FILE(the_sandbox_is_best_required_or_off),
		WITH_FILE(access_and_addresses_are_a_shares_own),
		WITH_FILE(identity_and_state_are_the_servers),
		WITH_FILE(a_file_that_is_not_there_is_told_from_one_that_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
