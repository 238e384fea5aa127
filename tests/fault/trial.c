/* One trial of a scenario: the folder set up, a run under a plan, and the next run that has to finish the work. */
#include "trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "sockets.h"
#include "trace.h"

#define SECONDS_MAX 120
#define WORDS_MAX 64
#define AMPLE "size=1g"
#define NO_ROOM 9 /* the exit code */

void trial_open(struct trial *trial, const struct scenario *scenario)
{
	*trial = (struct trial){.scenario = scenario};
	plan_open(&trial->page);
}

void trial_close(struct trial *trial)
{
	plan_close(&trial->page);
}

int trial_code(const struct trial *trial)
{
	return trial->scenario->room ? NO_ROOM : trial->scenario->code;
}

static void give_room(const struct scenario *scenario, const char *size)
{
	if (scenario->room && mount(NULL, scenario->expectation.work, NULL, MS_REMOUNT, size) < 0)
		give_up("mount");
}

void trial_reset(const struct trial *trial)
{
	give_room(trial->scenario, AMPLE);
	tree_clear(trial->scenario->expectation.work);
	tree_copy(trial->scenario->expectation.before, trial->scenario->expectation.work);
}

/* --- Commands --------------------------------------------------------------------------------------------------------- */

/* The command with its words filled in, in memory that words_free frees. */
struct words {
	char *list[WORDS_MAX + 1];
};

static char *filled(const char *word, const char *name, const char *value)
{
	const char *found = strstr(word, name);
	char *text = NULL;
	int length = found ? asprintf(&text, "%.*s%s%s", (int)(found - word), word, value, found + strlen(name)) : asprintf(&text, "%s", word);
	if (length < 0)
		give_up("asprintf");
	return text;
}

static void words_fill(struct words *words, const struct trial *trial, const char *server)
{
	const struct scenario *scenario = trial->scenario;
	size_t i = 0;
	for (; i + 1 < WORDS_MAX && scenario->command[i]; i++) {
		char *half = filled(scenario->command[i], "{server}", server);
		words->list[i] = filled(half, "{work}", scenario->expectation.work);
		free(half);
	}
	if (trial->option)
		words->list[i++] = filled(trial->option, "{server}", server);
	words->list[i] = NULL;
}

static void words_free(struct words *words)
{
	for (size_t i = 0; words->list[i]; i++)
		free(words->list[i]);
}

static const char *const *words_list(const struct words *words)
{
	return (const char *const *)words->list;
}

/* --- Runs --------------------------------------------------------------------------------------------------------------- */

static void join(struct outcome *outcome, struct outcome *companion)
{
	char *text = NULL;
	if (asprintf(&text, "%s%s", outcome->out, companion->out) < 0)
		give_up("asprintf");
	free(outcome->out);
	outcome->out = text;
	if (companion->end == CHILD_HUNG)
		outcome->end = CHILD_HUNG;
	outcome_release(companion);
}

void trial_start(struct trial *trial, const char *server, struct child *child)
{
	struct words words;
	words_fill(&words, trial, server);
	child_start(child, words_list(&words), &trial->page, trial->scenario->preload);
	words_free(&words);
	trial->runs++;
}

void trial_run(struct trial *trial, struct plan plan, struct outcome *outcome)
{
	const struct scenario *scenario = trial->scenario;
	struct outcome other;
	struct child child, companion;
	struct words words;
	char size[32];

	snprintf(size, sizeof size, "size=%s", scenario->room ? scenario->room : "0");
	give_room(scenario, size);
	plan.clones = scenario->clones;
	plan_set(&trial->page, plan);
	trial_start(trial, scenario->server, &child);
	words_fill(&words, trial, scenario->server);
	if (scenario->companion)
		child_start(&companion, words_list(&words), NULL, NULL);
	child_wait(&child, SECONDS_MAX, outcome);
	if (scenario->companion) {
		child_wait(&companion, SECONDS_MAX, &other);
		join(outcome, &other);
	}
	words_free(&words);
	give_room(scenario, AMPLE);
	if (trial->page.plan->overflow)
		give_up("the log of the shim was too small");
}

bool trial_traced(struct trial *trial, const char *folder, char *what)
{
	struct words words;
	words_fill(&words, trial, trial->scenario->server);
	bool agrees = trace_agrees(words_list(&words), &trial->page, trial->scenario->preload, folder, what);
	words_free(&words);
	return agrees;
}

void trial_complain(const struct trial *trial, const char *when, const char *what, const char *said)
{
	printf("FAILED: %s, %s: %s\n%s", trial->scenario->name, when, what, said ? said : "");
}

static bool run_next(struct trial *trial, struct outcome *outcome)
{
	struct words words;
	words_fill(&words, trial, trial->scenario->next);
	child_run(words_list(&words), NULL, NULL, SECONDS_MAX, outcome);
	words_free(&words);
	trial->fetched += promise_fetched(outcome->out);
	return outcome->end == CHILD_EXITED && outcome->code == trial->scenario->code;
}

/* Of two clients the one that was killed may leave an empty partial beside the file that the other has just finished. */
bool trial_is_complete(const struct scenario *scenario, char what[PROMISE_WHAT_MAX])
{
	const struct expectation *expectation = &scenario->expectation;
	if (!scenario->companion)
		return same_tree(expectation->work, expectation->after, what);
	snprintf(what, TREE_PATH_MAX, "something");
	return promise_holds(expectation, "", what) && promise_missing(expectation) == 0;
}

static bool finishes(struct trial *trial, const char *when, uint64_t missing)
{
	const struct scenario *scenario = trial->scenario;
	struct outcome outcome;
	char what[PROMISE_WHAT_MAX], text[PROMISE_WHAT_MAX + 64] = "";

	if (!run_next(trial, &outcome))
		snprintf(text, sizeof text, "the next run ended with %d", outcome.code);
	else if (!trial_is_complete(scenario, what))
		snprintf(text, sizeof text, "after the next run %s differs", what);
	else if (promise_fetched(outcome.out) > missing)
		snprintf(text, sizeof text, "the next run fetched %" PRIu64 " bytes and %" PRIu64 " were missing",
			promise_fetched(outcome.out), missing);
	if (text[0]) {
		trial_complain(trial, when, text, outcome.out);
		fputs(outcome.err, stdout);
	}
	outcome_release(&outcome);
	return !text[0];
}

bool trial_ends_right(struct trial *trial, const char *said, const char *when)
{
	const struct expectation *expectation = &trial->scenario->expectation;
	char what[PROMISE_WHAT_MAX];

	if (!promise_holds(expectation, said, what)) {
		trial_complain(trial, when, what, said);
		return false;
	}
	return finishes(trial, when, promise_missing(expectation));
}
