/* One trial of a scenario: the folder set up, a run under a plan, and the next run that has to finish the work. */
#ifndef TRIAL_H
#define TRIAL_H

#include "child.h"
#include "promise.h"

/* What is tried: one command on one folder, thousands of times. */
struct scenario {
	const char *name;
	struct expectation expectation;
	const char *preload; /* the value of LD_PRELOAD that loads the shim */
	const char *server;  /* the URL that the tried runs use, without a slash at the end */
	const char *next;    /* the URL that the runs after them use: that server's totals are theirs alone */
	const char *const *command; /* words; {server} and {work} stand for what their names say */
	const char *first;   /* one more word for the first run where there are two; NULL: none */
	const char *room;    /* the size of the file system WORK while it is tried, e.g. "8m"; NULL: no limit */
	const char *ferryd;  /* for sweeps that run a server of their own: the program, */
	const char *settings; /* its settings, without a sandbox that would keep the shim from its work, */
	const char *share;   /* what it serves, */
	const char *source;  /* and the folder in it that the command fetches from */
	int64_t tick;        /* how coarse that server sees times */
	bool clones;         /* the shim plays FICLONE */
	bool companion;      /* a second client does the same at the same time */
	unsigned links;      /* of one run */
	int code;            /* how a whole run ends */
	unsigned every;      /* only every Nth point, for short runs */
};

struct trial {
	const struct scenario *scenario;
	struct plan_page page;
	const char *option; /* one more word for the commands to come; NULL: none */
	uint64_t runs;    /* tried so far */
	uint64_t fetched; /* by the runs that finished the work */
};

void trial_open(struct trial *trial, const struct scenario *scenario);
void trial_close(struct trial *trial);

/* The code of a tried run that nothing disturbs: with too little room it can't end as a whole run does. */
int trial_code(const struct trial *trial);

/* WORK as BEFORE has it. */
void trial_reset(const struct trial *trial);

/* Starts the command under the plan that is set. */
void trial_start(struct trial *trial, const char *server, struct child *child);

/* Runs the command under PLAN; with a companion, both. What the companion said is added to OUTCOME's. */
void trial_run(struct trial *trial, struct plan plan, struct outcome *outcome);

/* Runs it watched by the shim and by strace: trace_agrees. */
bool trial_traced(struct trial *trial, const char *folder, char *what);

/*
 * The promise holds after a run that said SAID, and the next run, which nothing disturbs, finishes the work and fetches
 * only what was missing. Otherwise says why under the words WHEN and returns false.
 */
bool trial_ends_right(struct trial *trial, const char *said, const char *when);

/* All is there, as a run that ended as it should leaves it; WHAT is the first that is not. */
bool trial_is_complete(const struct scenario *scenario, char what[PROMISE_WHAT_MAX]);

/* Prints the failure of a trial, with what ferry said. */
void trial_complain(const struct trial *trial, const char *when, const char *what, const char *said);

/* Each of these sweeps one way of failing over all its points, prints a line of totals, and tells whether all went right. */
bool sweep_strace(struct trial *trial);
bool sweep_kills(struct trial *trial);
bool sweep_resumed(struct trial *trial);
bool sweep_pairs(struct trial *trial);
bool sweep_power(struct trial *trial);
bool sweep_power_again(struct trial *trial);
bool sweep_failures(struct trial *trial);
bool sweep_server(struct trial *trial);
bool sweep_restarts(struct trial *trial);
bool sweep_moments(struct trial *trial);
bool sweep_changes(struct trial *trial);
bool sweep_ticks(struct trial *trial);

#endif
