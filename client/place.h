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
	PLACE_FREE,  /* nothing */
	PLACE_BEGUN, /* nothing, but a partial lies beside it */
	PLACE_ODD,   /* what is replaced without a look into it: a symlink, a FIFO; with --no-clobber a folder, too */
	PLACE_OTHER, /* a regular file */
	PLACE_SAME,  /* a regular file with the size and time of the source, and the SHA-256 that the user gave, if any */
};

/*
 * Compares with what a listing told; without that a regular file is PLACE_OTHER. STATUS_IS_FOLDER for a folder that is in the way.
 * Here and below whatever fails is a failure of the file, told in FAILURE.
 */
MUST_CHECK enum status place_look(struct transfer *transfer, const struct plan_file *file, enum place *place,
	struct failure *failure);
/* Compares with SOURCE, which the server told; FOLDER is the file's, open. Never PLACE_BEGUN. */
MUST_CHECK enum status place_look_again(struct transfer *transfer, const struct plan_file *file, int folder,
	const struct file *source, enum place *place, struct failure *failure);

/* Has a file that looks like STAT the SIZE and TIME of its source? */
bool place_matches(const struct stat *stat, uint64_t size, const struct file_time *time);

/*
 * Names that the source tells apart may be one in a folder that folds case: then the file that takes its place first has it, and for
 * the others this is STATUS_EXISTS.
 */
MUST_CHECK enum status place_take(struct transfer *transfer, const struct plan_file *file);
/* Says so. */
void place_tell_twin(struct transfer *transfer, const struct plan_file *file, struct failure *failure);

#endif
