/* Stops a client before each of its file calls while a second one does the same work: neither spoils what the other has. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sockets.h"
#include "trial.h"

#define SECONDS_MAX 120
#define BUSY 10 /* the exit code of a client that waited in vain for the other */
#define CALLS_MIN 10

enum meanwhile {
	A_SECOND,    /* does the work, or waits in vain */
	AND_A_THIRD, /* begins each file anew and is gone */
	MEANWHILES
};

struct pair {
	enum meanwhile meanwhile;
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

/* The final file is of another time, and an empty partial has the name that the final file had when it was made. */
static void begin_anew(void *context, const char *below)
{
	const char *work = context;
	char path[TREE_PATH_MAX];
	tree_path(path, work, below);
	if (promise_is_partial(below) || utimensat(AT_FDCWD, path, (struct timespec[]){{0}, {.tv_sec = 1}}, 0) < 0)
		return;
	promise_name_partial(path, work, below);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		give_up(path);
	close(fd);
}

static void run_pair(struct trial *trial, uint64_t at, struct pair *pair)
{
	struct child first;
	const char *work = trial->scenario->expectation.work;
	trial_reset(trial);
	plan_set(&trial->page, (struct plan){.act = PLAN_STOP_BEFORE, .at = at, .numbers = PLAN_NUMBER_ALL});
	trial_start(trial, trial->scenario->server, &first);
	child_wait(&first, SECONDS_MAX, &pair->first);
	pair->stopped = pair->first.end == CHILD_STOPPED;
	if (!pair->stopped)
		return;
	run_second(trial, &pair->second);
	if (pair->meanwhile == AND_A_THIRD)
		tree_walk(trial->scenario->expectation.after, begin_anew, (void *)(uintptr_t)work);
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
	if (!promise_holds(expectation, pair->first.out, what))
		return false;
	return pair->meanwhile == AND_A_THIRD || trial_is_complete(trial->scenario, what);
}

/* Returns false when it went wrong; OVER when the first ended before that call. */
static bool stop_at(struct trial *trial, enum meanwhile meanwhile, uint64_t at, bool *over)
{
	struct pair pair = {.meanwhile = meanwhile};
	char when[64], what[PROMISE_WHAT_MAX];

	run_pair(trial, at, &pair);
	bool right = went_right(trial, &pair, what);
	if (!right) {
		snprintf(when, sizeof when, "the first client stopped at file call %" PRIu64 "%s", at,
			meanwhile == AND_A_THIRD ? ", a third began anew" : "");
		trial_complain(trial, when, what, pair.second.err ? pair.second.err : pair.first.err);
	}
	*over = !pair.stopped;
	outcome_release(&pair.first);
	outcome_release(&pair.second);
	return right;
}

bool sweep_pairs(struct trial *trial)
{
	uint64_t pairs = 0;
	for (enum meanwhile meanwhile = 0; meanwhile < MEANWHILES; meanwhile++) {
		bool over = false;
		for (uint64_t at = 1; !over; at += trial->scenario->every, pairs++)
			if (!stop_at(trial, meanwhile, at, &over))
				return false;
	}
	printf("pairs: %s: %" PRIu64 " pairs of clients\n", trial->scenario->name, pairs);
	return pairs >= CALLS_MIN;
}
