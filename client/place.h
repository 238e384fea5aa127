/* What has a file's final name, and whose place that is. */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "failure.h"
#include "message.h"
#include "plan.h"
#include "status.h"
#include "transfer.h"

enum place {
	PLACE_FREE,        /* nothing */
	PLACE_BEGUN,       /* nothing, but there is a partial beside it */
	PLACE_NOT_REGULAR, /* a symlink, a FIFO, ..., replaced without a look into it; with --no-clobber a folder, too */
	PLACE_OTHER,       /* a regular file */
	PLACE_SAME,        /* a regular file with the size and time of the source, and the SHA-256 that the user gave, if any */
};

/*
 * Compares with the size and time from a listing; without these a regular file is PLACE_OTHER. STATUS_IS_FOLDER for a folder that
 * is in the way. Here and below every failure is a failure of the file, described in FAILURE.
 */
MUST_CHECK enum status place_look(struct transfer *transfer, const struct plan_file *file, enum place *place,
	struct failure *failure);
/* Compares with SOURCE, as the server described it; FOLDER is the file's, open. Never PLACE_BEGUN. */
MUST_CHECK enum status place_look_again(struct transfer *transfer, const struct plan_file *file, int folder,
	const struct file *source, enum place *place, struct failure *failure);

/* Does STAT have the SIZE and TIME of the source? */
bool place_matches(const struct stat *stat, uint64_t size, const struct file_time *time);

/*
 * Names that are two at the source may be one in a folder that folds case: the first file to take the place gets it, and the others
 * get STATUS_EXISTS.
 */
MUST_CHECK enum status place_take(struct transfer *transfer, const struct plan_file *file);
/* The failure of a file that got STATUS_EXISTS. */
void place_explain_collision(struct transfer *transfer, const struct plan_file *file, struct failure *failure);

#endif
