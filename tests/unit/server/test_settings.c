/* Tests of what the command line, a configuration file and the defaults make together. */
#include "settings_fixture.h"

#include <sched.h>
#include <sys/stat.h>

#include "clock.h"

static void a_directory_is_the_lone_unnamed_share(void **state)
{
	struct fixture *fixture = *state;
	const struct settings *settings = &fixture->settings;

	assert_serves(fixture, "ferryd /srv");
	assert_int_equal(settings->share_count, 1);
	assert_null(settings->shares[0].name);
	assert_string_equal(settings->shares[0].path, "/srv");
	assert_listens(settings, "127.0.0.1:7440", "[::1]:7440");
	assert_null(settings->config);
	assert_null(settings->port_file);
	assert_int_equal(settings->ready_fd, -1);
	assert_false(settings->plain || settings->check_config || settings->until_eof || settings->reloadable);
}

static void defaults_are_those_of_the_design(void **state)
{
	struct fixture *fixture = *state;
	const struct settings *settings = &fixture->settings;
	cpu_set_t cores;

	assert_serves(fixture, "ferryd /srv");
	assert_int_equal(sched_getaffinity(0, sizeof(cores), &cores), 0);
	assert_int_equal(settings->workers, CPU_COUNT(&cores) + 8);
	assert_int_equal(settings->max_connections, 4096);
	assert_int_equal(settings->max_connections_per_address, 1024);
	assert_int_equal(settings->window_requests, 64);
	assert_int_equal(settings->window_bytes, 65536);
	assert_true(settings->greeting_deadline == 10 * CLOCK_SECOND);
	assert_true(settings->frame_deadline == 10 * CLOCK_SECOND);
	assert_true(settings->idle_deadline == 300 * CLOCK_SECOND);
	assert_true(settings->drain_deadline == 30 * CLOCK_SECOND);
	assert_true(settings->rate_window == 60 * CLOCK_SECOND);
	assert_true(settings->rate_bytes == 60 * 1024);
	assert_true(settings->hash_budget >= settings->hash_budget_per_address);
	assert_string_equal(settings->cache, "auto");
	assert_int_equal(settings->cache_files, 65536);
	assert_true(settings->cache_bytes == 256u << 20);
	assert_int_equal(settings->log_level, LOG_INFO);
}

static void a_file_named_by_c_gives_shares_and_can_be_reloaded(void **state)
{
	struct fixture *fixture = *state;
	const struct settings *settings = &fixture->settings;

	write_config(fixture, "[server]\nlisten = 127.0.0.1:81\nworkers = 3\n" ONE_SHARE "[share two]\npath = /srv/two\n");
	assert_serves(fixture, "ferryd -c CONFIG");
	assert_string_equal(settings->config, fixture->config);
	assert_true(settings->reloadable);
	assert_int_equal(settings->workers, 3);
	assert_listens(settings, "127.0.0.1:81", NULL);
	assert_int_equal(settings->share_count, 2);
	assert_string_equal(settings->shares[0].name, "one");
	assert_string_equal(settings->shares[1].path, "/srv/two");
}

static void addresses_of_the_command_line_replace_those_of_the_file(void **state)
{
	struct fixture *fixture = *state;

	write_config(fixture, "[server]\nlisten = 127.0.0.1:81\nlisten = 127.0.0.1:82\n" ONE_SHARE);
	assert_serves(fixture, "ferryd -l 127.0.0.1:0 -c CONFIG");
	assert_listens(&fixture->settings, "127.0.0.1:0", NULL);
}

static void the_cache_of_the_command_line_replaces_that_of_the_file(void **state)
{
	struct fixture *fixture = *state;

	write_config(fixture, "[server]\ncache = /var/cache/ferry\n" ONE_SHARE);
	assert_serves(fixture, "ferryd -c CONFIG");
	assert_string_equal(fixture->settings.cache, "/var/cache/ferry");
	assert_serves(fixture, "ferryd -c CONFIG --cache elsewhere");
	assert_string_equal(fixture->settings.cache, "elsewhere");
	assert_serves(fixture, "ferryd --no-cache -c CONFIG");
	assert_string_equal(fixture->settings.cache, "no");
	assert_serves(fixture, "ferryd --no-cache -c CONFIG --cache last");
	assert_string_equal(fixture->settings.cache, "last");
	assert_wrong(fixture, "ferryd --cache '' /srv", "ferryd: --cache : must not be empty");
}

static void a_file_that_listens_beyond_loopback_needs_plain_too(void **state)
{
	struct fixture *fixture = *state;

	write_config(fixture, "[server]\nlisten = 0.0.0.0:81\n" ONE_SHARE);
	assert_wrong(fixture, "ferryd -c CONFIG", "without encryption needs --plain");
	assert_wrong(fixture, "ferryd --check-config -c CONFIG", "without encryption needs --plain");
	assert_serves(fixture, "ferryd --plain -c CONFIG");
	assert_serves(fixture, "ferryd -l 127.0.0.1 -c CONFIG");
}

static void a_directory_takes_settings_but_no_shares_from_a_file(void **state)
{
	struct fixture *fixture = *state;

	write_config(fixture, "[server]\nworkers = 5\n");
	assert_serves(fixture, "ferryd -c CONFIG /srv");
	assert_int_equal(fixture->settings.workers, 5);
	assert_int_equal(fixture->settings.share_count, 1);
	write_config(fixture, ONE_SHARE);
	assert_wrong(fixture, "ferryd -c CONFIG /srv", "/srv and the shares of");
	assert_non_null(strstr(fixture->said, fixture->config));
}

