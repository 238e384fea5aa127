/* Cuts the power at each change of the client: in every state that the disk may then be in, the promise holds. */
#include <inttypes.h>
#include <stdio.h>

#include "crash.h"
#include "trial.h"

struct cut {
	struct trial *trial;
	uint64_t at;
	const char *said;
	bool ended;       /* as it should: nothing of it may be missing any more */
	bool again;       /* the run before it did not sync: other final names may lead to anything */
	uint64_t *states; /* met so far, over all cuts */
	uint64_t *tried;
};

static bool is_kept(const struct cut *cut, const char *when)
{
	const struct scenario *scenario = cut->trial->scenario;
	char what[PROMISE_WHAT_MAX];
	bool kept = cut->again ? promise_kept(&scenario->expectation, cut->said, what) : !cut->ended || trial_is_complete(scenario, what);
	if (!kept)
		trial_complain(cut->trial, when, what, cut->said);
	return kept;
}

static bool survives(const struct cut *cut, const struct disk *disk, const struct crash *crash)
{
	const char *work = cut->trial->scenario->expectation.work;
	char lost[TREE_PATH_MAX + 128], when[TREE_PATH_MAX + 192];

	crash_describe(disk, crash, lost, sizeof lost);
	snprintf(when, sizeof when, "power lost before call %" PRIu64 ", %s", cut->at, lost);
	tree_clear(work);
	crash_build(disk, crash, work);
	++*cut->tried;
	return is_kept(cut, when) && (cut->again || trial_ends_right(cut->trial, cut->said, when));
}

static bool is_named(const struct disk *disk)
{
	for (size_t i = 0; i < disk->change_count; i++)
		if (disk->changes[i].record->call == CALL_RENAME)
			return true;
	return false;
}

/* Few are wanted? Then not without those of the whole disk, once there is a final name that might lead to anything. */
static bool is_wanted(const struct cut *cut, const struct disk *disk, const struct crash *crash)
{
	bool chosen = ++*cut->states % cut->trial->scenario->every == 0;
	return chosen || (crash->kind < CRASH_ONE_LOST && is_named(disk));
}

static bool survives_all(const struct cut *cut)
{
	const struct scenario *scenario = cut->trial->scenario;
	struct crashes crashes;
	struct disk disk;
	bool right = true;

	disk_read(&disk, cut->trial->page.plan, scenario->expectation.before, scenario->expectation.work);
	crashes_find(&crashes, &disk);
	for (size_t i = 0; right && i < crashes.count; i++)
		if (is_wanted(cut, &disk, &crashes.list[i]))
			right = survives(cut, &disk, &crashes.list[i]);
	crashes_release(&crashes);
	disk_release(&disk);
	return right;
}

static uint64_t step_of(const struct trial *trial)
{
	return 1 + trial->scenario->every / 100;
}

static bool print_totals(const char *kind, const struct trial *trial, uint64_t states, uint64_t tried)
{
	printf("%s: %s: %" PRIu64 " of %" PRIu64 " states tried, fetched=%" PRIu64 "\n", kind, trial->scenario->name, tried, states,
		trial->fetched);
	return tried > 0;
}

/*
 * Each log is that of a run that a kill ended: what it had said by then has to be true of every state. Where few states are
 * wanted there are fewer runs, too.
 */
bool sweep_power(struct trial *trial)
{
	uint64_t states = 0, tried = 0;
	bool right = true, over = false;

	for (uint64_t at = 1; right && !over; at += step_of(trial)) {
		struct outcome outcome;
		trial_reset(trial);
		trial_run(trial, (struct plan){.act = PLAN_KILL_BEFORE, .at = at, .log = PLAN_LOG_DATA}, &outcome);
		over = outcome.end != CHILD_KILLED;
		bool ended = outcome.end == CHILD_EXITED && outcome.code == trial->scenario->code;
		right = survives_all(&(struct cut){trial, at, outcome.out, ended, false, &states, &tried});
		outcome_release(&outcome);
	}
	return right && print_totals("power", trial, states, tried);
}

/* --- What an earlier run left unsynced --------------------------------------------------------------------------------- */

/* The log of both runs; the first one was mostly told not to sync at all. Returns false when that one was not killed. */
static bool run_twice(struct trial *trial, uint64_t at, struct outcome *outcome)
{
	struct outcome first;
	trial_reset(trial);
	trial->option = trial->scenario->first;
	trial_run(trial, (struct plan){.act = PLAN_KILL_BEFORE, .at = at, .log = PLAN_LOG_DATA}, &first);
	trial->option = NULL;
	bool killed = first.end == CHILD_KILLED;
	outcome_release(&first);
	trial_run(trial, (struct plan){.log = PLAN_LOG_DATA, .log_length = trial->page.plan->log_length}, outcome);
	return killed;
}

/* Whatever the second run calls fetched or verified is safe, also where the first one wrote it. */
bool sweep_power_again(struct trial *trial)
{
	uint64_t states = 0, tried = 0;
	bool right = true, over = false;

	for (uint64_t at = 1; right && !over; at += step_of(trial)) {
		struct outcome outcome;
		over = !run_twice(trial, at, &outcome);
		right = survives_all(&(struct cut){trial, at, outcome.out, false, true, &states, &tried});
		outcome_release(&outcome);
	}
	return right && print_totals("power_again", trial, states, tried);
}
