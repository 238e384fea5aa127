/* Opens partials, looks at final names and stores bytes, each failure told with its place. */
#include "landing.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "claims.h"
#include "clock.h"
#include "commit.h"
#include "digest.h"
#include "outcome.h"
#include "sync.h"

/* --- The partial --------------------------------------------------------------------------------------------------- */

/*
 * The older file helps where it can be read. Sharing its blocks costs nothing, where the file system can: then all that
 * it has is in the partial.
 */
static void open_basis(struct download *download, int folder)
{
	struct stat stat;
	int fd;

	if (beneath_open_file(folder, download->file->name, BENEATH_NO_SYMLINKS, &fd, &stat) != STATUS_OK)
		return;
	if (!download->kept && partial_clone(&download->partial, fd) == STATUS_OK)
		close(fd);
	else
		download->basis = fd;
}

/* What is longer than the source was never a part of it. */
static enum status trim(struct download *download)
{
	uint64_t size;
	enum status status = partial_size(&download->partial, &size);

	if (status == STATUS_OK && size > download->source.size)
		status = partial_cut(&download->partial, download->source.size);
	return status;
}

static enum status take_stock(struct download *download, int folder, enum place place)
{
	download->kept = download->partial.found > 0;
	if (place == PLACE_OTHER && piece_count(download->source.size) > 1)
		open_basis(download, folder);
	/* A new partial that shares nobody's blocks is empty. */
	return download->kept || place == PLACE_OTHER ? trim(download) : STATUS_OK;
}

static enum status look_at_place(struct transfer *transfer, const struct download *download, int folder, enum place *place,
	struct failure *failure)
{
	enum status status = place_look_again(transfer, download->file, folder, &download->source, place, failure);

	/* It seems to be the same; that it is not has just been proven. */
	if (status == STATUS_OK && *place == PLACE_SAME && download->differs)
		*place = PLACE_OTHER;
	return status;
}

/* Under the lock: nobody else renames anything to the final name now. */
static enum status look_again(struct transfer *transfer, struct download *download, int folder, enum place *place,
	struct failure *failure)
{
	enum status status = look_at_place(transfer, download, folder, place, failure);

	if (status != STATUS_OK)
		return status;
	status = *place == PLACE_SAME ? partial_remove(&download->partial) : take_stock(download, folder, *place);
	if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot write", failure);
	return status;
}

/* Another ferry holds the partial: that is said once, and waited for as patiently as for a server. */
static enum status await_other(struct transfer *transfer, struct download *download, int folder, int64_t *deadline)
{
	char shown[OUTCOME_SHOWN_SIZE];

	/* There may be nobody to wait for. */
	if (*deadline != 0 && clock_now() >= *deadline)
		return STATUS_BUSY;
	if (*deadline == 0) {
		*deadline = clock_now() + transfer->link.timeout;
		report_note(transfer->report, "another ferry is writing %s: waiting for it", outcome_shown(transfer, &download->file->node, shown));
	}
	enum status status = partial_await(folder, download->file->name, transfer->link.stop_fd, *deadline);
	return status == STATUS_OK || status == STATUS_INTERRUPTED ? status : STATUS_BUSY;
}

mode_t landing_mode(const struct transfer *transfer, const struct download *download)
{
	return download->source.mode & 0777 & ~transfer->umask;
}

/* What takes its time is nobody else's business before it is whole; of one piece it is, but for a moment. */
static mode_t first_mode(const struct transfer *transfer, const struct download *download)
{
	return piece_count(download->source.size) == 1 ? landing_mode(transfer, download) : 0600;
}

/* The first partial of a folder tells whether that folds case; until then one thread at a time opens any there. */
static enum status open_once(struct transfer *transfer, struct download *download, int folder)
{
	const struct plan_file *file = download->file;
	bool alone = folders_folding(file->node.parent) == FOLDING_UNKNOWN;
	char name[PARTIAL_NAME_SIZE];

	if (alone)
		claims_hold(transfer->claims);
	enum status status = place_take(transfer, file);
	if (status == STATUS_OK)
		status = partial_open(folder, file->name, first_mode(transfer, download), &download->partial);
	if (status == STATUS_OK && alone) {
		folders_learn(file->node.parent, folder, partial_name(file->name, name));
		status = place_take(transfer, file);
	}
	if (alone)
		claims_let_go(transfer->claims);
	return status;
}

