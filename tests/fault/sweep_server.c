/* Fails each file call of the server in turn: the client ends with a defined code, the server goes on serving and leaks nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "served.h"
#include "trial.h"
#include "ways.h"

#define SECONDS_MAX 120

struct server_trial {
	struct trial *trial;
	struct plan_page page;
	const struct way *way;
	bool lasting;
	uint64_t calls;       /* that it made until the first fetch was over */
	unsigned descriptors; /* that the server has open after a fetch that nothing disturbed */
};

static bool complain(const struct server_trial *server, uint64_t at, const char *what, const char *said)
{
	char when[96];
	snprintf(when, sizeof when, "%s at file call %" PRIu64 " of the server%s", server->way->name, at,
		server->lasting ? " and from then on" : "");
	trial_complain(server->trial, when, what, said);
	return false;
}

static void fetch(const struct server_trial *server, const struct served *served, struct outcome *outcome)
{
	struct child client;
	plan_set(&server->trial->page, (struct plan){0});
	trial_start(server->trial, served->url, &client);
	child_wait(&client, SECONDS_MAX, outcome);
}

/* What a server that can't read its files may lead to: other, not found, refused, changed, busy, failures of different kinds. */
static bool is_defined(const struct server_trial *server, int code)
{
	return code == server->trial->scenario->code || (server->way->act == PLAN_FAIL && code <= 12 && strchr("\1\3\4\10\12\14", code));
}

static bool fetch_went_right(struct server_trial *server, const struct served *served, uint64_t at)
{
	const struct expectation *expectation = &server->trial->scenario->expectation;
	char what[PROMISE_WHAT_MAX], text[64];
	struct outcome outcome;
	bool right = true;

	fetch(server, served, &outcome);
	server->page.plan->at = 0;
	server->calls = server->page.plan->count;
	if (outcome.end != CHILD_EXITED || !is_defined(server, outcome.code)) {
		snprintf(text, sizeof text, "the client: end %d, code %d", (int)outcome.end, outcome.code);
		right = complain(server, at, text, outcome.err);
	} else if (!promise_holds(expectation, outcome.out, what) || (outcome.code == 0 && promise_missing(expectation) > 0)) {
		right = complain(server, at, what, outcome.out);
	}
	outcome_release(&outcome);
	return right;
}

/* After its one failure the server is as good as new. */
static bool recovers(struct server_trial *server, const struct served *served, uint64_t at)
{
	const struct expectation *expectation = &server->trial->scenario->expectation;
	struct outcome outcome;
	char what[TREE_PATH_MAX];
	bool right = true;

	fetch(server, served, &outcome);
	if (outcome.code != server->trial->scenario->code || !same_tree(expectation->work, expectation->after, what))
		right = complain(server, at, "the next fetch failed", outcome.err);
	outcome_release(&outcome);
	unsigned descriptors = served_descriptors(served);
	if (right && server->descriptors > 0 && descriptors > server->descriptors)
		right = complain(server, at, "the server keeps descriptors", NULL);
	if (server->descriptors == 0)
		server->descriptors = descriptors;
	return right;
}

/* 1, 2, 5 and 9: other, settings, cannot listen, cannot open a share. */
static bool failed_to_start(const struct server_trial *server, uint64_t at, const struct outcome *outcome)
{
	if (outcome->end == CHILD_EXITED && outcome->code <= 9 && strchr("\1\2\5\11", outcome->code))
		return true;
	return complain(server, at, "the server did not start, and not as it should", outcome->err);
}

/* Number 0 fails nothing. */
static bool fail_at(struct server_trial *server, uint64_t at, bool *over)
{
	const struct scenario *scenario = server->trial->scenario;
	struct outcome outcome;
	struct served served;
	bool right;

	trial_reset(server->trial);
	plan_set(&server->page, (struct plan){.act = server->way->act,
					.at = at,
					.lasting = server->lasting,
					.error = server->way->error,
					.numbers = PLAN_NUMBER_ALL});
	if (!served_start(&served, scenario, &server->page, &outcome)) {
		server->calls = at;
		right = failed_to_start(server, at, &outcome);
	} else {
		right = fetch_went_right(server, &served, at) && (server->lasting || recovers(server, &served, at));
		served_stop(&served, &outcome);
		if (right && (outcome.end != CHILD_EXITED || outcome.code != 0 || strstr(outcome.err, "Sanitizer")))
			right = complain(server, at, "the server did not end well", outcome.err);
	}
	*over = at == 0 || server->calls < at;
	outcome_release(&outcome);
	return right;
}

static bool sweep_way(struct server_trial *server, uint64_t *failures)
{
	bool over = false;
	for (uint64_t at = 1; !over; at += server->trial->scenario->every, ++*failures)
		if (!fail_at(server, at, &over))
			return false;
	return true;
}

bool sweep_server(struct trial *trial)
{
	struct server_trial server = {.trial = trial, .way = &ways[0]};
	uint64_t failures = 0;
	bool over;

	plan_open(&server.page);
	bool right = fail_at(&server, 0, &over);
	for (size_t i = 0; right && i < 2 * way_count; i++) {
		server.way = &ways[i / 2];
		server.lasting = i % 2 == 1;
		right = sweep_way(&server, &failures);
	}
	plan_close(&server.page);
	if (right)
		printf("server: %s: %" PRIu64 " calls failed\n", trial->scenario->name, failures);
	return right;
}
