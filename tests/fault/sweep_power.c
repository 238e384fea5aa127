/* Cuts the power at each change of the client: in every state that the disk may then be in, the promise holds. */
#include <inttypes.h>
#include <stdio.h>

#include "crash.h"
#include "trial.h"

struct cut {
	struct trial *trial;
	uint64_t at;
	const char *said;
	uint64_t *states; /* met so far, over all cuts */
	uint64_t *tried;
};

static bool survives(const struct cut *cut, const struct disk *disk, const struct crash *crash)
{
	const char *work = cut->trial->scenario->expectation.work;
	char lost[TREE_PATH_MAX + 128], when[TREE_PATH_MAX + 192];

	crash_describe(disk, crash, lost, sizeof lost);
	snprintf(when, sizeof when, "power lost before call %" PRIu64 ", %s", cut->at, lost);
	tree_clear(work);
	crash_build(disk, crash, work);
	++*cut->tried;
	return trial_ends_right(cut->trial, cut->said, when);
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
		if (++*cut->states % scenario->every == 0)
			right = survives(cut, &disk, &crashes.list[i]);
	crashes_release(&crashes);
	disk_release(&disk);
	return right;
}

/*
 * Each log is that of a run that a kill ended: what it had said by then has to be true of every state. Where few states are
 * wanted there are fewer runs, too.
 */
bool sweep_power(struct trial *trial)
{
	uint64_t states = 0, tried = 0;
	bool right = true, over = false;

	for (uint64_t at = 1; right && !over; at += 1 + trial->scenario->every / 100) {
		struct outcome outcome;
		trial_reset(trial);
		trial_run(trial, (struct plan){.act = PLAN_KILL_BEFORE, .at = at, .log = PLAN_LOG_DATA}, &outcome);
		over = outcome.end != CHILD_KILLED;
		right = survives_all(&(struct cut){trial, at, outcome.out, &states, &tried});
		outcome_release(&outcome);
	}
	if (right)
		printf("power: %s: %" PRIu64 " of %" PRIu64 " states tried, fetched=%" PRIu64 "\n", trial->scenario->name, tried, states,
			trial->fetched);
	return right && tried > 0;
}