static enum status open_or_wait(struct transfer *transfer, struct download *download, int folder)
{
	int64_t deadline = 0;
	enum status status = open_once(transfer, download, folder);

	/* Who waits holds nothing that the other one may wait for. */
	if (status == STATUS_BUSY)
		commit_all(transfer->commit);
	while (status == STATUS_BUSY && (status = await_other(transfer, download, folder, &deadline)) == STATUS_OK)
		status = open_once(transfer, download, folder);
	return status;
}

/*
 * Of one piece nothing is worth being found by the next run. With syncs files wait for each other before they get their names;
 * what was received for them has to outlive this run. A folder that may fold case is asked with the name of a partial first.
 */
static bool needs_no_name(const struct transfer *transfer, const struct download *download)
{
	return transfer->unnamed && !transfer->sync && download->free && piece_count(download->source.size) == 1 &&
		folders_folding(download->file->node.parent) == FOLDING_NO;
}

/* Why there is no partial to write into. */
static enum status cannot_open(struct transfer *transfer, struct download *download, enum status status, struct failure *failure)
{
	bool is_odd = status == STATUS_SYMLINK || status == STATUS_NOT_REGULAR || status == STATUS_REFUSED || status == STATUS_IS_FOLDER;
	bool is_partial = is_odd && download->uses_folder && !partial_is_open(&download->partial);

	if (status == STATUS_EXISTS)
		place_tell_twin(transfer, download->file, failure);
	else
		outcome_local_failure(transfer, &download->file->node, status, is_partial ? "cannot open the partial file of" :
			status == STATUS_BUSY ? "another ferry is writing" : "cannot write", failure);
	return status;
}

static enum status open_partial(struct transfer *transfer, struct download *download, enum place *place, struct failure *failure)
{
	int folder;
	enum status status = folders_use(transfer->folders, download->file->node.parent, &folder);

	if (status != STATUS_OK)
		return cannot_open(transfer, download, status, failure);
	download->uses_folder = true;
	if (needs_no_name(transfer, download) &&
		partial_open_unnamed(folder, download->file->name, landing_mode(transfer, download), &download->partial) == STATUS_OK)
		return STATUS_OK;
	status = open_or_wait(transfer, download, folder);
	return status == STATUS_OK ? look_again(transfer, download, folder, place, failure) :
		cannot_open(transfer, download, status, failure);
}

/* From an earlier epoch, in which the source may have been longer. */
static enum status reopen_partial(struct transfer *transfer, struct download *download, struct failure *failure)
{
	enum status status = trim(download);

	if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot write", failure);
	return status;
}

enum status landing_open(struct transfer *transfer, struct download *download, enum place *place, struct failure *failure)
{
	*place = PLACE_FREE;
	if (download->outlet)
		return STATUS_OK;
	/* One without a name holds nothing worth keeping, and has the mode that was told with what it was opened for. */
	if (download->partial.unnamed)
		landing_close(transfer, download);
	if (partial_is_open(&download->partial))
		return reopen_partial(transfer, download, failure);
	enum status status = open_partial(transfer, download, place, failure);
	if (status == STATUS_OK && *place == PLACE_SAME)
		landing_close(transfer, download);
	return status;
}

enum status landing_rename(struct transfer *transfer, struct download *download, enum place *place)
{
	enum partial_clobber clobber = transfer->no_clobber ? PARTIAL_YIELDS : PARTIAL_REPLACES;
	const int folder = download->partial.folder;
	int64_t deadline = 0;
	struct failure failure;
	enum status status = partial_rename(&download->partial, clobber);

	*place = PLACE_FREE;
	while (status == STATUS_BUSY && (status = await_other(transfer, download, folder, &deadline)) == STATUS_OK) {
		status = look_at_place(transfer, download, folder, place, &failure);
		if (status != STATUS_OK || *place == PLACE_SAME)
			return status;
		status = partial_rename(&download->partial, clobber);
	}
	if (status != STATUS_EXISTS)
		return status;
	status = look_at_place(transfer, download, folder, place, &failure);
	return status == STATUS_OK && *place != PLACE_SAME ? STATUS_EXISTS : status;
}

