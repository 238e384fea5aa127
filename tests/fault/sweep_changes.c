/* Changes the source at every file call of the server and every change of the client: no mixture is ever accepted. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "changes.h"
#include "served.h"
#include "sockets.h"
#include "trial.h"

#define SECONDS_MAX 30
#define TRIALS_PER_SERVER 64
#define CHANGED "one" /* the file that changes; the others must arrive all the same */

/* Which program is stopped for the change. */
enum side { SERVER, CLIENT, SIDES };

/* A clock that stands still, and files that all have one time. When the source has changed it is SETTLED later than that time. */
struct moment {
	const char *name;
	bool whole_second; /* what file systems without anything finer know of a time */
	int64_t age;       /* nanoseconds between the files' time and what the server's clock says */
	int64_t settled;
};

struct change_trial {
	struct trial *trial;
	const struct moment *moment; /* NULL: the true time */
	struct timespec time;        /* of all files at that moment */
	struct served server;
	struct plan_page server_page;
	const struct form *form;
	enum side side;
	char path[TREE_PATH_MAX];   /* of the file that changes */
	char second[TREE_PATH_MAX]; /* a copy of it after the change; none where it was deleted */
};

static void set_time(void *context, const char *below)
{
	const struct change_trial *change = context;
	char path[TREE_PATH_MAX];
	tree_path(path, change->trial->scenario->source, below);
	if (utimensat(AT_FDCWD, path, (struct timespec[]){change->time, change->time}, 0) < 0)
		give_up(path);
}

static void set_clock(const struct change_trial *change, int64_t age)
{
	change->server_page.plan->clock = change->time.tv_sec * 1000000000 + change->time.tv_nsec + age;
}

/* The source as AFTER has it, new; what was fetched before is gone. */
static void reset(struct change_trial *change)
{
	const struct scenario *scenario = change->trial->scenario;
	trial_reset(change->trial);
	tree_clear(scenario->source);
	tree_copy(scenario->expectation.after, scenario->source);
	unlink(change->second);
	if (change->moment) {
		tree_walk(scenario->source, set_time, change);
		set_clock(change, change->moment->age);
	}
}

static void apply(const struct change_trial *change)
{
	change->form->apply(change->path);
	if (change->moment)
		set_clock(change, change->moment->settled);
	if (access(change->path, F_OK) == 0)
		tree_copy_file(change->path, change->second);
}

static void plan_stop(const struct change_trial *change, uint64_t at)
{
	struct plan *server = change->server_page.plan;
	plan_set(&change->trial->page, (struct plan){.act = PLAN_STOP_BEFORE, .at = change->side == CLIENT ? at : 0});
	server->hits = 0;
	server->at = change->side == SERVER ? server->count + at : 0;
}

/* Returns whether the change came to pass before the client ended, as OUTCOME tells. */
static bool fetch(struct change_trial *change, uint64_t at, struct outcome *outcome)
{
	struct child client;
	bool changed = false;

	plan_stop(change, at);
	trial_start(change->trial, change->server.url, &client);
	for (;;) {
		struct child *child = child_wait_either(&client, &change->server.child, SECONDS_MAX, outcome);
		if (outcome->end != CHILD_STOPPED)
			return changed;
		apply(change);
		changed = true;
		child_continue(child);
	}
}

/* Bytes of one version under the time of another would be believed to be that one. */
static bool is_version(const char *found, const char *version)
{
	struct stat one, other;
	return same_file(found, version) && stat(found, &one) == 0 && stat(version, &other) == 0 &&
	       one.st_mtim.tv_sec == other.st_mtim.tv_sec && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec;
}

/* The file is absent, as it was before, or one of the versions that it ever had; the others have arrived. */
static bool is_one_version(const struct change_trial *change)
{
	const struct expectation *expectation = &change->trial->scenario->expectation;
	const char *versions[] = {expectation->before, expectation->after};
	char found[TREE_PATH_MAX], version[TREE_PATH_MAX];

	tree_path(found, expectation->work, CHANGED);
	tree_path(version, expectation->before, CHANGED);
	if (access(found, F_OK) < 0)
		return access(version, F_OK) < 0;
	for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
		tree_path(version, versions[i], CHANGED);
		if (is_version(found, version))
			return true;
	}
	return is_version(found, change->second);
}

static bool others_arrived(const struct change_trial *change)
{
	const struct expectation *expectation = &change->trial->scenario->expectation;
	char found[TREE_PATH_MAX], wanted[TREE_PATH_MAX];
	tree_path(found, expectation->work, "two");
	tree_path(wanted, expectation->after, "two");
	return same_file(found, wanted);
}

/* 8: the source kept changing; 3: it was deleted. */
static const char *judge(const struct change_trial *change, const struct outcome *outcome)
{
	if (outcome->end != CHILD_EXITED)
		return "the client or the server did not end as it should";
	if (outcome->code != 0 && outcome->code != 8 && outcome->code != 3)
		return "an exit code that no change of a source has";
	if (!is_one_version(change))
		return "a mixture was accepted";
	/* While the clock stands still all files seem to change. */
	if (!(change->moment && outcome->code == 8) && !others_arrived(change))
		return "another file did not arrive";
	return NULL;
}

static void complain(const struct change_trial *change, uint64_t at, const char *what, const struct outcome *outcome)
{
	char when[160];
	snprintf(when, sizeof when, "the source %s at call %" PRIu64 " of the %s (end %d, code %d)", change->form->name, at,
		change->side == SERVER ? "server" : "client", (int)outcome->end, outcome->code);
	trial_complain(change->trial, when, what, outcome->err);
}

