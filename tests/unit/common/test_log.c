/* Tests of the log: its lines, what waits and what is written at once, and quoting. */
/* Threat S4 of docs/security.md. */
#include "log.h"

#include <fcntl.h>
#include <pthread.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"

#define THREADS 4
#define LINES_PER_THREAD 10000

/* Standard error is a file of its own during each test. */
struct capture {
	int file;
	int saved;
};

static int begin(void **state)
{
	static struct capture capture;

	capture.file = memfd_create("log", MFD_CLOEXEC);
	capture.saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (capture.file < 0 || capture.saved < 0 || dup2(capture.file, STDERR_FILENO) < 0)
		return -1;
	log_set_level(LOG_INFO);
	*state = &capture;
	return 0;
}

static int end(void **state)
{
	struct capture *capture = *state;

	log_flush();
	dup2(capture->saved, STDERR_FILENO);
	close(capture->saved);
	close(capture->file);
	return 0;
}

/* What was written so far; the caller frees it. */
static char *captured(void **state)
{
	struct capture *capture = *state;
	off_t length = lseek(capture->file, 0, SEEK_END);
	char *text = calloc(1, (size_t)length + 1);

	assert_non_null(text);
	assert_int_equal(pread(capture->file, text, (size_t)length, 0), length);
	return text;
}

static void assert_captured(void **state, const char *pattern)
{
	char *text = captured(state);
	regex_t regex;

	assert_int_equal(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&regex, text, 0, NULL, 0) != 0)
		fail_msg("%s does not match %s", text, pattern);
	regfree(&regex);
	free(text);
}

static void a_line_has_time_level_and_fields(void **state)
{
	log_line(LOG_ERROR, "event=%s count=%d", "listen", 7);
	assert_captured(state, "^ts=20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\\.[0-9]{3}Z "
			       "level=error event=listen count=7\n$");
}

static void information_waits_until_it_is_flushed(void **state)
{
	log_line(LOG_INFO, "event=one");
	assert_captured(state, "^$");
	log_flush();
	assert_captured(state, "^ts=[^ ]+ level=info event=one\n$");
	log_flush();
	assert_captured(state, "^[^\n]+\n$");
}

static void a_warning_is_written_at_once_after_what_waits(void **state)
{
	log_line(LOG_INFO, "event=one");
	log_line(LOG_WARN, "event=two");
	assert_captured(state, "^[^\n]+ level=info event=one\n[^\n]+ level=warn event=two\n$");
}

static void lines_above_the_level_are_dropped(void **state)
{
	log_line(LOG_DEBUG, "event=one");
	log_set_level(LOG_DEBUG);
	log_line(LOG_DEBUG, "event=two");
	log_set_level(LOG_ERROR);
	log_line(LOG_WARN, "event=three");
	log_line(LOG_ERROR, "event=four");
	assert_captured(state, "^[^\n]+ level=debug event=two\n[^\n]+ level=error event=four\n$");
}

static void a_value_cannot_begin_a_line_or_move_a_terminal(void **state)
{
	log_line(LOG_ERROR, "name=%s", "a\nts=0 level=info\t\x1b\x7f\xc3\xa4");
	assert_captured(state, "^[^\n]+ name=a\\?ts=0 level=info\\?\\?\\?\xc3\xa4\n$");
}

static void a_full_buffer_is_written_in_whole_lines(void **state)
{
	size_t lines = 0;

	for (int i = 0; i < 5000; i++)
		log_line(LOG_INFO, "number=%d", i);
	char *text = captured(state);
	assert_true(strlen(text) > 65536);
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) && rest; lines++) {
		char *number = strstr(line, " level=info number=");
		assert_non_null(number);
		assert_int_equal(strtoul(number + strlen(" level=info number="), NULL, 10), lines);
	}
	free(text);
	log_flush();
	assert_captured(state, " number=4999\n$");
}

static void a_line_that_does_not_fit_beside_others_stays_whole(void **state)
{
	static char value[40001];

	memset(value, 'v', sizeof(value) - 1);
	for (int i = 0; i < 2; i++)
		log_line(LOG_INFO, "value=%s", value);
	log_flush();
	char *text = captured(state);
	char *second = strchr(text, '\n') + 1;
	assert_string_equal(strstr(second, "value=") + strlen("value=") + strlen(value), "\n");
	assert_int_equal(strlen(second), second - text);
	free(text);
}

static void a_line_longer_than_the_buffer_is_cut(void **state)
{
	static char value[100001];

	memset(value, 'v', sizeof(value) - 1);
	log_line(LOG_INFO, "event=before");
	log_line(LOG_INFO, "event=long value=%s", value);
	log_line(LOG_INFO, "event=after");
	log_flush();
	assert_captured(state, "^[^\n]+ event=before\n[^\n]+ event=long value=v+\n[^\n]+ event=after\n$");
}

struct writer_thread {
	pthread_t thread;
	pthread_barrier_t *start;
	int number;
};

