/* Tests of whom a client trusts, with a real handshake behind each verdict. */
#include "trust.h"

#include <stdio.h>
#include <sys/eventfd.h>

#include "configuration.h"
#include "known_servers.h"
#include "scratch.h"
#include "secured.h"

#define STRANGER "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

struct fixture {
	struct scratch scratch;
	struct pair pair;
	struct url url;
};

static int begin(void **state)
{
	static struct fixture fixture;
	const char *problem;

	*state = &fixture;
	unsetenv("FERRY_TOKEN");
	if (scratch_make(&fixture.scratch) < 0 || setenv("XDG_CONFIG_HOME", fixture.scratch.path, 1) < 0)
		return -1;
	return url_parse("ferrys://server.example:99/", &fixture.url, &problem) == STATUS_OK ? 0 : -1;
}

static int end(void **state)
{
	struct fixture *fixture = *state;

	url_release(&fixture->url);
	return scratch_remove(&fixture->scratch);
}

/* A handshake with a new server, judged by TRUST. */
static enum status judge(struct fixture *fixture, struct trust *trust, int stop_fd, struct failure *failure)
{
	struct pair *pair = &fixture->pair;
	enum status server;

	*failure = (struct failure){.code = EXIT_OK};
	assert_int_equal(stream_secure(&pair->server, &pair->server_context, NULL), STATUS_OK);
	assert_int_equal(trust_secure(trust, &fixture->url, &pair->client, failure), STATUS_OK);
	assert_int_equal(shake_hands(pair, &server), STATUS_OK);
	return trust_judge(trust, &fixture->url, &pair->client, stop_fd, failure);
}

static enum status judge_with(struct fixture *fixture, const struct trust_options *options, struct failure *failure)
{
	struct trust *trust;

	assert_int_equal(trust_open(options, &trust, failure), STATUS_OK);
	enum status status = judge(fixture, trust, -1, failure);
	trust_close(trust);
	return status;
}

static char *pin_of(const struct fixture *fixture, char text[PIN_TEXT_SIZE])
{
	pin_text(&fixture->pair.server_pin, text);
	return text;
}

static void a_stranger_is_not_trusted_and_the_sentence_says_what_to_do(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	char text[PIN_TEXT_SIZE], wanted[200];

	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = NULL}, &failure), STATUS_UNTRUSTED);
	assert_int_equal(failure.code, EXIT_UNTRUSTED);
	assert_false(failure.retry);
	snprintf(wanted, sizeof(wanted), "ferry trust ferrys://server.example:99/ %s", pin_of(fixture, text));
	assert_non_null(strstr(failure.text, wanted));
	pair_close(&fixture->pair);
}

static void a_pin_decides_alone_and_leaves_nothing_behind(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	struct pin pin, known;
	char text[PIN_TEXT_SIZE];
	size_t line;

	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(pin_parse(STRANGER, &pin), STATUS_OK);
	assert_int_equal(configuration_learn(&fixture->url, &pin, &line), STATUS_OK);
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = pin_of(fixture, text)}, &failure), STATUS_OK);
	assert_int_equal(configuration_recall(&fixture->url, &known, &line), STATUS_OK);
	assert_true(pin_equal(&known, &pin));
	pair_close(&fixture->pair);
	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(configuration_learn(&fixture->url, &fixture->pair.server_pin, &line), STATUS_OK);
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = STRANGER}, &failure), STATUS_UNTRUSTED);
	pair_close(&fixture->pair);
}

static void a_known_server_is_trusted_and_another_key_never(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	char text[PIN_TEXT_SIZE];
	size_t line;

	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(configuration_learn(&fixture->url, &fixture->pair.server_pin, &line), STATUS_OK);
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = NULL}, &failure), STATUS_OK);
	pair_close(&fixture->pair);
	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = NULL}, &failure), STATUS_UNTRUSTED);
	assert_non_null(strstr(failure.text, "another pin than before"));
	assert_non_null(strstr(failure.text, pin_of(fixture, text)));
	pair_close(&fixture->pair);
}

static void the_same_name_at_another_port_is_another_server(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	size_t line;

	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(configuration_learn(&fixture->url, &fixture->pair.server_pin, &line), STATUS_OK);
	fixture->url.port++;
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = NULL}, &failure), STATUS_UNTRUSTED);
	pair_close(&fixture->pair);
}

static void a_damaged_file_of_known_servers_trusts_nobody(void **state)
{
	struct fixture *fixture = *state;
	struct failure failure;
	size_t line;

	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(configuration_learn(&fixture->url, &fixture->pair.server_pin, &line), STATUS_OK);
	assert_int_equal(scratch_write(fixture->scratch.folder, "ferry/" KNOWN_SERVERS_FILE, "nonsense\n"), 0);
	assert_int_equal(judge_with(fixture, &(struct trust_options){.pin = NULL}, &failure), STATUS_UNTRUSTED);
	assert_int_equal(failure.code, EXIT_UNTRUSTED);
	assert_int_equal(configuration_learn(&fixture->url, &fixture->pair.server_pin, &line), STATUS_INVALID);
	assert_int_equal(line, 1);
	pair_close(&fixture->pair);
}

