/* A program under test: started with or without the shim, stopped, continued, awaited, and what it said. */
#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>
#include <time.h>

#include "plan.h"

#define CHILD_SAID_MAX ((size_t)1 << 20) /* what a pipe holds: nobody reads before the end */

struct plan_page { /* a plan and the descriptor that hands it to a child */
	struct plan *plan;
	int fd;
};

/* Ends the test program with a message when there is no memory: every caller would. */
void plan_open(struct plan_page *page);
void plan_close(struct plan_page *page);
/* An empty log, and PLAN in front of it. */
void plan_set(const struct plan_page *page, struct plan plan);

struct child {
	pid_t id;
	int out;
	int err;
};

enum child_end {
	CHILD_EXITED,
	CHILD_KILLED,
	CHILD_STOPPED, /* by PLAN_STOP_BEFORE: child_continue, then child_wait again */
	CHILD_HUNG,    /* nothing of it within the deadline: it has been killed */
};

struct outcome {
	enum child_end end;
	int code;  /* CHILD_EXITED: the exit code; CHILD_KILLED: the signal */
	char *out; /* NULL while stopped; freed by outcome_release */
	char *err;
};

/* PAGE may be NULL: no shim. PRELOAD is the value of LD_PRELOAD that loads it. Called by one thread. */
void child_start(struct child *child, const char *const *command, const struct plan_page *page, const char *preload);
void child_wait(struct child *child, int seconds, struct outcome *outcome);
/* The same for whichever of the two ends or stops first; returns that one. When both hang, it is the first. */
struct child *child_wait_either(struct child *first, struct child *second, int seconds, struct outcome *outcome);
/* The same, but where nothing happens for so long it returns NULL, and both go on. */
struct child *child_wait_for(struct child *first, struct child *second, int64_t nanoseconds, struct outcome *outcome);
/* SIGKILL, and how it ended: perhaps by itself just before. */
void child_kill(const struct child *child, struct outcome *outcome);
void child_continue(const struct child *child);
void outcome_release(struct outcome *outcome);

/* All of it: start and wait. */
void child_run(const char *const *command, const struct plan_page *page, const char *preload, int seconds, struct outcome *outcome);

#endif
