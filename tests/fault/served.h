/* A server of a test's own, under the shim: started, asked for its ready line, counted and stopped. */
#ifndef SERVED_H
#define SERVED_H

#include "trial.h"

struct served {
	struct child child;
	char url[64]; /* without a slash at the end */
};

/*
 * Serves what SCENARIO names under the plan of PAGE. False when it ended instead of getting ready: OUTCOME says how.
 * served_again does the same on the port that SERVED had before.
 */
bool served_start(struct served *served, const struct scenario *scenario, const struct plan_page *page, struct outcome *outcome);
bool served_again(struct served *served, const struct scenario *scenario, const struct plan_page *page, struct outcome *outcome);

/* How many descriptors it has open. */
unsigned served_descriptors(const struct served *served);

/* SIGTERM, and how it ended. A plan that stops it has no effect any more. */
void served_stop(struct served *served, struct outcome *outcome);

#endif
