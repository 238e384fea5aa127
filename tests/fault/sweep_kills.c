/* Kills the client before and after each of its changes: the next run keeps what was right and fetches the rest. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "trial.h"

/* A run without so many changes would mean that the shim saw nothing. */
#define CALLS_MIN 10
#define COMPANION_CALLS 80

static bool was_killed(const struct outcome *outcome)
{
	return outcome->end == CHILD_KILLED && outcome->code == SIGKILL;
}

/* No link had more than one piece in hand. */
static bool wastes_little(const struct trial *trial, const char *when)
{
	unsigned begun = promise_begun(&trial->scenario->expectation, trial->page.plan);
	char text[64];
	if (begun <= trial->scenario->links)
		return true;
	snprintf(text, sizeof text, "%u pieces were begun by %u links", begun, trial->scenario->links);
	trial_complain(trial, when, text, NULL);
	return false;
}

/* Before the call at which it was to be killed; with too little room it can't go on. */
static bool ended_well(const struct trial *trial, const struct outcome *outcome, uint64_t at)
{
	int code = trial->scenario->room ? 9 : trial->scenario->code;
	return outcome->end == CHILD_EXITED && outcome->code == code && trial->page.plan->count < at;
}

enum verdict { RIGHT, WRONG, OVER };

/* OVER: the program ended before that call. */
static enum verdict kill_at(struct trial *trial, enum plan_act act, uint64_t at)
{
	struct outcome outcome;
	enum verdict verdict = RIGHT;
	char when[64];

	snprintf(when, sizeof when, "killed %s call %" PRIu64, act == PLAN_KILL_BEFORE ? "before" : "after", at);
	trial_reset(trial);
	trial_run(trial, (struct plan){.act = act, .at = at, .log = PLAN_LOG_CALLS}, &outcome);
	if (!was_killed(&outcome)) {
		verdict = ended_well(trial, &outcome, at) ? OVER : WRONG;
		if (verdict == WRONG)
			trial_complain(trial, when, "it was not killed, or ended wrong by itself", outcome.err);
	} else if (!wastes_little(trial, when) || !trial_ends_right(trial, outcome.out, when)) {
		verdict = WRONG;
	}
	outcome_release(&outcome);
	return verdict;
}

/* Beside a companion the same call may come or not, as it happens. */
static bool goes_on(const struct trial *trial, enum verdict verdict, uint64_t at)
{
	return verdict == RIGHT || (verdict == OVER && trial->scenario->companion && at < COMPANION_CALLS);
}

/* The run that nothing kills ends right, too. */
bool sweep_kills(struct trial *trial)
{
	uint64_t kills = 0, calls = 0;
	for (enum plan_act act = PLAN_KILL_BEFORE; act <= PLAN_KILL_AFTER; act++) {
		enum verdict verdict;
		uint64_t at = 1;
		for (; goes_on(trial, verdict = kill_at(trial, act, at), at); at += trial->scenario->every)
			kills += verdict == RIGHT;
		if (verdict == WRONG)
			return false;
		calls = at - 1;
	}
	printf("kills: %s: %" PRIu64 " kills over %" PRIu64 " calls, fetched=%" PRIu64 "\n", trial->scenario->name, kills, calls,
		trial->fetched);
	return kills >= CALLS_MIN;
}
