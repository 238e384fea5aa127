/* Sleeps until the earliest time that a slot was armed with, and then goes through all slots. */
#include "reaper.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "clock.h"
#include "threads.h"

struct reaper {
	struct slots *slots;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t sooner;
	/* written under lock; reaper_expect() looks at it without first */
	_Atomic int64_t next;
	/* guarded by lock */
	int64_t cut_at;
	bool stopping;
};

/* caller holds lock */
static void doze(struct reaper *reaper)
{
	while (!reaper->stopping && clock_now() < atomic_load(&reaper->next))
		clock_wait(&reaper->sooner, &reaper->lock, atomic_load(&reaper->next));
}

/* caller holds lock */
static void lower(struct reaper *reaper, int64_t time)
{
	if (time < atomic_load(&reaper->next))
		atomic_store(&reaper->next, time);
}

/*
 * Forgets the time first, then looks at the slots: a slot that is armed meanwhile is either seen in this round, or its owner
 * finds that no time is expected, and tells.
 * caller holds lock, which is free during the round
 */
static void round_up(struct reaper *reaper)
{
	int64_t now = clock_now();
	bool cut = reaper->cut_at <= now;

	if (cut)
		reaper->cut_at = CLOCK_NEVER;
	atomic_store(&reaper->next, reaper->cut_at);
	pthread_mutex_unlock(&reaper->lock);
	if (cut)
		slots_shut_all(reaper->slots);
	int64_t next = slots_expire(reaper->slots, now);
	pthread_mutex_lock(&reaper->lock);
	lower(reaper, next);
}

static void *run(void *argument)
{
	struct reaper *reaper = argument;

	pthread_mutex_lock(&reaper->lock);
	while (!reaper->stopping) {
		doze(reaper);
		if (!reaper->stopping)
			round_up(reaper);
	}
	pthread_mutex_unlock(&reaper->lock);
	return NULL;
}

static void release(struct reaper *reaper)
{
	pthread_cond_destroy(&reaper->sooner);
	pthread_mutex_destroy(&reaper->lock);
	free(reaper);
}

enum status reaper_start(struct slots *slots, struct reaper **out)
{
	struct reaper *reaper = calloc(1, sizeof(*reaper));

	if (!reaper)
		return STATUS_NO_MEMORY;
	reaper->slots = slots;
	reaper->cut_at = CLOCK_NEVER;
	atomic_store(&reaper->next, CLOCK_NEVER);
	pthread_mutex_init(&reaper->lock, NULL);
	clock_condition_init(&reaper->sooner);
	enum status status = thread_start(&reaper->thread, "reaper", run, reaper);
	if (status != STATUS_OK)
		release(reaper);
	else
		*out = reaper;
	return status;
}

void reaper_stop(struct reaper *reaper)
{
	if (!reaper)
		return;
	pthread_mutex_lock(&reaper->lock);
	reaper->stopping = true;
	pthread_cond_signal(&reaper->sooner);
	pthread_mutex_unlock(&reaper->lock);
	pthread_join(reaper->thread, NULL);
	release(reaper);
}

void reaper_expect(struct reaper *reaper, int64_t time)
{
	if (time >= atomic_load(&reaper->next))
		return;
	pthread_mutex_lock(&reaper->lock);
	if (time < atomic_load(&reaper->next)) {
		atomic_store(&reaper->next, time);
		pthread_cond_signal(&reaper->sooner);
	}
	pthread_mutex_unlock(&reaper->lock);
}

void reaper_cut_at(struct reaper *reaper, int64_t time)
{
	pthread_mutex_lock(&reaper->lock);
	reaper->cut_at = time;
	pthread_mutex_unlock(&reaper->lock);
	reaper_expect(reaper, time);
}
