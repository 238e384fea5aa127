/* Tests of the way from a status to an exit code, and of the one code that a run has. */
#include "failure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "text.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct failure make(enum failure_origin origin, enum status status)
{
	struct failure failure;

	failure_set(&failure, origin, status, "ferry://host/file");
	return failure;
}

static void what_the_server_says_has_the_documented_code(void **state)
{
	static const struct {
		enum status status;
		int code;
		bool retry;
	} cases[] = {
		{STATUS_NOT_FOUND, 3, false}, {STATUS_NOT_FOLDER, 3, false}, {STATUS_REFUSED, 4, false},
		{STATUS_SYMLINK, 4, false},   {STATUS_CHANGED, 8, true},     {STATUS_STALE, 8, true},
		{STATUS_BUSY, 10, true},      {STATUS_IO, 1, false},         {STATUS_LIMIT, 1, false},
		{STATUS_STOPPING, 5, true},   {STATUS_TIMEOUT, 5, true},     {STATUS_PROTOCOL, 11, false},
		{STATUS_VERSION, 11, false},  {STATUS_INVALID, 11, false},   {STATUS_MISMATCH, 7, true},
		{STATUS_UNTRUSTED, 6, false}, {STATUS_UNSUPPORTED, 1, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct failure failure = make(FAILURE_SERVER, cases[i].status);
		assert_int_equal(failure.code, cases[i].code);
		assert_int_equal(failure.retry, cases[i].retry);
	}
}

static void what_the_network_brings_has_the_documented_code(void **state)
{
	static const struct {
		enum status status;
		int code;
		bool retry;
	} cases[] = {
		{STATUS_TIMEOUT, 5, true},       {STATUS_LOST, 5, true},      {STATUS_UNREACHABLE, 5, true},
		{STATUS_UNKNOWN_HOST, 5, false}, {STATUS_STOPPING, 5, true},  {STATUS_CONNECTION_REFUSED, 5, false},
		{STATUS_REFUSED, 5, false},      {STATUS_IO, 5, false},       {STATUS_PROTOCOL, 11, false},
		{STATUS_VERSION, 11, false},     {STATUS_BUSY, 10, true},     {STATUS_NO_MEMORY, 1, false},
		{STATUS_UNTRUSTED, 6, false},    {STATUS_MISMATCH, 7, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct failure failure = make(FAILURE_NETWORK, cases[i].status);
		assert_int_equal(failure.code, cases[i].code);
		assert_int_equal(failure.retry, cases[i].retry);
	}
}

static void whatever_fails_here_is_local_but_for_memory_locks_and_proof(void **state)
{
	(void)state;
	for (int status = STATUS_INVALID; status < STATUS_COUNT; status++) {
		int expected = status == STATUS_NO_MEMORY ? 1 : status == STATUS_BUSY ? 10 : status == STATUS_MISMATCH ? 7 :
			status == STATUS_INTERRUPTED ? 130 : 9;
		assert_int_equal(make(FAILURE_LOCAL, (enum status)status).code, expected);
	}
}

static void usage_is_two_whatever_the_status(void **state)
{
	(void)state;
	for (int status = 0; status < STATUS_COUNT; status++)
		assert_int_equal(make(FAILURE_USAGE, (enum status)status).code, 2);
}

static void a_difference_is_seven_and_speaks_for_itself(void **state)
{
	struct failure failure = make(FAILURE_DIFFERENCE, STATUS_MISMATCH);

	(void)state;
	assert_int_equal(failure.code, 7);
	assert_false(failure.retry);
	assert_string_equal(failure.text, "ferry://host/file");
}

static void no_failure_counts_as_success(void **state)
{
	(void)state;
	for (int status = STATUS_WANT_READ; status < STATUS_COUNT; status++) {
		assert_int_not_equal(make(FAILURE_SERVER, (enum status)status).code, EXIT_OK);
		assert_int_not_equal(make(FAILURE_NETWORK, (enum status)status).code, EXIT_OK);
		assert_int_not_equal(make(FAILURE_LOCAL, (enum status)status).code, EXIT_OK);
	}
}

static void sentence_ends_with_the_words_of_its_status(void **state)
{
	(void)state;
	assert_string_equal(make(FAILURE_SERVER, STATUS_NOT_FOUND).text, "ferry://host/file: not found");
	assert_string_equal(make(FAILURE_USAGE, STATUS_NOT_FOUND).text, "ferry://host/file");
	assert_string_equal(make(FAILURE_NETWORK, STATUS_PROTOCOL).text, "ferry://host/file");
}

static void sentence_that_is_too_long_is_cut(void **state)
{
	char longer[2 * FAILURE_TEXT_SIZE];
	struct failure failure;

	(void)state;
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	for (size_t skip = 0; skip < sizeof longer; skip++) {
		failure_set(&failure, FAILURE_LOCAL, STATUS_NO_SPACE, "%s", longer + skip);
		assert_true(strlen(failure.text) < sizeof failure.text);
	}
}

static void what_is_cut_is_not_cut_inside_a_character(void **state)
{
	struct failure failure;
	char euros[FAILURE_TEXT_SIZE * 3 + 1];

	(void)state;
	for (size_t i = 0; i < FAILURE_TEXT_SIZE; i++)
		memcpy(euros + 3 * i, "\xe2\x82\xac", 4);
	for (size_t shift = 0; shift < 3; shift++) {
		failure_set(&failure, FAILURE_LOCAL, STATUS_IO, "%.*s%s", (int)shift, "xxx", euros);
		assert_true(text_is_utf8(span_of(failure.text)));
		assert_true(strlen(failure.text) > FAILURE_TEXT_SIZE - 5);
		failure_set(&failure, FAILURE_LOCAL, STATUS_IO, "%.*s%.10s and more", (int)shift, "xxx", euros);
		assert_string_equal(failure.text + shift, "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac and more: input/output error");
	}
}

static void output_that_cannot_be_written_is_local(void **state)
{
	struct failure failure;

	(void)state;
	failure_set_stdout(&failure, STATUS_NO_SPACE);
	assert_int_equal(failure.code, EXIT_LOCAL);
	assert_string_equal(failure.text, "cannot write to standard output: no space left");
	failure_set_stdout(&failure, STATUS_LOST);
	assert_int_equal(failure.code, EXIT_LOCAL);
	assert_string_equal(failure.text, "nobody reads the standard output any more");
}

static void every_code_has_a_word_of_its_own(void **state)
{
	static const enum exit_code codes[] = {
		EXIT_OK, EXIT_OTHER, EXIT_USAGE, EXIT_NOT_FOUND, EXIT_REFUSED, EXIT_NETWORK, EXIT_UNTRUSTED, EXIT_MISMATCH,
		EXIT_CHANGED, EXIT_LOCAL, EXIT_BUSY, EXIT_PROTOCOL, EXIT_MIXED, EXIT_INTERRUPTED,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++) {
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(exit_code_name(codes[i]), exit_code_name(codes[j]));
	}
	assert_string_equal(make(FAILURE_SERVER, STATUS_NOT_FOUND).name, "not-found");
}

static void failures_of_one_kind_share_their_code(void **state)
{
	(void)state;
	assert_int_equal(exit_code_join(EXIT_OK, EXIT_OK), EXIT_OK);
	assert_int_equal(exit_code_join(EXIT_OK, EXIT_NETWORK), EXIT_NETWORK);
	assert_int_equal(exit_code_join(EXIT_NETWORK, EXIT_OK), EXIT_NETWORK);
	assert_int_equal(exit_code_join(EXIT_NETWORK, EXIT_NETWORK), EXIT_NETWORK);
}

static void failures_of_different_kinds_are_mixed(void **state)
{
	(void)state;
	assert_int_equal(exit_code_join(EXIT_NETWORK, EXIT_LOCAL), EXIT_MIXED);
	assert_int_equal(exit_code_join(EXIT_MIXED, EXIT_LOCAL), EXIT_MIXED);
	assert_int_equal(exit_code_join(EXIT_OK, EXIT_MIXED), EXIT_MIXED);
}

static void an_interruption_outranks_every_failure(void **state)
{
	(void)state;
	assert_int_equal(exit_code_join(EXIT_INTERRUPTED, EXIT_LOCAL), EXIT_INTERRUPTED);
	assert_int_equal(exit_code_join(EXIT_MIXED, EXIT_INTERRUPTED), EXIT_INTERRUPTED);
}

static void order_of_failures_does_not_matter(void **state)
{
	static const enum exit_code codes[] = {EXIT_OK, EXIT_NETWORK, EXIT_LOCAL, EXIT_MIXED, EXIT_INTERRUPTED};

	(void)state;
	for (size_t a = 0; a < COUNT(codes); a++)
		for (size_t b = 0; b < COUNT(codes); b++)
			for (size_t c = 0; c < COUNT(codes); c++) {
				enum exit_code left = exit_code_join(exit_code_join(codes[a], codes[b]), codes[c]);
				assert_int_equal(left, exit_code_join(exit_code_join(codes[c], codes[a]), codes[b]));
				assert_int_equal(left, exit_code_join(codes[a], exit_code_join(codes[b], codes[c])));
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_server_says_has_the_documented_code),
		cmocka_unit_test(what_the_network_brings_has_the_documented_code),
		cmocka_unit_test(whatever_fails_here_is_local_but_for_memory_locks_and_proof),
		cmocka_unit_test(usage_is_two_whatever_the_status),
		cmocka_unit_test(a_difference_is_seven_and_speaks_for_itself),
		cmocka_unit_test(no_failure_counts_as_success),
		cmocka_unit_test(sentence_ends_with_the_words_of_its_status),
		cmocka_unit_test(sentence_that_is_too_long_is_cut),
		cmocka_unit_test(what_is_cut_is_not_cut_inside_a_character),
		cmocka_unit_test(output_that_cannot_be_written_is_local),
		cmocka_unit_test(every_code_has_a_word_of_its_own),
		cmocka_unit_test(failures_of_one_kind_share_their_code),
		cmocka_unit_test(failures_of_different_kinds_are_mixed),
		cmocka_unit_test(an_interruption_outranks_every_failure),
		cmocka_unit_test(order_of_failures_does_not_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
