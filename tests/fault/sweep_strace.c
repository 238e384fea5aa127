/* Runs a scenario once under strace: a change that the shim did not see would be a hole in every other sweep. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sockets.h"
#include "trace.h"
#include "trial.h"

bool sweep_strace(struct trial *trial)
{
	char folder[] = "/tmp/ferry-strace.XXXXXX", what[TRACE_WHAT_MAX];
	if (!mkdtemp(folder))
		give_up(folder);
	trial_reset(trial);
	bool agrees = trial_traced(trial, folder, what);
	tree_clear(folder);
	rmdir(folder);
	if (!agrees)
		trial_complain(trial, "traced", what, NULL);
	else
		printf("strace: %s: saw the same %" PRIu64 " changes\n", trial->scenario->name, trial->page.plan->count);
	return agrees;
}
