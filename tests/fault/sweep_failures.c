/* Fails each file call of the client in turn, once and for good: a defined exit code, nothing leaks, the promise holds. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trial.h"
#include "ways.h"

/* Local failures are 9; 12 where files failed in different ways. All other codes mean something else. */
static bool is_defined(int code, const struct way *way, const struct trial *trial)
{
	return code == trial_code(trial) || (way->act == PLAN_FAIL && (code == 9 || code == 12));
}

/* After a failed sync nobody knows which bytes of a file are on disk: reading it again would not tell. */
static bool keeps_unsynced(const struct plan *plan, char *text, size_t capacity)
{
	for (const struct record *record = plan_next(plan, NULL); record; record = plan_next(plan, record))
		if (record->call == CALL_SYNC && record->result < 0 && record->result != -EINTR &&
		    promise_is_partial(record_path(record)) && access(record_path(record), F_OK) == 0) {
			snprintf(text, capacity, "%s could not be synced and is still there", record_path(record));
			return true;
		}
	return false;
}

static bool went_right(struct trial *trial, const struct outcome *outcome, const struct way *way, const char *when)
{
	char text[PROMISE_WHAT_MAX];
	if (outcome->end != CHILD_EXITED || !is_defined(outcome->code, way, trial) || strstr(outcome->err, "Sanitizer")) {
		snprintf(text, sizeof text, "end %d, code %d", (int)outcome->end, outcome->code);
		trial_complain(trial, when, text, outcome->err);
		return false;
	}
	if (keeps_unsynced(trial->page.plan, text, sizeof text)) {
		trial_complain(trial, when, text, outcome->err);
		return false;
	}
	return trial_ends_right(trial, outcome->out, when);
}

/* Returns false when it went wrong; OVER when no call was left to fail. */
static bool fail_at(struct trial *trial, const struct way *way, bool lasting, uint64_t at, bool *over)
{
	struct outcome outcome;
	char when[96];

	snprintf(when, sizeof when, "%s at file call %" PRIu64 "%s", way->name, at, lasting ? " and from then on" : "");
	trial_reset(trial);
	trial_run(trial,
		(struct plan){.act = way->act,
			.at = at,
			.lasting = lasting,
			.error = way->error,
			.numbers = PLAN_NUMBER_ALL,
			.log = PLAN_LOG_CALLS},
		&outcome);
	*over = trial->page.plan->count < at;
	bool right = went_right(trial, &outcome, way, when);
	outcome_release(&outcome);
	return right;
}

bool sweep_failures(struct trial *trial)
{
	uint64_t failures = 0;
	for (size_t i = 0; i < way_count; i++)
		for (int lasting = 0; lasting < 2; lasting++) {
			bool over = false;
			for (uint64_t at = 1; !over; at += trial->scenario->every, failures++)
				if (!fail_at(trial, &ways[i], lasting, at, &over))
					return false;
		}
	printf("failures: %s: %" PRIu64 " calls failed, fetched=%" PRIu64 "\n", trial->scenario->name, failures, trial->fetched);
	return true;
}
