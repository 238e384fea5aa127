/* Tests of threads that still have something to tell when the run is over: an interrupted one does not wait for them for ever. */
#include "report.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#define TALKERS 4

struct talk {
	struct report *report;
	atomic_uint begun;
	atomic_bool over;
};

static void *go_on_talking(void *argument)
{
	struct talk *talk = argument;

	for (bool first = true; first || !atomic_load(&talk->over); first = false) {
		report_note(talk->report, "on and on");
		if (first)
			atomic_fetch_add(&talk->begun, 1);
	}
	return NULL;
}

static int silence(void)
{
	int kept = dup(STDERR_FILENO), nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);

	assert_true(kept >= 0 && nothing >= 0);
	assert_int_equal(dup2(nothing, STDERR_FILENO), STDERR_FILENO);
	close(nothing);
	return kept;
}

/* The sanitizers' builds see what the others only get away with. */
static void threads_may_tell_things_before_during_and_after_the_end(void **state)
{
	static const struct progress_counters counters;
	struct talk talk = {.begun = 0};
	struct progress *progress;
	pthread_t threads[TALKERS];
	int kept = silence();

	(void)state;
	assert_int_equal(progress_start(PROGRESS_BAR, &counters, &progress), STATUS_OK);
	assert_int_equal(report_new(REPORT_TEXT, 0, progress, &talk.report), STATUS_OK);
	for (int i = 0; i < TALKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, go_on_talking, &talk), 0);
	while (atomic_load(&talk.begun) < TALKERS)
		sched_yield();
	progress_stop(progress);
	report_end(talk.report);
	atomic_store(&talk.over, true);
	for (int i = 0; i < TALKERS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(report_exit_code(talk.report), EXIT_OK);
	report_free(talk.report);
	progress_free(progress);
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	close(kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_may_tell_things_before_during_and_after_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
