/* Kills the client before and after each of its changes, also when it resumes: the next run keeps what was right and fetches the rest. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "trial.h"

/* A run without so many changes would mean that the shim saw nothing. */
#define CALLS_MIN 10
#define COMPANION_CALLS 80

/* So many changes lie between two runs of which the next is killed in its turn. */
#define RESUMED_STEP 17

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

/* Before the call at which it was to be killed. */
static bool ended_well(const struct trial *trial, const struct outcome *outcome, uint64_t at)
{
	return outcome->end == CHILD_EXITED && outcome->code == trial_code(trial) && trial->page.plan->count < at;
}

enum verdict { RIGHT, WRONG, OVER };

struct kill {
	uint64_t first; /* the run before it is killed before this change; 0: there is none */
	enum plan_act act;
	uint64_t at;
};

static void describe(const struct kill *kill, char *when, size_t capacity)
{
	int length = snprintf(when, capacity, "killed %s call %" PRIu64, kill->act == PLAN_KILL_BEFORE ? "before" : "after", kill->at);
	if (kill->first > 0)
		snprintf(when + length, capacity - (size_t)length, " when it resumed what was killed before call %" PRIu64, kill->first);
}

/*
 * Leaves what the first run has made: alone, since its companion would finish the work. Returns false when it ended before its
 * kill.
 */
static bool begin(struct trial *trial, const struct kill *kill)
{
	const struct scenario *scenario = trial->scenario;
	struct scenario alone = *scenario;
	struct outcome outcome;
	trial_reset(trial);
	if (kill->first == 0)
		return true;
	alone.companion = false;
	trial->scenario = &alone;
	trial_run(trial, (struct plan){.act = PLAN_KILL_BEFORE, .at = kill->first}, &outcome);
	trial->scenario = scenario;
	bool killed = was_killed(&outcome);
	outcome_release(&outcome);
	return killed;
}

/* OVER: a program ended before that call. */
static enum verdict kill_at(struct trial *trial, const struct kill *kill)
{
	struct outcome outcome;
	enum verdict verdict = RIGHT;
	char when[128];

	describe(kill, when, sizeof when);
	if (!begin(trial, kill))
		return OVER;
	trial_run(trial, (struct plan){.act = kill->act, .at = kill->at, .log = PLAN_LOG_CALLS}, &outcome);
	if (!was_killed(&outcome)) {
		verdict = ended_well(trial, &outcome, kill->at) ? OVER : WRONG;
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

struct tally {
	uint64_t kills;
	uint64_t calls; /* of the longest run */
};

/* Kills at every point that is wanted of the run that comes after FIRST. */
static enum verdict sweep_run(struct trial *trial, enum plan_act act, uint64_t first, struct tally *tally)
{
	struct kill kill = {first, act, 1};
	enum verdict verdict;
	for (; goes_on(trial, verdict = kill_at(trial, &kill), kill.at); kill.at += trial->scenario->every)
		tally->kills += verdict == RIGHT;
	if (kill.at > tally->calls)
		tally->calls = kill.at - 1;
	return verdict;
}

/* The run that nothing kills ends right, too. */
bool sweep_kills(struct trial *trial)
{
	struct tally tally = {0};
	for (enum plan_act act = PLAN_KILL_BEFORE; act <= PLAN_KILL_AFTER; act++)
		if (sweep_run(trial, act, 0, &tally) == WRONG)
			return false;
	printf("kills: %s: %" PRIu64 " kills over %" PRIu64 " calls, fetched=%" PRIu64 "\n", trial->scenario->name, tally.kills,
		tally.calls, trial->fetched);
	return tally.kills >= CALLS_MIN;
}

/* The kills of the resumed run come before and after its changes by turns, until the first run ends before its own kill. */
bool sweep_resumed(struct trial *trial)
{
	struct tally tally = {0};
	uint64_t runs = 0, kills;
	do {
		kills = tally.kills;
		enum plan_act act = runs % 2 == 0 ? PLAN_KILL_BEFORE : PLAN_KILL_AFTER;
		if (sweep_run(trial, act, 2 + runs * (RESUMED_STEP + trial->scenario->every), &tally) == WRONG)
			return false;
		runs++;
	} while (tally.kills > kills);
	printf("resumed: %s: %" PRIu64 " kills in %" PRIu64 " resumed runs, fetched=%" PRIu64 "\n", trial->scenario->name, tally.kills,
		runs - 1, trial->fetched);
	return tally.kills > 0;
}
