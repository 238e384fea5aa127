/* The destination's folders on disk: made when first needed, held open while used, synced once they hold a file. */
#ifndef FOLDERS_H
#define FOLDERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "folding.h"
#include "plan.h"
#include "status.h"

/*
 * Any thread may call. A folder's descriptor stays open while somebody uses it and a little longer. Below the destination
 * no symlink is followed: STATUS_SYMLINK; a file in a folder's place is STATUS_NOT_FOLDER.
 */
struct folders;

struct folders_options {
	int root;        /* the destination, borrowed; -1: it is not there, and nothing is made */
	mode_t umask;    /* of this process */
	bool sync;
};
MUST_CHECK enum status folders_new(const struct folders_options *options, struct folders **folders);
/* Nothing may be in use. PLAN's folders must still be there. */
void folders_free(struct folders *folders);

/* Opens FOLDER, and makes it and what it lies in where they are missing. */
MUST_CHECK enum status folders_use(struct folders *folders, struct plan_folder *folder, int *fd);
/* Opens FOLDER where it is there: STATUS_NOT_FOUND, and nothing is made, where it is not. */
MUST_CHECK enum status folders_look(struct folders *folders, struct plan_folder *folder, int *fd);
/* Ends a use. */
void folders_leave(struct folders *folders, struct plan_folder *folder);

/* Any thread may ask; a folder is taken to be like the one that it lies in, where that is known to fold case. */
enum folding folders_folding(const struct plan_folder *folder);
/* NAME lies in FOLDER, which is in use as FD. */
void folders_learn(struct plan_folder *folder, int fd, const char *name);

/*
 * Names in FOLDER have changed: syncs it, and whatever it lies in that was not synced since this run began, so that a
 * file in it can be found after a power cut. FOLDER must be in use.
 */
MUST_CHECK enum status folders_settle(struct folders *folders, struct plan_folder *folder);
/* The same where the file system in which FOLDER lies was synced as a whole since. */
MUST_CHECK enum status folders_settle_synced(struct folders *folders, struct plan_folder *folder);

/*
 * Once nobody else uses any: gives FOLDER, made where it is missing, the mode and time that it has at its source, u+rwx added. What
 * fails marks no folder as failed any more.
 */
MUST_CHECK enum status folders_complete(struct folders *folders, struct plan_folder *folder);

#endif
