/* Tests of links against scripted servers: greeting and farewell, and peers that are no ferry servers. */
#include "scripted_server.h"

#include <sys/eventfd.h>

#include "link_state.h"
#include "path.h"

static enum status open_to_failure(struct script *script, const struct link_options *options, struct failure *failure)
{
	struct link *link = NULL;

	script_start(script);
	enum status status = link_open(&script->url, options, &link, failure);
	script_end(script);
	assert_null(link);
	return status;
}

static void play_greeting_only(struct script *script, int fd)
{
	greet_with(script, fd, &usual_welcome);
	hear_end(script, fd);
}

static void a_link_greets_and_says_goodbye(void **state)
{
	struct script script = {.play = play_greeting_only};
	struct link *link = open_link(&script, &usual);

	(void)state;
	assert_int_equal(link_welcome(link)->links, 4);
	assert_int_equal(link_window_requests(link), 64);
	assert_int_equal(link_window_bytes(link), 65536);
	assert_true(link_handshake(link) >= 0);
	link_close(link);
	script_end(&script);
	assert_true(script.ended);
	assert_int_equal(script.heard_length, HELLO_SIZE);
	assert_memory_equal(script.heard + 8, PROTOCOL_MAGIC, 8);
}

static void play_told(struct script *script, int fd)
{
	const struct span *told = script->told;

	hear(script, fd, HELLO_SIZE);
	say(fd, told->bytes, told->length);
}

static void a_peer_that_does_not_begin_like_ferry_is_named_as_such(void **state)
{
	static const char *const greetings[] = {"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", "H", "\x15\x03\x01\x02"};
	struct failure failure;

	(void)state;
	for (size_t i = 0; i < sizeof(greetings) / sizeof(greetings[0]); i++) {
		struct span told = span_of(greetings[i]);
		struct script script = {.play = play_told, .told = &told};
		assert_int_equal(open_to_failure(&script, &usual, &failure), STATUS_PROTOCOL);
		assert_int_equal(failure.code, EXIT_PROTOCOL);
		assert_false(failure.retry);
	}
	assert_non_null(strstr(failure.text, "TLS"));
}

static void a_peer_that_hangs_up_in_the_greeting_was_lost(void **state)
{
	static const unsigned char part[] = {0, 0, 0};
	struct span told = {part, sizeof(part)};
	struct script script = {.play = play_told, .told = &told};
	struct failure failure;

	(void)state;
	assert_int_equal(open_to_failure(&script, &usual, &failure), STATUS_LOST);
	assert_int_equal(failure.code, EXIT_NETWORK);
	assert_true(failure.retry);
}

static void play_silence(struct script *script, int fd)
{
	hear_end(script, fd);
}

static void a_peer_that_says_nothing_is_timed_out(void **state)
{
	struct script script = {.play = play_silence};
	struct failure failure;

	(void)state;
	assert_int_equal(open_to_failure(&script, &hasty, &failure), STATUS_TIMEOUT);
	assert_int_equal(failure.code, EXIT_NETWORK);
}

static void play_busy(struct script *script, int fd)
{
	const struct error error = {.code = ERROR_BUSY, .retry_after_ms = 1500, .text = span_of("too many \x1b[31mconnections")};

	hear(script, fd, HELLO_SIZE);
	SAY(fd, error_encode, 0, &error);
	hear_end(script, fd);
}

static void a_busy_server_is_told_with_its_words_made_harmless(void **state)
{
	struct script script = {.play = play_busy};
	struct failure failure;

	(void)state;
	assert_int_equal(open_to_failure(&script, &usual, &failure), STATUS_BUSY);
	assert_int_equal(failure.code, EXIT_BUSY);
	assert_int_equal(failure.retry_after_ms, 1500);
	assert_non_null(strstr(failure.text, "too many \\x1b[31mconnections"));
}

static void play_wrong_version(struct script *script, int fd)
{
	struct welcome welcome = usual_welcome;

	welcome.version = 2;
	greet_with(script, fd, &welcome);
}

static void play_unasked_feature(struct script *script, int fd)
{
	struct welcome welcome = usual_welcome;

	welcome.features = 1;
	greet_with(script, fd, &welcome);
}

static void a_welcome_that_was_not_offered_is_refused(void **state)
{
	struct script version = {.play = play_wrong_version}, feature = {.play = play_unasked_feature};
	struct failure failure;

	(void)state;
	assert_int_equal(open_to_failure(&version, &usual, &failure), STATUS_PROTOCOL);
	assert_int_equal(open_to_failure(&feature, &usual, &failure), STATUS_PROTOCOL);
}

static void nobody_listening_is_a_refused_connection(void **state)
{
	struct script script = {.play = play_silence};
	struct link *link = NULL;
	struct failure failure;

	(void)state;
	script_start(&script);
	script_end(&script);
	assert_int_equal(link_open(&script.url, &usual, &link, &failure), STATUS_CONNECTION_REFUSED);
	assert_int_equal(failure.code, EXIT_NETWORK);
	assert_non_null(strstr(failure.text, "127.0.0.1:"));
}

static void an_unknown_host_is_told(void **state)
{
	struct link *link = NULL;
	struct failure failure;
	char host[] = "no-such-host.invalid", path[] = "";
	const struct url url = {.host = host, .port = 1, .path = path};

	(void)state;
	assert_int_equal(link_open(&url, &usual, &link, &failure), STATUS_UNKNOWN_HOST);
	assert_int_equal(failure.code, EXIT_NETWORK);
}

static void an_interruption_ends_the_wait(void **state)
{
	struct script script = {.play = play_silence};
	struct link_options options = usual;
	struct failure failure;

	(void)state;
	options.stop_fd = eventfd(1, EFD_CLOEXEC);
	assert_int_equal(open_to_failure(&script, &options, &failure), STATUS_INTERRUPTED);
	assert_int_equal(failure.code, EXIT_INTERRUPTED);
	close(options.stop_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_link_greets_and_says_goodbye),
		cmocka_unit_test(a_peer_that_does_not_begin_like_ferry_is_named_as_such),
		cmocka_unit_test(a_peer_that_hangs_up_in_the_greeting_was_lost),
		cmocka_unit_test(a_peer_that_says_nothing_is_timed_out),
		cmocka_unit_test(a_busy_server_is_told_with_its_words_made_harmless),
		cmocka_unit_test(a_welcome_that_was_not_offered_is_refused),
		cmocka_unit_test(nobody_listening_is_a_refused_connection),
		cmocka_unit_test(an_unknown_host_is_told),
		cmocka_unit_test(an_interruption_ends_the_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
