/* One file's way onto the disk: a look at its final name, its partial, its bytes. */
#ifndef LANDING_H
#define LANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "download.h"
#include "status.h"
#include "transfer.h"

/* Whatever fails here is a failure of the file, told in FAILURE. */

/* What has the final name. */
enum landing_place {
	LANDING_FREE,  /* nothing */
	LANDING_BEGUN, /* nothing, but a partial lies beside it */
	LANDING_ODD,   /* what is replaced without a look into it: a symlink, a FIFO */
	LANDING_OTHER, /* a regular file */
	LANDING_SAME,  /* a regular file with the size and time of the source, and the SHA-256 that the user gave, if any */
};

/* Compares with what a listing told; without that a regular file is LANDING_OTHER. STATUS_IS_FOLDER for a folder. */
MUST_CHECK enum status landing_look(struct transfer *transfer, const struct plan_file *file, enum landing_place *place,
	struct failure *failure);

/*
 * Opens the partial of a described download, and looks once more at the final name now that nobody else can put it there:
 * LANDING_SAME means that somebody just has; the partial is gone then.
 */
MUST_CHECK enum status landing_open(struct transfer *transfer, struct download *download, enum landing_place *place,
	struct failure *failure);

/*
 * Opens the file of the final name, in place of a partial, to be proven there: the download's basis. It must still have
 * the size and time of the source.
 */
MUST_CHECK enum status landing_prove_in_place(struct transfer *transfer, struct download *download, struct failure *failure);
/* A file that was proven in its place is put on stable storage: we promise that, whoever wrote it. */
void landing_confirm(struct transfer *transfer, struct download *download, struct failure *failure);

/* Makes room for LENGTH bytes that will be stored from OFFSET on. Here and below failures are told in FAILURE alone. */
void landing_reserve(struct transfer *transfer, struct download *download, uint64_t offset, uint64_t length,
	struct failure *failure);
/* Bytes of PIECE, at OFFSET within it. */
void landing_store(struct transfer *transfer, struct download *download, uint64_t piece, uint32_t offset,
	struct span bytes, struct failure *failure);
/* All bytes of PIECE are stored and proven. */
void landing_prove(struct transfer *transfer, struct download *download, uint32_t length, struct failure *failure);

/* The permissions that the source has, as far as the umask allows; never a set-id bit. */
mode_t landing_mode(const struct transfer *transfer, const struct download *download);

/* Gives the file its final name; waits for another ferry that holds its partial. STATUS_EXISTS: no_clobber, and the name is taken. */
MUST_CHECK enum status landing_rename(struct transfer *transfer, struct download *download);

/* Closes what is open. A partial that holds anything worth keeping stays. */
void landing_give_up(struct transfer *transfer, struct download *download);
/* Closes what is open, the file having its final name. */
void landing_close(struct transfer *transfer, struct download *download);

#endif
