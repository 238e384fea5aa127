/* A server of a test's own, under the shim: started, asked for its ready line, counted and stopped. */
#ifndef SERVED_H
#define SERVED_H

#include "child.h"

struct served {
	struct child child;
	char url[64]; /* without a slash at the end */
};

/* Serves FOLDER with the program FERRYD and the file SETTINGS. False when it ended instead of getting ready: OUTCOME says how. */
bool served_start(struct served *served, const char *ferryd, const char *settings, const char *folder, const struct plan_page *page,
	const char *preload, struct outcome *outcome);

/* How many descriptors it has open. */
unsigned served_descriptors(const struct served *served);

/* SIGTERM, and how it ended. A plan that stops it has no effect any more. */
void served_stop(struct served *served, struct outcome *outcome);

#endif
