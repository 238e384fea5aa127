/* Hands jobs to a thread at idle priority, for the processor and for the disk. */
#include "idle_thread.h"

#include <linux/ioprio.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "log.h"
#include "threads.h"

struct idle_thread {
	pthread_t thread;
	/* Between two semaphores the fields below are the thread's, otherwise its owner's. */
	sem_t begin;
	sem_t done;
	bool ending;
	void (*job)(void *argument);
	void *argument;
};

static void wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0)
		;
}

/* If this is refused, the thread slows others down a little. */
static void become_idle(void)
{
	struct sched_param none = {.sched_priority = 0};

	if (pthread_setschedparam(pthread_self(), SCHED_IDLE, &none) != 0 ||
		syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)) < 0)
		log_line(LOG_WARN, "event=idle_priority status=refused");
}

static void *run(void *argument)
{
	struct idle_thread *thread = argument;

	become_idle();
	for (wait_for(&thread->begin); !thread->ending; wait_for(&thread->begin)) {
		if (thread->job)
			thread->job(thread->argument);
		sem_post(&thread->done);
	}
	return NULL;
}

enum status idle_thread_start(const char *name, struct idle_thread **thread)
{
	struct idle_thread *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	sem_init(&made->begin, 0, 0);
	sem_init(&made->done, 0, 0);
	enum status status = thread_start(&made->thread, name, run, made);
	if (status == STATUS_OK)
		*thread = made;
	else
		free(made);
	return status;
}

void idle_thread_free(struct idle_thread *thread)
{
	if (!thread)
		return;
	thread->ending = true;
	sem_post(&thread->begin);
	pthread_join(thread->thread, NULL);
	sem_destroy(&thread->begin);
	sem_destroy(&thread->done);
	free(thread);
}

void idle_thread_do(struct idle_thread *thread, void (*job)(void *argument), void *argument)
{
	thread->job = job;
	thread->argument = argument;
	sem_post(&thread->begin);
	wait_for(&thread->done);
}
