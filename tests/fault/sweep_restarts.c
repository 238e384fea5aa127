/* Kills the server at its file calls while a client fetches, and starts it again on its port: the client goes on, or the next run. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "digest.h"
#include "served.h"
#include "sockets.h"
#include "trial.h"

#define SECONDS_MAX 120
#define KILLS_MAX 2
#define SPREAD 60 /* the second kill comes at any of so many calls after the restart */
#define NETWORK 5 /* the exit code where no server ever answered, or none any more */

struct restarts {
	struct trial *trial;
	struct plan_page page; /* of the server */
	struct served served;
	uint64_t at;   /* the first kill: before this call, counted from the beginning of the fetch */
	unsigned kills;
};

static bool complain(const struct restarts *restarts, const char *what, const struct outcome *outcome)
{
	char when[96];
	snprintf(when, sizeof when, "the server killed before file call %" PRIu64 ", %u times in all", restarts->at, restarts->kills);
	trial_complain(restarts->trial, when, what, outcome->err);
	return false;
}

/* Any moment, but the same one in every run of this sweep. */
static uint64_t any_call(uint64_t seed)
{
	unsigned short state[3] = {(unsigned short)seed, 0x5eed, 1};
	return 1 + (uint64_t)nrand48(state) % SPREAD;
}

static void plan_kill(struct restarts *restarts)
{
	struct plan *plan = restarts->page.plan;
	if (restarts->kills < KILLS_MAX)
		plan->at = plan->count + (restarts->kills == 0 ? restarts->at : any_call(restarts->at));
}

/* The first time on any port, then on that one. */
static void start(struct restarts *restarts)
{
	const struct scenario *scenario = restarts->trial->scenario;
	struct outcome outcome;
	plan_set(&restarts->page, (struct plan){.act = PLAN_KILL_BEFORE, .numbers = PLAN_NUMBER_ALL});
	bool started = restarts->kills == 0 ? served_start(&restarts->served, scenario, &restarts->page, &outcome) :
		served_again(&restarts->served, scenario, &restarts->page, &outcome);
	if (!started)
		give_up(outcome.err);
	plan_kill(restarts);
}

/* The client from its start to its end, over as many servers as it takes. */
static void fetch(struct restarts *restarts, struct outcome *outcome)
{
	struct child client, *server = &restarts->served.child;

	restarts->kills = 0;
	start(restarts);
	plan_set(&restarts->trial->page, (struct plan){0});
	trial_start(restarts->trial, restarts->served.url, &client);
	while (child_wait_either(&client, server, SECONDS_MAX, outcome) == server) {
		if (outcome->end != CHILD_KILLED || outcome->code != SIGKILL)
			give_up("the server ended by itself");
		outcome_release(outcome);
		restarts->kills++;
		start(restarts);
	}
	restarts->page.plan->at = 0;
}

static bool went_right(struct restarts *restarts, const struct outcome *outcome, uint64_t missing)
{
	const struct scenario *scenario = restarts->trial->scenario;
	uint64_t fetched = promise_fetched(outcome->out), most = missing + (uint64_t)restarts->kills * scenario->links * PIECE_SIZE;
	char text[96];

	if (outcome->end != CHILD_EXITED || (outcome->code != scenario->code && outcome->code != NETWORK)) {
		snprintf(text, sizeof text, "end %d, code %d", (int)outcome->end, outcome->code);
		return complain(restarts, text, outcome);
	}
	if (fetched > most) {
		snprintf(text, sizeof text, "%" PRIu64 " bytes were fetched, %" PRIu64 " are enough", fetched, most);
		return complain(restarts, text, outcome);
	}
	if (outcome->code == scenario->code && promise_missing(&scenario->expectation) > 0 && scenario->code == 0)
		return complain(restarts, "the client said that all is well, and something is missing", outcome);
	snprintf(text, sizeof text, "the server killed before file call %" PRIu64, restarts->at);
	return trial_ends_right(restarts->trial, outcome->out, text);
}

/* Adds to KILLS; *FINISHED counts the clients that did not need another run. */
static bool kill_at(struct restarts *restarts, uint64_t *kills, uint64_t *finished)
{
	struct outcome outcome, end;

	trial_reset(restarts->trial);
	uint64_t missing = promise_missing(&restarts->trial->scenario->expectation);
	fetch(restarts, &outcome);
	served_stop(&restarts->served, &end);
	bool right = went_right(restarts, &outcome, missing);
	if (right && (end.end != CHILD_EXITED || end.code != 0))
		right = complain(restarts, "the last server did not end well", &end);
	*kills += restarts->kills;
	*finished += outcome.code == restarts->trial->scenario->code;
	outcome_release(&outcome);
	outcome_release(&end);
	return right;
}

/* Until a fetch ends before its first kill. */
bool sweep_restarts(struct trial *trial)
{
	struct restarts restarts = {.trial = trial, .at = 1};
	uint64_t kills = 0, runs = 0, finished = 0;
	bool right = true, over = false;

	plan_open(&restarts.page);
	for (; right && !over; restarts.at += trial->scenario->every) {
		right = kill_at(&restarts, &kills, &finished);
		over = restarts.kills == 0;
		runs++;
	}
	plan_close(&restarts.page);
	if (right)
		printf("restarts: %s: %" PRIu64 " kills of the server in %" PRIu64 " runs, %" PRIu64 " ended right by themselves, fetched=%" PRIu64 "\n",
			trial->scenario->name, kills, runs, finished, trial->fetched);
	return right && kills > 0;
}
