/* Opens partials, looks at final names and stores bytes; every failure names the file's place. */
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
 * Opens the older file, if it can be read, for the pieces that it may share with the source. If the file system can clone it, the
 * partial has all its bytes at no cost, and the older file is not needed any more.
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

/* Bytes beyond the end of the source are of no use. */
static enum status trim(struct download *download)
{
	uint64_t size;
	enum status status = partial_size(&download->partial, &size);

	if (status == STATUS_OK && size > download->source.size)
		status = partial_cut(&download->partial, download->source.size);
	return status;
}

/* Under the lock: notes bytes of an earlier run, opens the older file, cuts off bytes that are too many. */
static enum status prepare_partial(struct download *download, int folder, enum place place)
{
	download->kept = download->partial.found > 0;
	if (place == PLACE_OTHER && piece_count(download->source.size) > 1)
		open_basis(download, folder);
	/* A new partial is empty, unless it has become a clone of the older file. */
	return download->kept || place == PLACE_OTHER ? trim(download) : STATUS_OK;
}

static enum status look_at_place(struct transfer *transfer, const struct download *download, int folder, enum place *place,
	struct failure *failure)
{
	enum status status = place_look_again(transfer, download->file, folder, &download->source, place, failure);

	/* It looks the same, but has just been proven to differ. */
	if (status == STATUS_OK && *place == PLACE_SAME && download->differs)
		*place = PLACE_OTHER;
	return status;
}

/* With the partial locked: no other ferry renames anything to the final name now. */
static enum status look_again(struct transfer *transfer, struct download *download, int folder, enum place *place,
	struct failure *failure)
{
	enum status status = look_at_place(transfer, download, folder, place, failure);

	if (status != STATUS_OK)
		return status;
	status = *place == PLACE_SAME ? partial_remove(&download->partial) : prepare_partial(download, folder, *place);
	if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot write", failure);
	return status;
}

/* Another ferry holds the partial: says so once, and waits for as long as for a silent server. */
static enum status await_other(struct transfer *transfer, struct download *download, int folder, int64_t *deadline)
{
	char shown[OUTCOME_SHOWN_SIZE];

	/* The lock may be free whenever we look, though opening goes on to fail with STATUS_BUSY: the deadline ends that, too. */
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

/* A file in progress is for its owner alone; a one-piece file is complete at once, so its final mode does no harm. */
static mode_t first_mode(const struct transfer *transfer, const struct download *download)
{
	return piece_count(download->source.size) == 1 ? landing_mode(transfer, download) : 0600;
}

/* The first partial of a folder is used to find out whether the folder folds case; until then one thread at a time opens one. */
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

	/* Commit first: the other client may be waiting for a partial that we hold. */
	if (status == STATUS_BUSY)
		commit_all(transfer->commit);
	while (status == STATUS_BUSY && (status = await_other(transfer, download, folder, &deadline)) == STATUS_OK)
		status = open_once(transfer, download, folder);
	return status;
}

/*
 * A partial without a name is lost with the run. That does no harm to a new file of one piece, unless it waits for syncs before it
 * gets its name. A folder that may fold case needs the name of a partial, to find out.
 */
static bool needs_no_name(const struct transfer *transfer, const struct download *download)
{
	return transfer->unnamed && !transfer->sync && download->name_is_free && piece_count(download->source.size) == 1 &&
		folders_folding(download->file->node.parent) == FOLDING_NO;
}

/* Explains why there is no partial to write into. */
static enum status cannot_open(struct transfer *transfer, struct download *download, enum status status, struct failure *failure)
{
	bool is_odd = status == STATUS_SYMLINK || status == STATUS_NOT_REGULAR || status == STATUS_REFUSED || status == STATUS_IS_FOLDER;
	bool is_partial = is_odd && download->uses_folder && !partial_is_open(&download->partial);

	if (status == STATUS_EXISTS)
		place_explain_collision(transfer, download->file, failure);
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

/* The partial is open since an earlier epoch, in which the source may have been longer. */
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
	/* A partial without a name holds nothing worth keeping, and has the mode of the version for which it was opened. */
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
	/* A partial that cannot be removed does no harm. */
	if (partial_remove(&download->partial) != STATUS_OK)
		download->kept = true;
	landing_close(transfer, download);
}

void landing_give_up(struct transfer *transfer, struct download *download)
{
	bool worth_keeping = download->kept || download->earned || download->pieces.tally[PIECE_PROVEN] > 0;

	/* A partial that cannot be removed is taken up by the next run. */
	if (partial_is_open(&download->partial) && !worth_keeping && partial_remove(&download->partial) != STATUS_OK)
		download->kept = true;
	landing_close(transfer, download);
}

/* --- Bytes --------------------------------------------------------------------------------------------------------- */

/* A full disk is explained with figures: the user can make room, and the next run goes on from here. */
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