/* The run after the change finds the second version. */
static bool next_is_right(const struct change_trial *change, uint64_t at)
{
	const struct expectation *expectation = &change->trial->scenario->expectation;
	struct outcome outcome;
	struct child client;
	char found[TREE_PATH_MAX];

	plan_set(&change->trial->page, (struct plan){0});
	trial_start(change->trial, change->server.url, &client);
	child_wait(&client, SECONDS_MAX, &outcome);
	bool deleted = access(change->second, F_OK) < 0;
	tree_path(found, expectation->work, CHANGED);
	bool right = outcome.end == CHILD_EXITED && outcome.code == (deleted ? 3 : 0);
	right = right && (deleted || same_file(found, change->second) || (change->form->hidden && is_one_version(change)));
	if (!right)
		complain(change, at, "the next run did not bring the second version", &outcome);
	outcome_release(&outcome);
	return right;
}

enum verdict { RIGHT, WRONG, OVER };

static enum verdict change_at(struct change_trial *change, uint64_t at)
{
	struct outcome outcome;

	reset(change);
	bool changed = fetch(change, at, &outcome);
	/* Once the client has ended, the server closes what it had open. */
	change->server_page.plan->at = 0;
	child_continue(&change->server.child);
	const char *what = changed ? judge(change, &outcome) : NULL;
	if (what)
		complain(change, at, what, &outcome);
	outcome_release(&outcome);
	if (!changed)
		return OVER;
	return !what && next_is_right(change, at) ? RIGHT : WRONG;
}

static void start_server(struct change_trial *change)
{
	const struct scenario *scenario = change->trial->scenario;
	struct outcome outcome;

	plan_set(&change->server_page, (struct plan){.act = PLAN_STOP_BEFORE,
					       .numbers = PLAN_NUMBER_ALL,
					       .tick = scenario->tick,
					       .one_time = change->moment != NULL});
	if (!served_start(&change->server, scenario, &change->server_page, &outcome))
		give_up(scenario->ferryd);
}

static bool stop_server(struct change_trial *change, enum verdict verdict)
{
	struct outcome outcome;

	served_stop(&change->server, &outcome);
	bool ended = outcome.end == CHILD_EXITED && outcome.code == 0 && !strstr(outcome.err, "Sanitizer");
	if (verdict != WRONG && !ended)
		complain(change, 0, "the server did not end well", &outcome);
	outcome_release(&outcome);
	return ended;
}

/* All points of one form and one side. What a server says nobody reads before its end: no server has more trials than fit. */
static bool sweep_form(struct change_trial *change, uint64_t *trials)
{
	enum verdict verdict = RIGHT;
	bool ended = true;

	for (uint64_t at = 1; ended && verdict == RIGHT;) {
		start_server(change);
		for (unsigned i = 0; i < TRIALS_PER_SERVER && (verdict = change_at(change, at)) == RIGHT; i++) {
			at += change->trial->scenario->every;
			++*trials;
		}
		ended = stop_server(change, verdict);
	}
	return ended && verdict == OVER;
}

static void open_trial(struct change_trial *change, struct trial *trial)
{
	*change = (struct change_trial){.trial = trial};
	tree_path(change->path, trial->scenario->source, CHANGED);
	tree_path(change->second, trial->scenario->share, ".second");
	plan_open(&change->server_page);
}

static bool close_trial(struct change_trial *change, const char *kind, uint64_t trials, bool right)
{
	plan_close(&change->server_page);
	if (right)
		printf("%s: %s: %" PRIu64 " trials\n", kind, change->trial->scenario->name, trials);
	return right && trials > form_count;
}

bool sweep_changes(struct trial *trial)
{
	struct change_trial change;
	uint64_t trials = 0;
	bool right = true;

	open_trial(&change, trial);
	for (size_t form = 0; right && form < form_count; form++) {
		change.form = &forms[form];
		for (change.side = SERVER; right && change.side < SIDES; change.side++)
			right = sweep_form(&change, &trials);
	}
	return close_trial(&change, "changes", trials, right);
}

/* --- Changes that no time stamp shows ----------------------------------------------------------------------------------- */

#define MILLISECOND INT64_C(1000000)

/* The last moment of each kind is the last at which a file may still be changed without a new time. */
static const struct moment moments[] = {
	{"in the moment of its last change", false, 0, 20 * MILLISECOND},
	{"10 ms after its last change", false, 10 * MILLISECOND, 20 * MILLISECOND},
	{"almost 20 ms after its last change", false, 20 * MILLISECOND - 1, 20 * MILLISECOND},
	{"before its last change", false, -5 * MILLISECOND, 20 * MILLISECOND},
	{"almost 2 s after its last change in whole seconds", true, 2000 * MILLISECOND - 1, 2000 * MILLISECOND},
};

static bool sweep_moment(struct change_trial *change, const struct moment *moment, uint64_t *trials)
{
	change->moment = moment;
	clock_gettime(CLOCK_REALTIME, &change->time);
	change->time.tv_sec -= 3600;
	change->time.tv_nsec = moment->whole_second ? 0 : 123456789;
	bool right = sweep_form(change, trials);
	if (!right)
		printf("asked %s\n", moment->name);
	return right;
}

/* Whatever is read so early that a change may leave no trace is never served as what it was. */
bool sweep_ticks(struct trial *trial)
{
	struct change_trial change;
	uint64_t trials = 0;
	bool right = true;

	open_trial(&change, trial);
	change.form = form_without_trace;
	for (size_t i = 0; right && i < sizeof moments / sizeof *moments; i++)
		right = sweep_moment(&change, &moments[i], &trials);
	return close_trial(&change, "ticks", trials, right);
}
