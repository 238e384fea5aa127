/* Stops a client before each of its file calls while a second one does the same work: neither spoils what the other has. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sockets.h"
#include "trial.h"

#define SECONDS_MAX 30
#define BUSY 10 /* the exit code of a client that waited in vain for the other */
#define CALLS_MIN 10

struct pair {
	struct outcome first;
	struct outcome second;
	bool stopped; /* the first one, until the second had ended */
};

static void run_second(struct trial *trial, struct outcome *outcome)
{
	struct child child;
	trial->option = "--timeout=1";
	plan_set(&trial->page, (struct plan){0});
	trial_start(trial, trial->scenario->server, &child);
	trial->option = NULL;
	child_wait(&child, SECONDS_MAX, outcome);
}

static void run_pair(struct trial *trial, uint64_t at, struct pair *pair)
{
	struct child first;
	*pair = (struct pair){0};
	trial_reset(trial);
	plan_set(&trial->page, (struct plan){.act = PLAN_STOP_BEFORE, .at = at, .numbers = PLAN_NUMBER_ALL});
	trial_start(trial, trial->scenario->server, &first);
	child_wait(&first, SECONDS_MAX, &pair->first);
	pair->stopped = pair->first.end == CHILD_STOPPED;
	if (!pair->stopped)
		return;
	run_second(trial, &pair->second);
	child_continue(&first);
	child_wait(&first, SECONDS_MAX, &pair->first);
}

static bool ended(const struct trial *trial, const struct outcome *outcome)
{
	return outcome->end == CHILD_EXITED && outcome->code == trial->scenario->code;
}

static bool found_busy(const struct outcome *outcome)
{
	return outcome->end == CHILD_EXITED && outcome->code == BUSY;
}

static bool went_right(const struct trial *trial, const struct pair *pair, char what[PROMISE_WHAT_MAX])
{
	const struct expectation *expectation = &trial->scenario->expectation;
	snprintf(what, PROMISE_WHAT_MAX, "the first ended with %d, the second with %d", pair->first.code, pair->second.code);
	if (!ended(trial, &pair->first) || (pair->stopped && !ended(trial, &pair->second) && !found_busy(&pair->second)))
		return false;
	if (pair->stopped && !promise_holds(expectation, pair->second.out, what))
		return false;
	return promise_holds(expectation, pair->first.out, what) && trial_is_complete(trial->scenario, what);
}

/* Returns false when it went wrong; OVER when the first ended before that call. */
static bool stop_at(struct trial *trial, uint64_t at, bool *over)
{
	struct pair pair;
	char when[64], what[PROMISE_WHAT_MAX];

	run_pair(trial, at, &pair);
	bool right = went_right(trial, &pair, what);
	if (!right) {
		snprintf(when, sizeof when, "the first client stopped at file call %" PRIu64, at);
		trial_complain(trial, when, what, pair.first.err);
	}
	*over = !pair.stopped;
	outcome_release(&pair.first);
	outcome_release(&pair.second);
	return right;
}

bool sweep_pairs(struct trial *trial)
{
	uint64_t pairs = 0;
	bool over = false;
	for (uint64_t at = 1; !over; at += trial->scenario->every, pairs++)
		if (!stop_at(trial, at, &over))
			return false;
	printf("pairs: %s: %" PRIu64 " pairs of clients\n", trial->scenario->name, pairs);
	return pairs >= CALLS_MIN;
}
