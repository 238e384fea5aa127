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

/* Every failure here is a failure of the file, described in FAILURE. */

/*
 * Opens the partial of a described download, and looks at the final name once more, now that no other ferry can rename to it.
 * PLACE_SAME: another one has just finished the file; the partial is gone then.
 */
MUST_CHECK enum status landing_open(struct transfer *transfer, struct download *download, enum place *place,
	struct failure *failure);

/*
 * Opens the file of the final name, instead of a partial, to be proven in its place: as the download's basis. It must still
 * have the size and time of the source.
 */
MUST_CHECK enum status landing_prove_in_place(struct transfer *transfer, struct download *download, struct failure *failure);
/* Syncs a file that was proven in its place: we promise that even for a file that we did not write. */
void landing_confirm(struct transfer *transfer, struct download *download, struct failure *failure);

/* Makes room for LENGTH bytes that will be stored from OFFSET on. Here and below FAILURE alone tells of failures. */
void landing_reserve(struct transfer *transfer, struct download *download, uint64_t offset, uint64_t length,
	struct failure *failure);
/* Stores BYTES of PIECE, at OFFSET within it. */
void landing_store(struct transfer *transfer, struct download *download, uint64_t piece, uint32_t offset,
	struct span bytes, struct failure *failure);
/* The piece that was stored last, of LENGTH bytes, is proven: to an outlet it is written now, in a partial it is already. */
void landing_prove(struct transfer *transfer, struct download *download, uint32_t length, struct failure *failure);

/* The permissions of the source, as far as the umask allows; never a set-ID bit. */
mode_t landing_mode(const struct transfer *transfer, const struct download *download);

/*
 * Gives the file its final name; waits for another ferry that holds its partial. PLACE_SAME: the other one was faster, with the
 * same file. STATUS_EXISTS: no_clobber, and something else has the name.
 */
MUST_CHECK enum status landing_rename(struct transfer *transfer, struct download *download, enum place *place);

/* Closes all descriptors, after a failure. A partial that holds anything worth keeping stays. */
void landing_give_up(struct transfer *transfer, struct download *download);
/* Closes all descriptors. The partial stays, or has become the file. */
void landing_close(struct transfer *transfer, struct download *download);
/* Closes all descriptors, because somebody else's file keeps the final name: the partial is removed, whatever it holds. */
void landing_withdraw(struct transfer *transfer, struct download *download);

#endif