static void a_file_without_shares_serves_nothing_but_may_be_checked(void **state)
{
	struct fixture *fixture = *state;

	write_config(fixture, "[server]\n");
	assert_wrong(fixture, "ferryd -c CONFIG", "no share");
	assert_non_null(strstr(fixture->said, fixture->config));
	assert_serves(fixture, "ferryd --check-config -c CONFIG");
}

static void a_directory_reads_no_file_that_was_not_named(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdirat(fixture->scratch.folder, "ferry", 0755), 0);
	assert_int_equal(scratch_write(fixture->scratch.folder, "ferry/ferryd.conf", "nonsense\n"), 0);
	assert_serves(fixture, "ferryd /srv");
	assert_null(fixture->settings.config);
}

static void without_directory_the_personal_file_is_read(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(mkdirat(fixture->scratch.folder, "ferry", 0755), 0);
	assert_int_equal(scratch_write(fixture->scratch.folder, "ferry/ferryd.conf", ONE_SHARE), 0);
	assert_serves(fixture, "ferryd");
	assert_int_equal(fixture->settings.share_count, 1);
	assert_false(fixture->settings.reloadable);
	assert_non_null(strstr(fixture->settings.config, "/ferry/ferryd.conf"));
	assert_int_equal(scratch_write(fixture->scratch.folder, "ferry/ferryd.conf", "nonsense\n"), 0);
	assert_wrong(fixture, "ferryd", "/ferry/ferryd.conf:1: ");
}

static void home_counts_where_xdg_says_nothing(void **state)
{
	struct fixture *fixture = *state;
	static const char *const unset[] = {"", "relative/folder"};

	assert_int_equal(setenv("HOME", fixture->scratch.path, 1), 0);
	assert_int_equal(mkdirat(fixture->scratch.folder, ".config", 0755), 0);
	assert_int_equal(mkdirat(fixture->scratch.folder, ".config/ferry", 0755), 0);
	assert_int_equal(scratch_write(fixture->scratch.folder, ".config/ferry/ferryd.conf", ONE_SHARE), 0);
	for (size_t i = 0; i < COUNT(unset); i++) {
		assert_int_equal(setenv("XDG_CONFIG_HOME", unset[i], 1), 0);
		assert_serves(fixture, "ferryd");
		assert_non_null(strstr(fixture->settings.config, "/.config/ferry/ferryd.conf"));
	}
}

/* On a machine with a configuration in /etc its own word is the answer. */
static void nothing_to_serve_says_what_to_do(void **state)
{
	struct fixture *fixture = *state;

	if (access("/etc/ferry/ferryd.conf", F_OK) == 0)
		skip();
	assert_wrong(fixture, "ferryd", "ferryd: nothing to serve: name a directory (ferryd DIR)");
}

static void a_named_file_that_cannot_be_read_is_an_error(void **state)
{
	struct fixture *fixture = *state;

	assert_wrong(fixture, "ferryd -c CONFIG", "ferryd.conf: not found");
	assert_wrong(fixture, "ferryd -c CONFIG /srv", "ferryd.conf: not found");
	assert_wrong(fixture, "ferryd -c / /srv", "/: ");
}

static char named_fixed[256];

static void name_fixed(const char *name)
{
	size_t used = strlen(named_fixed);

	snprintf(named_fixed + used, sizeof(named_fixed) - used, "%s ", name);
}

static void a_reload_names_what_it_cannot_change(void **state)
{
	struct fixture *fixture = *state;
	struct settings before;

	write_config(fixture, "[server]\n" ONE_SHARE);
	assert_serves(fixture, "ferryd -c CONFIG");
	before = fixture->settings;
	fixture->settings = (struct settings){.ready_fd = -1};
	write_config(fixture, "[server]\n" ONE_SHARE);
	assert_serves(fixture, "ferryd -c CONFIG");
	named_fixed[0] = '\0';
	settings_name_fixed(&before, &fixture->settings, name_fixed);
	assert_string_equal(named_fixed, "");
	write_config(fixture, "[server]\nlog_level = debug\nlisten = 127.0.0.1:9\ncache = no\nidle_deadline = 1s\nrate_bytes = 1\n"
	                      "max_connections = 7\n[share one]\npath = /srv/elsewhere\n");
	assert_serves(fixture, "ferryd -c CONFIG");
	settings_name_fixed(&before, &fixture->settings, name_fixed);
	assert_string_equal(named_fixed, "listen max_connections idle_deadline rate_bytes cache share ");
	settings_release(&before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FILES(a_directory_is_the_lone_unnamed_share),
		WITH_FILES(defaults_are_those_of_the_design),
		WITH_FILES(a_file_named_by_c_gives_shares_and_can_be_reloaded),
		WITH_FILES(addresses_of_the_command_line_replace_those_of_the_file),
		WITH_FILES(the_cache_of_the_command_line_replaces_that_of_the_file),
		WITH_FILES(a_file_that_listens_beyond_loopback_needs_plain_too),
		WITH_FILES(a_directory_takes_settings_but_no_shares_from_a_file),
		WITH_FILES(a_file_without_shares_serves_nothing_but_may_be_checked),
		WITH_FILES(a_directory_reads_no_file_that_was_not_named),
		WITH_FILES(without_directory_the_personal_file_is_read),
		WITH_FILES(home_counts_where_xdg_says_nothing),
		WITH_FILES(nothing_to_serve_says_what_to_do),
		WITH_FILES(a_named_file_that_cannot_be_read_is_an_error),
		WITH_FILES(a_reload_names_what_it_cannot_change),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
