/* Which file of a run has which place, where places that differ in case alone are one. */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "status.h"

/* Any thread may call. Only files in folders that fold case are claimed. */
struct claims;
struct plan_file;

MUST_CHECK enum status claims_new(struct claims **claims);
void claims_free(struct claims *claims);

/* *OWNER is the first file that claimed PATH, below the destination, in whatever case: FILE itself or another. */
MUST_CHECK enum status claims_take(struct claims *claims, const char *path, const struct plan_file *file,
	const struct plan_file **owner);

/* Held, by one thread at a time, while the first name is made in a folder that is not known to fold case or not. */
void claims_hold(struct claims *claims);
void claims_let_go(struct claims *claims);

#endif
