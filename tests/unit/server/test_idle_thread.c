/* Tests of the idle thread: jobs are done in order, elsewhere, and with idle priority. */
#include "idle_thread.h"

#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define JOBS 1000

struct witness {
	pthread_t thread;
	int policy;
	unsigned count;
};

static void look(void *argument)
{
	struct witness *witness = argument;
	struct sched_param parameters;

	witness->thread = pthread_self();
	pthread_getschedparam(pthread_self(), &witness->policy, &parameters);
	witness->count++;
}

static void a_job_is_done_when_the_call_returns(void **state)
{
	struct idle_thread *thread = NULL;
	struct witness witness = {.count = 0};

	(void)state;
	assert_int_equal(idle_thread_start("idle", &thread), STATUS_OK);
	for (unsigned i = 0; i < JOBS; i++) {
		idle_thread_do(thread, look, &witness);
		idle_thread_do(thread, NULL, NULL);
		assert_int_equal(witness.count, i + 1);
	}
	idle_thread_free(thread);
}

static void jobs_run_elsewhere_when_nobody_else_wants_to(void **state)
{
	struct idle_thread *thread = NULL;
	struct witness witness = {.count = 0};
	struct sched_param parameters;
	int policy;

	(void)state;
	assert_int_equal(idle_thread_start("idle", &thread), STATUS_OK);
	idle_thread_do(thread, look, &witness);
	idle_thread_free(thread);
	assert_false(pthread_equal(witness.thread, pthread_self()));
	assert_int_equal(witness.policy, SCHED_IDLE);
	assert_int_equal(pthread_getschedparam(pthread_self(), &policy, &parameters), 0);
	assert_int_equal(policy, SCHED_OTHER);
}

static void a_thread_without_jobs_ends_too(void **state)
{
	struct idle_thread *thread = NULL;

	(void)state;
	assert_int_equal(idle_thread_start("idle", &thread), STATUS_OK);
	idle_thread_free(thread);
	idle_thread_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_is_done_when_the_call_returns),
		cmocka_unit_test(jobs_run_elsewhere_when_nobody_else_wants_to),
		cmocka_unit_test(a_thread_without_jobs_ends_too),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
