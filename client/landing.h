/* One file's way onto the disk: its partial, its bytes, its final name. */
#ifndef LANDING_H
#define LANDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "download.h"
#include "place.h"
#include "status.h"
#include "transfer.h"

/* Whatever fails here is a failure of the file, told in FAILURE. */

/*
 * Opens the partial of a described download, and looks once more at the final name now that nobody else can put it there:
 * PLACE_SAME means that somebody just has; the partial is gone then.
 */
MUST_CHECK enum status landing_open(struct transfer *transfer, struct download *download, enum place *place,
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
/* The piece that was stored last, of LENGTH bytes, is proven: into an outlet it leaves now, in a partial it is there already. */
void landing_prove(struct transfer *transfer, struct download *download, uint32_t length, struct failure *failure);

/* The permissions that the source has, as far as the umask allows; never a set-id bit. */
mode_t landing_mode(const struct transfer *transfer, const struct download *download);

/*
 * Gives the file its final name; waits for another ferry that holds its partial. PLACE_SAME: somebody else was faster, and has put
 * there what this is. STATUS_EXISTS: no_clobber, and something else has the name.
 */
MUST_CHECK enum status landing_rename(struct transfer *transfer, struct download *download, enum place *place);

/* Closes what is open. A partial that holds anything worth keeping stays. */
void landing_give_up(struct transfer *transfer, struct download *download);
/* Closes what is open, the file having its final name. */
void landing_close(struct transfer *transfer, struct download *download);
/* Closes what is open, somebody else's file having the final name for good: the partial goes, whatever it holds. */
void landing_withdraw(struct transfer *transfer, struct download *download);

#endif
