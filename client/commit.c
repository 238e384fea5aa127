/* Commits a group of files in the order that survives a power cut. */
#include "commit.h"

#include "folders.h"
#include "landing.h"
#include "outcome.h"
#include "sync.h"

static void fail(struct commit *commit, struct download *download, enum status status)
{
	outcome_local_failure(commit->transfer, &download->file->node, status, "cannot write", &download->failure);
}

static void finish_one(struct commit *commit, struct download *download)
{
	enum status status = partial_finish(&download->partial, download->source.size, landing_mode(commit->transfer, download),
		&download->source.mtime);

	if (status != STATUS_OK)
		fail(commit, download, status);
}

/* Where that fails each file is synced for itself: that tells which. */
static bool sync_together(const struct commit *commit)
{
	if (!commit->transfer->sync || commit->count < COMMIT_TOGETHER)
		return false;
	const struct partial *first = &commit->group[0]->partial;
	for (size_t i = 1; i < commit->count; i++) {
		if (!partial_is_beside(first, &commit->group[i]->partial))
			return false;
	}
	return sync_file_system(first->fd) == STATUS_OK;
}

/* Blocks that are given out before the first file is synced all belong to the journal's one commit that this takes. */
static void flush_one(struct commit *commit, struct download *download)
{
	if (commit->transfer->sync && !commit->together)
		partial_flush(&download->partial);
}

static void sync_one(struct commit *commit, struct download *download)
{
	if (commit->together)
		return;
	enum status status = commit->transfer->sync ? partial_sync(&download->partial) : STATUS_OK;
	if (status == STATUS_OK)
		return;
	fail(commit, download, status);
	/* If even that fails the next run finds it, and trusts none of its bytes unproven. */
	if (partial_remove(&download->partial) == STATUS_OK)
		partial_close(&download->partial);
}

static void rename_one(struct commit *commit, struct download *download)
{
	enum status status = landing_rename(commit->transfer, download);

	if (status == STATUS_EXISTS) {
		download->outrun = true;
		outcome_exists(commit->transfer, &download->file->node, &download->failure);
	} else if (status != STATUS_OK) {
		fail(commit, download, status);
	}
}

/* A folder is synced for every run of its files in the group, which mostly means once. */
static void settle_one(struct commit *commit, struct download *download, const struct plan_folder **settled)
{
	struct plan_folder *folder = download->file->node.parent;

	if (folder == *settled)
		return;
	enum status status = commit->together ? folders_settle_synced(commit->transfer->folders, folder) :
		folders_settle(commit->transfer->folders, folder);
	if (status == STATUS_OK) {
		*settled = folder;
		return;
	}
	fail(commit, download, status);
	/* The partial's name may be another's by now. */
	download->kept = true;
}

static enum result_status result_of(const struct download *download)
{
	if (download->outrun)
		return RESULT_EXISTS;
	if (download_failed(download))
		return RESULT_FAILED;
	/* Nothing had to come from the server: what was here was proven, no more. */
	if (download->proving || (download->reused > 0 && download->fetched == 0))
		return RESULT_VERIFIED;
	return RESULT_FETCHED;
}

static void tell_one(struct commit *commit, struct download *download)
{
	if (download_failed(download))
		landing_give_up(commit->transfer, download);
	else
		landing_close(commit->transfer, download);
	outcome_download(commit->transfer, download, result_of(download));
}

static void each_sound(struct commit *commit, void (*act)(struct commit *commit, struct download *download))
{
	for (size_t i = 0; i < commit->count; i++) {
		if (!download_failed(commit->group[i]))
			act(commit, commit->group[i]);
	}
}

void commit_all(struct commit *commit)
{
	const struct plan_folder *settled = NULL;

	each_sound(commit, finish_one);
	commit->together = sync_together(commit);
	each_sound(commit, flush_one);
	each_sound(commit, sync_one);
	each_sound(commit, rename_one);
	commit->together = commit->together && sync_together(commit);
	for (size_t i = 0; i < commit->count; i++) {
		if (!download_failed(commit->group[i]))
			settle_one(commit, commit->group[i], &settled);
	}
	for (size_t i = 0; i < commit->count; i++)
		tell_one(commit, commit->group[i]);
	commit->count = 0;
	commit->bytes = 0;
}

/* It has its name already. */
static void confirm(struct commit *commit, struct download *download)
{
	landing_confirm(commit->transfer, download, &download->failure);
	tell_one(commit, download);
}

void commit_add(struct commit *commit, struct download *download)
{
	if (download->proving) {
		confirm(commit, download);
		return;
	}
	if (download->outlet) {
		outcome_download(commit->transfer, download, RESULT_FETCHED);
		return;
	}
	commit->group[commit->count++] = download;
	commit->bytes += download->source.size;
	/* Only syncs are better done together. */
	if (!commit->transfer->sync || commit->count == COMMIT_FILES_MAX || commit->bytes >= COMMIT_BYTES_MAX)
		commit_all(commit);
}