static void options_that_are_wrong_are_named(void **state)
{
	static const struct {
		struct trust_options options;
		enum exit_code code;
		const char *said;
	} cases[] = {
		{{.pin = "sha256:x"}, EXIT_USAGE, "--pin sha256:x"},
		{{.ca = "/nowhere"}, EXIT_LOCAL, "--ca /nowhere"},
		{{.ca = "/dev/null"}, EXIT_LOCAL, "--ca /dev/null"},
		{{.ca = "Makefile"}, EXIT_USAGE, "--ca Makefile: no certificates"},
		{{.token_file = "/nowhere"}, EXIT_LOCAL, "--token-file /nowhere"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct trust *trust = NULL;
		struct failure failure;
		assert_int_not_equal(trust_open(&cases[i].options, &trust, &failure), STATUS_OK);
		assert_int_equal(failure.code, cases[i].code);
		assert_non_null(strstr(failure.text, cases[i].said));
	}
}

/* --- The user --------------------------------------------------------------------------------------------------------- */

/* A terminal in place of stdin and stderr, and an interruption that has come: who would be asked beyond what is typed is not. */
struct terminal {
	int user, kept_in, kept_err, stop;
};

static struct terminal sit_down(const char *typed)
{
	struct terminal terminal = {.user = posix_openpt(O_RDWR | O_NOCTTY), .kept_in = dup(STDIN_FILENO), .kept_err = dup(STDERR_FILENO),
		.stop = eventfd(0, EFD_CLOEXEC)};
	char name[64];

	assert_true(terminal.user >= 0 && grantpt(terminal.user) == 0 && unlockpt(terminal.user) == 0);
	assert_int_equal(ptsname_r(terminal.user, name, sizeof(name)), 0);
	int program = open(name, O_RDWR | O_NOCTTY);
	assert_int_equal(dup2(program, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(dup2(program, STDERR_FILENO), STDERR_FILENO);
	close(program);
	assert_int_equal(write(terminal.user, typed, strlen(typed)), strlen(typed));
	return terminal;
}

static void interrupt(struct terminal *terminal)
{
	assert_int_equal(eventfd_write(terminal->stop, 1), 0);
}

static void get_up(struct terminal *terminal)
{
	assert_int_equal(dup2(terminal->kept_in, STDIN_FILENO), STDIN_FILENO);
	assert_int_equal(dup2(terminal->kept_err, STDERR_FILENO), STDERR_FILENO);
	close(terminal->kept_in);
	close(terminal->kept_err);
	close(terminal->stop);
	close(terminal->user);
}

/* A server that nobody knows, and a user who does not accept it. */
static struct terminal say_no(struct fixture *fixture, struct trust **trust, struct failure *failure, enum status *judgement)
{
	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	assert_int_equal(trust_open(&(struct trust_options){.pin = NULL}, trust, failure), STATUS_OK);
	struct terminal terminal = sit_down("no\n");
	*judgement = judge(fixture, *trust, terminal.stop, failure);
	return terminal;
}

static void the_user_is_asked_once_about_a_server_that_was_not_accepted(void **state)
{
	struct fixture *fixture = *state;
	struct trust *trust;
	struct failure failure;
	enum status first;

	struct terminal terminal = say_no(fixture, &trust, &failure, &first);
	interrupt(&terminal);
	enum status second = trust_judge(trust, &fixture->url, &fixture->pair.client, terminal.stop, &failure);
	fixture->url.port++;
	enum status elsewhere = trust_judge(trust, &fixture->url, &fixture->pair.client, terminal.stop, &(struct failure){0});
	fixture->url.port--;
	get_up(&terminal);
	assert_int_equal(first, STATUS_UNTRUSTED);
	assert_int_equal(second, STATUS_UNTRUSTED);
	assert_non_null(strstr(failure.text, "was not accepted"));
	assert_int_equal(elsewhere, STATUS_INTERRUPTED);
	trust_close(trust);
	pair_close(&fixture->pair);
}

static void another_key_of_a_server_that_was_not_accepted_is_another_question(void **state)
{
	struct fixture *fixture = *state;
	struct trust *trust;
	struct failure failure;
	enum status first;

	struct terminal terminal = say_no(fixture, &trust, &failure, &first);
	pair_close(&fixture->pair);
	fixture->pair = pair_open(TLS_CLIENTS_UNASKED, CLIENT_WITHOUT);
	interrupt(&terminal);
	enum status second = judge(fixture, trust, terminal.stop, &failure);
	get_up(&terminal);
	assert_int_equal(first, STATUS_UNTRUSTED);
	assert_int_equal(second, STATUS_INTERRUPTED);
	trust_close(trust);
	pair_close(&fixture->pair);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(a_stranger_is_not_trusted_and_the_sentence_says_what_to_do),
		CASE(a_pin_decides_alone_and_leaves_nothing_behind),
		CASE(a_known_server_is_trusted_and_another_key_never),
		CASE(the_same_name_at_another_port_is_another_server),
		CASE(a_damaged_file_of_known_servers_trusts_nobody),
		CASE(options_that_are_wrong_are_named),
		CASE(the_user_is_asked_once_about_a_server_that_was_not_accepted),
		CASE(another_key_of_a_server_that_was_not_accepted_is_another_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