static void *write_lines(void *argument)
{
	const struct writer_thread *writer = argument;

	pthread_barrier_wait(writer->start);
	for (int i = 0; i < LINES_PER_THREAD; i++)
		log_line(i % 50 ? LOG_INFO : LOG_WARN, "thread=%d number=%d end", writer->number, i);
	return NULL;
}

static void lines_of_many_threads_stay_whole_and_in_order(void **state)
{
	struct writer_thread writers[THREADS];
	pthread_barrier_t start;
	int next[THREADS] = {0};

	assert_int_equal(pthread_barrier_init(&start, NULL, THREADS), 0);
	for (int i = 0; i < THREADS; i++) {
		writers[i] = (struct writer_thread){.start = &start, .number = i};
		assert_int_equal(pthread_create(&writers[i].thread, NULL, write_lines, &writers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(writers[i].thread, NULL);
	pthread_barrier_destroy(&start);
	log_flush();
	char *text = captured(state), *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) && rest;) {
		int thread = -1, number = -1, length = 0;
		char *fields = strstr(line, "thread=");
		assert_non_null(fields);
		assert_int_equal(sscanf(fields, "thread=%d number=%d end%n", &thread, &number, &length), 2);
		assert_int_equal(length, strlen(fields));
		assert_in_range(thread, 0, THREADS - 1);
		assert_int_equal(number, next[thread]++);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(next[i], LINES_PER_THREAD);
	free(text);
}

static void *count_bytes(void *argument)
{
	const int *pipe = argument;
	static size_t total;
	char bytes[4096];
	ssize_t length;

	total = 0;
	while ((length = read(*pipe, bytes, sizeof(bytes))) > 0)
		for (ssize_t i = 0; i < length; i++)
			total += bytes[i] == '\n';
	return &total;
}

static void a_full_pipe_that_does_not_block_is_waited_for(void **state)
{
	struct capture *capture = *state;
	pthread_t reader;
	void *lines;
	int ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	assert_int_equal(pthread_create(&reader, NULL, count_bytes, &ends[0]), 0);
	for (int i = 0; i < 20000; i++)
		log_line(LOG_INFO, "number=%d", i);
	log_flush();
	dup2(capture->file, STDERR_FILENO);
	pthread_join(reader, &lines);
	assert_int_equal(*(size_t *)lines, 20000);
	close(ends[0]);
}

static void without_anybody_to_read_lines_are_dropped(void **state)
{
	struct capture *capture = *state;

	close(STDERR_FILENO);
	for (int i = 0; i < 5000; i++)
		log_line(LOG_INFO, "number=%d", i);
	log_line(LOG_ERROR, "event=lost");
	dup2(capture->file, STDERR_FILENO);
	log_line(LOG_ERROR, "event=back");
	assert_captured(state, "^[^\n]+ event=back\n$");
}

static void a_quoted_value_is_one_field(void **state)
{
	static const struct {
		const char *value, *quoted;
	} cases[] = {
		{"", "\"\""},
		{"a b=c", "\"a b=c\""},
		{"say \"hi\"", "\"say \\\"hi\\\"\""},
		{"back\\slash", "\"back\\\\slash\""},
		{"\\\"", "\"\\\\\\\"\""},
		{"line\nbreak", "\"line\\x0abreak\""},
		{"\xff\xc3\xa4\xe2\x80\xae", "\"\\xff\xc3\xa4\\xe2\\x80\\xae\""},
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(log_quote(out, sizeof(out), span_of(cases[i].value)), cases[i].quoted);
}

static void a_quoted_value_is_closed_wherever_it_is_cut(void **state)
{
	static const char *const cuts[] = {"", "", "\"\"", "\"a\"", "\"a\"", "\"a\\\"\"", "\"a\\\"b\"", "\"a\\\"b\""};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		memset(out, '#', sizeof(out));
		assert_string_equal(log_quote(out, i + 1, span_of("a\"b\n")), cuts[i]);
		assert_int_equal(out[i + 1], '#');
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_has_time_level_and_fields, begin, end),
		cmocka_unit_test_setup_teardown(information_waits_until_it_is_flushed, begin, end),
		cmocka_unit_test_setup_teardown(a_warning_is_written_at_once_after_what_waits, begin, end),
		cmocka_unit_test_setup_teardown(lines_above_the_level_are_dropped, begin, end),
		cmocka_unit_test_setup_teardown(a_value_cannot_begin_a_line_or_move_a_terminal, begin, end),
		cmocka_unit_test_setup_teardown(a_full_buffer_is_written_in_whole_lines, begin, end),
		cmocka_unit_test_setup_teardown(a_line_that_does_not_fit_beside_others_stays_whole, begin, end),
		cmocka_unit_test_setup_teardown(a_line_longer_than_the_buffer_is_cut, begin, end),
		cmocka_unit_test_setup_teardown(lines_of_many_threads_stay_whole_and_in_order, begin, end),
		cmocka_unit_test_setup_teardown(a_full_pipe_that_does_not_block_is_waited_for, begin, end),
		cmocka_unit_test_setup_teardown(without_anybody_to_read_lines_are_dropped, begin, end),
		cmocka_unit_test(a_quoted_value_is_one_field),
		cmocka_unit_test(a_quoted_value_is_closed_wherever_it_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
