/* Opens partials, looks at final names and stores bytes, each failure told with its place. */
#include "landing.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "checksum.h"
#include "clock.h"
#include "commit.h"
#include "digest.h"
#include "outcome.h"
#include "sync.h"

/* --- The final name ------------------------------------------------------------------------------------------------ */

static bool has_time(const struct stat *stat, const struct file_time *time)
{
	return stat->st_mtim.tv_sec == time->seconds && stat->st_mtim.tv_nsec == (long)time->nanoseconds;
}

static enum status place_of(int folder, const char *name, uint64_t size, const struct file_time *time, enum landing_place *place)
{
	struct stat stat;
	enum status status = beneath_stat_name(folder, name, &stat);

	if (status == STATUS_NOT_FOUND) {
		*place = LANDING_FREE;
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	if (S_ISDIR(stat.st_mode))
		return STATUS_IS_FOLDER;
	*place = LANDING_ODD;
	if (S_ISREG(stat.st_mode))
		*place = time && (uint64_t)stat.st_size == size && has_time(&stat, time) ? LANDING_SAME : LANDING_OTHER;
	return STATUS_OK;
}

/* A sum that the user gave is believed, size and time are not. What has it may be an earlier run's that was not synced. */
static enum status proven_place_of(const struct transfer *transfer, int folder, const struct plan_file *file, uint64_t size,
	const struct file_time *time, enum landing_place *place)
{
	const struct digest *sum = plan_sum(file);
	enum status status = place_of(folder, file->name, size, time, place);

	if (status != STATUS_OK || *place != LANDING_SAME || !sum)
		return status;
	status = checksum_file(folder, file->name, size, sum, transfer->sync ? CHECKSUM_SYNC : CHECKSUM_NO_SYNC);
	if (status == STATUS_OK)
		return folders_settle(transfer->folders, file->node.parent);
	if (status != STATUS_MISMATCH && status != STATUS_CHANGED)
		return status;
	*place = LANDING_OTHER;
	return STATUS_OK;
}

/* A free place may have a partial beside it. */
static void look_beside(int folder, const struct plan_file *file, enum landing_place *place)
{
	char name[PARTIAL_NAME_SIZE];
	struct stat stat;

	if (*place == LANDING_FREE && beneath_stat_name(folder, partial_name(file->name, name), &stat) == STATUS_OK)
		*place = LANDING_BEGUN;
}

/* Who fetched "a" beside ".a.ferry-part" would use the second one up as the first one's partial. */
static enum status refuse_name(struct transfer *transfer, const struct plan_file *file, struct failure *failure)
{
	char shown[OUTCOME_SHOWN_SIZE];

	failure_set(failure, FAILURE_LOCAL, STATUS_INVALID, "cannot write %s: this is how ferry calls its partial files",
		outcome_shown(transfer, &file->node, shown));
	return STATUS_INVALID;
}

enum status landing_look(struct transfer *transfer, const struct plan_file *file, enum landing_place *place, struct failure *failure)
{
	int folder;

	if (partial_is_name(file->name))
		return refuse_name(transfer, file, failure);
	enum status status = folders_look(transfer->folders, file->node.parent, &folder);

	*place = LANDING_FREE;
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK) {
		outcome_local_failure(transfer, &file->node.parent->node, status, "cannot open folder", failure);
		return status;
	}
	status = proven_place_of(transfer, folder, file, file->size, file->node.told ? &file->node.mtime : NULL, place);
	if (status == STATUS_OK)
		look_beside(folder, file, place);
	folders_leave(transfer->folders, file->node.parent);
	if (status != STATUS_OK)
		outcome_local_failure(transfer, &file->node, status, "cannot write", failure);
	return status;
}

/* --- The partial --------------------------------------------------------------------------------------------------- */

/*
 * The older file helps where it can be read. Sharing its blocks costs nothing, where the file system can: then all that
 * it has is in the partial.
 */
