/* Tests of signals that come while a run goes on: seen by all, obeyed at the end, and by a process that is stuck as well. */
/* Threat E3 of docs/security.md. */
#include "interrupt.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "clock.h"

/* How a process ends that runs STORY and would end with 0 behind it. */
static int end_of(void (*story)(void))
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		story();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void open_or_exit(struct interrupt *interrupt, int64_t patience)
{
	if (interrupt_open(interrupt, patience) != STATUS_OK)
		_exit(1);
}

/* By hand: what is raised for a thread only that thread sees. */
static void send(int signal)
{
	if (kill(getpid(), signal) < 0)
		_exit(1);
}

static void come_and_close(void)
{
	struct interrupt interrupt;

	open_or_exit(&interrupt, CLOCK_NEVER / 2);
	send(SIGHUP);
	struct pollfd seen = {.fd = interrupt_fd(&interrupt), .events = POLLIN};
	if (poll(&seen, 1, 10000) != 1)
		_exit(2);
	interrupt_close(&interrupt);
	_exit(3);
}

static void a_signal_is_seen_and_obeyed_at_the_end(void **state)
{
	int status = end_of(come_and_close);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGHUP);
}

static void come_and_be_stuck(void)
{
	struct interrupt interrupt;
	int ends[2];
	char byte;

	open_or_exit(&interrupt, 20 * CLOCK_MS);
	send(SIGTERM);
	/* Nobody writes; nor does the test wait for ever. */
	alarm(20);
	if (pipe(ends) == 0 && read(ends[0], &byte, 1) < 0)
		_exit(2);
}

static void a_process_that_is_stuck_obeys_after_a_while(void **state)
{
	int status = end_of(come_and_be_stuck);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void close_without_a_signal(void)
{
	struct interrupt interrupt;

	open_or_exit(&interrupt, 0);
	interrupt_close(&interrupt);
	interrupt_close(&interrupt);
}

static void without_a_signal_nothing_happens(void **state)
{
	(void)state;
	assert_int_equal(end_of(close_without_a_signal), 0);
}

static void ignore_and_be_told(void)
{
	struct interrupt interrupt;

	signal(SIGHUP, SIG_IGN);
	open_or_exit(&interrupt, 0);
	send(SIGHUP);
	struct pollfd seen = {.fd = interrupt_fd(&interrupt), .events = POLLIN};
	if (poll(&seen, 1, 0) != 0)
		_exit(2);
	interrupt_close(&interrupt);
}

static void what_was_ignored_stays_ignored(void **state)
{
	(void)state;
	assert_int_equal(end_of(ignore_and_be_told), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signal_is_seen_and_obeyed_at_the_end),
		cmocka_unit_test(a_process_that_is_stuck_obeys_after_a_while),
		cmocka_unit_test(without_a_signal_nothing_happens),
		cmocka_unit_test(what_was_ignored_stays_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
