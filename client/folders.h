/* The destination's folders on disk: made when first needed, held open while used, synced once they hold a file. */
#ifndef FOLDERS_H
#define FOLDERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "folding.h"
#include "plan.h"
#include "status.h"

/*
 * Any thread may call. A folder's descriptor stays open while it is in use and a little longer. Below the destination no
 * symlink is followed: STATUS_SYMLINK. A file in the place of a folder is STATUS_NOT_FOLDER.
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

/* Opens FOLDER; makes it, and the folders above it, if they are missing. */
MUST_CHECK enum status folders_use(struct folders *folders, struct plan_folder *folder, int *fd);
/* Opens FOLDER, and makes nothing: STATUS_NOT_FOUND if it is missing. */
MUST_CHECK enum status folders_look(struct folders *folders, struct plan_folder *folder, int *fd);
/* Ends a use. */
void folders_leave(struct folders *folders, struct plan_folder *folder);

/* What is known so far. A folder in one that folds case is taken to fold it too. */
enum folding folders_folding(const struct plan_folder *folder);
/* Finds out by NAME, which is in FOLDER, unless it is known. FOLDER is in use as FD. */
void folders_learn(struct plan_folder *folder, int fd, const char *name);

/*
 * Names in FOLDER have changed: syncs it, and those folders above it that this run has not synced yet, so that a file in it can
 * be found after a power cut. FOLDER must be in use.
 */
MUST_CHECK enum status folders_settle(struct folders *folders, struct plan_folder *folder);
/* The same when FOLDER's file system has been synced as a whole since. */
MUST_CHECK enum status folders_settle_synced(struct folders *folders, struct plan_folder *folder);

/*
 * Once no other thread uses any folder: gives FOLDER the mode, with u+rwx added, and the time that it has at its source; makes it
 * if it is missing. From the first call on a failure no longer marks a folder as failed.
 */
MUST_CHECK enum status folders_complete(struct folders *folders, struct plan_folder *folder);

#endif
