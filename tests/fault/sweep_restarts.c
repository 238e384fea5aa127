/* Kills the server, at a file call or at any moment, and starts it again on its port: the client goes on, or the next run. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "digest.h"
#include "served.h"
#include "sockets.h"
#include "trial.h"

#define SECONDS_MAX 120
#define KILLS_AT_CALLS 2
#define SPREAD 60 /* the second kill comes at any of so many calls after the restart */
#define KILLS_AT_MOMENTS 3
#define MOMENTS 200 /* fetches that are tried with kills at any moment */
#define PAUSE INT64_C(600000000) /* nanoseconds: later kills find a client that comes back about half a second after it lost its server */
#define NETWORK 5 /* the exit code where no server ever answered, or none any more */

struct restarts {
	struct trial *trial;
	struct plan_page page; /* of the server */
	struct served served;
	uint64_t at;        /* the first kill: before this call, counted from the beginning of the fetch; or which fetch of all */
	unsigned short random[3];
	int64_t span;       /* nanoseconds that the last fetch took which nothing disturbed */
	unsigned kills_max;
	unsigned kills;
	/* The client from its start to its end, over as many servers as it takes. */
	void (*fetch)(struct restarts *restarts, struct outcome *outcome);
	const char *name; /* of what AT is */
};

static bool complain(const struct restarts *restarts, const char *what, const struct outcome *outcome)
{
	char when[96];
	snprintf(when, sizeof when, "the server killed %s %" PRIu64 ", %u times in all", restarts->name, restarts->at, restarts->kills);
	trial_complain(restarts->trial, when, what, outcome->err);
	return false;
}

/* The same numbers in every run of this sweep. */
static int64_t any_below(struct restarts *restarts, int64_t end)
{
	return nrand48(restarts->random) % end;
}

static void plan_kill(struct restarts *restarts)
{
	struct plan *plan = restarts->page.plan;
	if (restarts->kills < restarts->kills_max)
		plan->at = plan->count + (restarts->kills == 0 ? restarts->at : 1 + (uint64_t)any_below(restarts, SPREAD));
}

/* The first time on any port, then on that one. */
static void start(struct restarts *restarts, const struct plan_page *page)
{
	const struct scenario *scenario = restarts->trial->scenario;
	struct outcome outcome;
	bool started = restarts->kills == 0 ? served_start(&restarts->served, scenario, page, &outcome) :
		served_again(&restarts->served, scenario, page, &outcome);
	if (!started)
		give_up(outcome.err);
}

static void start_client(struct restarts *restarts, struct child *client)
{
	plan_set(&restarts->trial->page, (struct plan){0});
	trial_start(restarts->trial, restarts->served.url, client);
}

/* --- At file calls ----------------------------------------------------------------------------------------------------- */

static void start_planned(struct restarts *restarts)
{
	plan_set(&restarts->page, (struct plan){.act = PLAN_KILL_BEFORE, .numbers = PLAN_NUMBER_ALL});
	start(restarts, &restarts->page);
	plan_kill(restarts);
}

static void fetch_over_calls(struct restarts *restarts, struct outcome *outcome)
{
	struct child client, *server = &restarts->served.child;

	start_planned(restarts);
	start_client(restarts, &client);
	while (child_wait_either(&client, server, SECONDS_MAX, outcome) == server) {
		if (outcome->end != CHILD_KILLED || outcome->code != SIGKILL)
			give_up("the server ended by itself");
		outcome_release(outcome);
		restarts->kills++;
		start_planned(restarts);
	}
	restarts->page.plan->at = 0;
}

/* --- At any moment ------------------------------------------------------------------------------------------------------ */

/* The first kills of a sweep, however few they are, spread over the whole fetch: steps of the golden ratio around it. */
static int64_t next_moment(struct restarts *restarts)
{
	if (restarts->kills > 0)
		return any_below(restarts, restarts->span + PAUSE);
	return restarts->span * (int64_t)(restarts->at * 618 % 1000) / 1000;
}

static int64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void fetch_over_moments(struct restarts *restarts, struct outcome *outcome)
{
	struct child client, *server = &restarts->served.child, *ended = NULL;

	start(restarts, NULL);
	int64_t begin = now();
	start_client(restarts, &client);
	while (restarts->kills < restarts->kills_max && !(ended = child_wait_for(&client, server, next_moment(restarts), outcome))) {
		child_kill(server, outcome);
		outcome_release(outcome);
		restarts->kills++;
		start(restarts, NULL);
	}
	if (!ended)
		ended = child_wait_either(&client, server, SECONDS_MAX, outcome);
	if (ended == server)
		give_up("the server ended by itself");
	if (restarts->kills == 0)
		restarts->span = now() - begin;
}

/* --- Both ----------------------------------------------------------------------------------------------------------------- */

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
	snprintf(text, sizeof text, "the server killed %s %" PRIu64, restarts->name, restarts->at);
	return trial_ends_right(restarts->trial, outcome->out, text);
}

struct tally {
	uint64_t runs;
	uint64_t kills;
	uint64_t finished; /* clients that did not need another run */
};

static bool try_at(struct restarts *restarts, uint64_t at, struct tally *tally)
{
	struct outcome outcome, end;

	trial_reset(restarts->trial);
	uint64_t missing = promise_missing(&restarts->trial->scenario->expectation);
	restarts->at = at;
	restarts->kills = 0;
	restarts->random[0] = (unsigned short)at;
	restarts->random[1] = restarts->random[2] = 0x5eed;
	restarts->fetch(restarts, &outcome);
	served_stop(&restarts->served, &end);
	bool right = went_right(restarts, &outcome, missing);
	if (right && (end.end != CHILD_EXITED || end.code != 0))
		right = complain(restarts, "the last server did not end well", &end);
	tally->runs++;
	tally->kills += restarts->kills;
	tally->finished += outcome.code == restarts->trial->scenario->code;
	outcome_release(&outcome);
	outcome_release(&end);
	return right;
}

static void print(const struct trial *trial, const char *sweep, const struct tally *tally)
{
	printf("%s: %s: %" PRIu64 " kills of the server in %" PRIu64 " runs, %" PRIu64 " ended right by themselves, fetched=%" PRIu64 "\n",
		sweep, trial->scenario->name, tally->kills, tally->runs, tally->finished, trial->fetched);
}

/* Until a fetch ends before its first kill. */
bool sweep_restarts(struct trial *trial)
{
	struct restarts restarts = {.trial = trial, .kills_max = KILLS_AT_CALLS, .fetch = fetch_over_calls, .name = "before file call"};
	struct tally tally = {0};
	uint64_t at = 1;
	bool right = true;

	plan_open(&restarts.page);
	do {
		right = try_at(&restarts, at, &tally);
		at += trial->scenario->every;
	} while (right && restarts.kills > 0);
	plan_close(&restarts.page);
	if (right)
		print(trial, "restarts", &tally);
	return right && tally.kills > 0;
}

/* The first fetch is left alone and says how long one takes. */
bool sweep_moments(struct trial *trial)
{
	struct restarts restarts = {.trial = trial, .fetch = fetch_over_moments, .name = "at the moments of fetch"};
	struct tally tally = {0};
	bool right = try_at(&restarts, 0, &tally);

	restarts.kills_max = KILLS_AT_MOMENTS;
	for (uint64_t at = 1; right && at <= MOMENTS; at += trial->scenario->every)
		right = try_at(&restarts, at, &tally);
	if (right)
		print(trial, "moments", &tally);
	return right && tally.kills > 0;
}