static void close_basis(struct download *download)
{
	if (download->basis >= 0)
		close(download->basis);
	download->basis = -1;
}

static enum status open_in_place(struct transfer *transfer, struct download *download)
{
	struct stat stat;
	int folder;
	enum status status = folders_use(transfer->folders, download->file->node.parent, &folder);

	if (status != STATUS_OK)
		return status;
	download->uses_folder = true;
	status = beneath_open_file(folder, download->file->name, BENEATH_NO_SYMLINKS, &download->basis, &stat);
	if (status != STATUS_OK)
		return status;
	return place_matches(&stat, download->source.size, &download->source.mtime) ? STATUS_OK : STATUS_CHANGED;
}

enum status landing_prove_in_place(struct transfer *transfer, struct download *download, struct failure *failure)
{
	enum status status = open_in_place(transfer, download);

	if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot verify", failure);
	return status;
}

void landing_confirm(struct transfer *transfer, struct download *download, struct failure *failure)
{
	if (!transfer->sync)
		return;
	enum status status = sync_file(download->basis);
	if (status == STATUS_OK)
		status = folders_settle(transfer->folders, download->file->node.parent);
	if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot sync", failure);
}

void landing_close(struct transfer *transfer, struct download *download)
{
	close_basis(download);
	partial_close(&download->partial);
	if (download->uses_folder)
		folders_leave(transfer->folders, download->file->node.parent);
	download->uses_folder = false;
}

void landing_withdraw(struct transfer *transfer, struct download *download)
{
	/* What cannot be removed stays: it harms nobody. */
	if (partial_remove(&download->partial) != STATUS_OK)
		download->kept = true;
	landing_close(transfer, download);
}

void landing_give_up(struct transfer *transfer, struct download *download)
{
	bool worth_keeping = download->kept || download->earned || download->pieces.tally[PIECE_PROVEN] > 0;

	/* What cannot be removed stays: the next run takes it up. */
	if (partial_is_open(&download->partial) && !worth_keeping && partial_remove(&download->partial) != STATUS_OK)
		download->kept = true;
	landing_close(transfer, download);
}

/* --- Bytes --------------------------------------------------------------------------------------------------------- */

/* A full disk is worth figures: what was fetched stays, and the next run goes on from there. */
static void explain(struct transfer *transfer, struct download *download, enum status status, struct failure *failure)
{
	char shown[OUTCOME_SHOWN_SIZE];
	struct partial_shortage shortage;

	outcome_shown(transfer, &download->file->node, shown);
	if (status == STATUS_NO_SPACE && partial_shortage(&download->partial, download->source.size, &shortage) == STATUS_OK)
		failure_set(failure, FAILURE_LOCAL, status, "cannot write %s: %llu bytes are missing and %llu are free", shown,
			(unsigned long long)shortage.missing, (unsigned long long)shortage.free);
	else
		failure_set(failure, FAILURE_LOCAL, status, "cannot write %s", shown);
}

void landing_reserve(struct transfer *transfer, struct download *download, uint64_t offset, uint64_t length,
	struct failure *failure)
{
	enum status status = download->outlet ? STATUS_OK : partial_reserve(&download->partial, offset, length);

	if (status != STATUS_OK)
		explain(transfer, download, status, failure);
}

void landing_store(struct transfer *transfer, struct download *download, uint64_t piece, uint32_t offset, struct span bytes,
	struct failure *failure)
{
	if (download->outlet) {
		outlet_gather(download->outlet, offset, bytes.bytes, bytes.length);
		return;
	}
	enum status status = partial_write(&download->partial, bytes.bytes, bytes.length, piece * PIECE_SIZE + offset);
	if (status != STATUS_OK)
		explain(transfer, download, status, failure);
}

void landing_prove(struct transfer *transfer, struct download *download, uint32_t length, struct failure *failure)
{
	enum status status = download->outlet ? outlet_release(download->outlet, length) : STATUS_OK;

	if (status == STATUS_LOST)
		outcome_local_failure(transfer, &download->file->node, status, "nobody reads any more from", failure);
	else if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot write to", failure);
}