static void open_basis(struct download *download, int folder)
{
	struct stat stat;
	int fd;

	if (beneath_open_file(folder, download->file->name, BENEATH_NO_LINKS, &fd, &stat) != STATUS_OK)
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

static enum status take_stock(struct download *download, int folder, enum landing_place place)
{
	download->kept = download->partial.found > 0;
	if (place == LANDING_OTHER && piece_count(download->source.size) > 1)
		open_basis(download, folder);
	/* A new partial that shares nobody's blocks is empty. */
	return download->kept || place == LANDING_OTHER ? trim(download) : STATUS_OK;
}

/* Under the lock: nobody else renames anything to the final name now. */
static enum status look_again(struct transfer *transfer, struct download *download, int folder, enum landing_place *place)
{
	const struct file *source = &download->source;
	enum status status = proven_place_of(transfer, folder, download->file, source->size, &source->mtime, place);

	/* It seems to be the same; that it is not has just been proven. */
	if (status == STATUS_OK && *place == LANDING_SAME && download->differs)
		*place = LANDING_OTHER;
	if (status == STATUS_OK && *place == LANDING_SAME)
		return partial_remove(&download->partial);
	return status == STATUS_OK ? take_stock(download, folder, *place) : status;
}

/* Another ferry holds the partial: that is said once, and waited for as patiently as for a server. */
static enum status await_other(struct transfer *transfer, struct download *download, int folder, int64_t *deadline)
{
	char shown[OUTCOME_SHOWN_SIZE];

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

static enum status open_or_wait(struct transfer *transfer, struct download *download, int folder)
{
	int64_t deadline = 0;
	enum status status = partial_open(folder, download->file->name, first_mode(transfer, download), &download->partial);

	/* Who waits holds nothing that the other one may wait for. */
	if (status == STATUS_BUSY)
		commit_all(transfer->commit);
	while (status == STATUS_BUSY && (status = await_other(transfer, download, folder, &deadline)) == STATUS_OK)
		status = partial_open(folder, download->file->name, first_mode(transfer, download), &download->partial);
	return status;
}

/*
 * Of one piece nothing is worth being found by the next run. With syncs files wait for each other before they get their names;
 * what was received for them has to outlive this run.
 */
static bool needs_no_name(const struct transfer *transfer, const struct download *download)
{
	return transfer->unnamed && !transfer->sync && download->free && piece_count(download->source.size) == 1;
}

static enum status open_partial(struct transfer *transfer, struct download *download, enum landing_place *place)
{
	int folder;
	enum status status = folders_use(transfer->folders, download->file->node.parent, &folder);

	if (status != STATUS_OK)
		return status;
	download->uses_folder = true;
	if (needs_no_name(transfer, download) &&
		partial_open_unnamed(folder, download->file->name, landing_mode(transfer, download), &download->partial) == STATUS_OK)
		return STATUS_OK;
	status = open_or_wait(transfer, download, folder);
	return status == STATUS_OK ? look_again(transfer, download, folder, place) : status;
}

enum status landing_open(struct transfer *transfer, struct download *download, enum landing_place *place, struct failure *failure)
{
	*place = LANDING_FREE;
	if (download->outlet)
		return STATUS_OK;
	/* From an earlier epoch, in which the source may have been longer. */
	enum status status = partial_is_open(&download->partial) ? trim(download) : open_partial(transfer, download, place);
	bool is_odd = status == STATUS_SYMLINK || status == STATUS_NOT_REGULAR || status == STATUS_REFUSED || status == STATUS_IS_FOLDER;
	if (is_odd && download->uses_folder && !partial_is_open(&download->partial))
		outcome_local_failure(transfer, &download->file->node, status, "cannot open the partial file of", failure);
	else if (status == STATUS_BUSY)
		outcome_local_failure(transfer, &download->file->node, status, "another ferry is writing", failure);
	else if (status != STATUS_OK)
		outcome_local_failure(transfer, &download->file->node, status, "cannot write", failure);
	if (status == STATUS_OK && *place == LANDING_SAME)
		landing_close(transfer, download);
	return status;
}

enum status landing_rename(struct transfer *transfer, struct download *download)
{
	enum partial_clobber clobber = transfer->no_clobber ? PARTIAL_YIELDS : PARTIAL_REPLACES;
	int64_t deadline = 0;
	enum status status = partial_rename(&download->partial, clobber);

	while (status == STATUS_BUSY && (status = await_other(transfer, download, download->partial.folder, &deadline)) == STATUS_OK)
		status = partial_rename(&download->partial, clobber);
	return status;
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
	status = beneath_open_file(folder, download->file->name, BENEATH_NO_LINKS, &download->basis, &stat);
	if (status != STATUS_OK)
		return status;
	return (uint64_t)stat.st_size == download->source.size && has_time(&stat, &download->source.mtime) ? STATUS_OK : STATUS_CHANGED;
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

void landing_give_up(struct transfer *transfer, struct download *download)
{
	bool worth_keeping = download->kept || download->pieces.tally[PIECE_PROVEN] > 0;

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
