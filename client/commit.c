/* Commits groups of files in the order that survives a power cut. */
#include "commit.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "folders.h"
#include "landing.h"
#include "outcome.h"
#include "sync.h"

/* Descriptors for a file and its folder, in three groups (one named, one synced, one filled), each twice as full under a slow leader. */
#define DESCRIPTORS_EACH 12
/* And those that the rest of the process needs. */
#define DESCRIPTORS_ELSEWHERE 128

struct group {
	struct download *first, *last;
	size_t count;
	uint64_t bytes;
	int64_t since;  /* when the first one came */
	bool elsewhere; /* some are on another file system than the destination itself */
};

struct commit {
	struct transfer *transfer;
	size_t files_max;
	dev_t device; /* of the destination */
	pthread_mutex_t lock;
	pthread_cond_t free;
	/* guarded by lock */
	struct group written; /* files with all their bytes, not synced yet */
	bool led;             /* a thread is committing the groups before */
	/* the leader's */
	struct group named;   /* files with their names, which may not be on disk yet */
	bool together;        /* one call has synced both groups */
	bool apart;           /* such a call has failed: files are synced one by one from then on */
};

static size_t files_max(size_t descriptors)
{
	size_t max = descriptors > DESCRIPTORS_ELSEWHERE ? (descriptors - DESCRIPTORS_ELSEWHERE) / DESCRIPTORS_EACH : 1;

	return max < COMMIT_FILES_MAX ? max : COMMIT_FILES_MAX;
}

enum status commit_new(struct transfer *transfer, size_t descriptors, struct commit **commit)
{
	struct stat stat;
	int folder = transfer->destination->folder;

	if (folder >= 0 && fstat(folder, &stat) < 0)
		return status_from_errno(errno);
	struct commit *made = calloc(1, sizeof(*made));
	if (!made)
		return STATUS_NO_MEMORY;
	made->transfer = transfer;
	made->device = folder >= 0 ? stat.st_dev : 0;
	made->files_max = files_max(descriptors);
	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->free, NULL);
	*commit = made;
	return STATUS_OK;
}

void commit_free(struct commit *commit)
{
	if (!commit)
		return;
	pthread_cond_destroy(&commit->free);
	pthread_mutex_destroy(&commit->lock);
	free(commit);
}

/* --- Groups -------------------------------------------------------------------------------------------------------- */

static void append(const struct commit *commit, struct group *group, struct download *download)
{
	download->next = NULL;
	if (group->last)
		group->last->next = download;
	else
		group->first = download;
	group->last = download;
	if (group->count++ == 0)
		group->since = clock_now();
	group->bytes += download->source.size;
	group->elsewhere |= download->partial.device != commit->device;
}

/* NULL when GROUP is empty. */
static struct download *take_first(struct group *group)
{
	struct download *download = group->first;

	if (!download)
		return NULL;
	group->first = download->next;
	download->next = NULL;
	if (!group->first)
		*group = (struct group){0};
	return download;
}

static bool is_old(const struct group *group)
{
	return group->count > 0 && clock_now() - group->since >= COMMIT_AGE_MAX;
}

static bool is_full(const struct commit *commit, const struct group *group)
{
	return group->count >= commit->files_max || group->bytes >= COMMIT_BYTES_MAX || is_old(group);
}

/* --- One file ------------------------------------------------------------------------------------------------------ */

static void fail(struct commit *commit, struct download *download, enum status status)
{
	outcome_local_failure(commit->transfer, &download->file->node, status, "cannot write", &download->failure);
}

static enum result_status result_of(const struct download *download)
{
	if (download_failed(download))
		return download->lost_race ? RESULT_EXISTS : RESULT_FAILED;
	if (download->lost_race)
		return download->summed ? RESULT_VERIFIED : RESULT_UNCHANGED;
	/* Nothing had to come from the server: the bytes here were proven, no more. */
	if (download->proving || (download->reused > 0 && download->fetched == 0))
		return RESULT_VERIFIED;
	return RESULT_FETCHED;
}

static void tell_one(struct commit *commit, struct download *download)
{
	if (download->lost_race)
		landing_withdraw(commit->transfer, download);
	else if (download_failed(download))
		landing_give_up(commit->transfer, download);
	else
		landing_close(commit->transfer, download);
	outcome_download(commit->transfer, download, result_of(download));
}

static void finish_one(struct commit *commit, struct download *download)
{
	enum status status = partial_finish(&download->partial, download->source.size, landing_mode(commit->transfer, download),
		&download->source.mtime);

	if (status != STATUS_OK)
		fail(commit, download, status);
}

static void sync_one(struct commit *commit, struct download *download)
{
	enum status status = partial_sync(&download->partial);

	if (status == STATUS_OK)
		return;
	fail(commit, download, status);
	/* If that fails too the next run finds the partial, and proves its bytes before it uses them. */
	if (partial_remove(&download->partial) == STATUS_OK)
		partial_close(&download->partial);
}

/* A mode that had to be restored is synced again. */
static enum status keep_mode(struct commit *commit, struct download *download)
{
	bool restored;
	enum status status = partial_keep_mode(&download->partial, landing_mode(commit->transfer, download), &restored);

	return status == STATUS_OK && restored && commit->transfer->sync ? partial_sync(&download->partial) : status;
}

static void rename_one(struct commit *commit, struct download *download)
{
	enum place place = PLACE_FREE;
	enum status status = keep_mode(commit, download);

	if (status == STATUS_OK)
		status = landing_rename(commit->transfer, download, &place);
	/* Another ferry may have made it readable just before the renaming. */
	if (status == STATUS_OK && place != PLACE_SAME && !(landing_mode(commit->transfer, download) & S_IRUSR))
		status = keep_mode(commit, download);
	download->lost_race = status == STATUS_EXISTS || (status == STATUS_OK && place == PLACE_SAME);
	if (status == STATUS_EXISTS)
		outcome_exists(commit->transfer, &download->file->node, &download->failure);
	else if (status != STATUS_OK)
		fail(commit, download, status);
}

/* A folder is synced once for all the names that it has gained. */
static void settle_one(struct commit *commit, struct download *download)
{
	struct plan_folder *folder = download->file->node.parent;

	if (!folder->gained)
		return;
	enum status status = commit->together ? folders_settle_synced(commit->transfer->folders, folder) :
		folders_settle(commit->transfer->folders, folder);
	if (status == STATUS_OK) {
		folder->gained = false;
		return;
	}
	fail(commit, download, status);
	/* The file has its final name, and the partial's name may be somebody else's by now: nothing is removed. */
	download->kept = true;
}

/* --- Two groups: the names of one, the bytes of the next ----------------------------------------------------------- */

/*
 * Syncs both groups by one call. When it fails each file is synced by itself, to find out which one it was. The kernel reports an
 * error once, and that call may have swallowed the error of any file: from then on all files are synced one by one.
 */
static bool sync_together(struct commit *commit, const struct group *written)
{
	const struct group *named = &commit->named;

	if (commit->apart || written->elsewhere || named->elsewhere || written->count + named->count < COMMIT_TOGETHER)
		return false;
	commit->apart = sync_file_system(commit->transfer->destination->folder) != STATUS_OK;
	return !commit->apart;
}

/* Writeback first, for all: then the first fsync allocates every block in one commit of the file system's journal. */
static void sync_each(struct commit *commit, const struct group *written)
{
	for (struct download *download = written->first; download; download = download->next)
		partial_flush(&download->partial);
	for (struct download *download = written->first; download; download = download->next)
		sync_one(commit, download);
}

static void settle_all(struct commit *commit)
{
	struct download *download;

	while ((download = take_first(&commit->named))) {
		settle_one(commit, download);
		tell_one(commit, download);
	}
}

static void name_all(struct commit *commit, struct group *written)
{
	struct download *download;

	while ((download = take_first(written))) {
		if (!download_failed(download))
			rename_one(commit, download);
		if (download_failed(download) || download->lost_race) {
			tell_one(commit, download);
			continue;
		}
		download->file->node.parent->gained = true;
		append(commit, &commit->named, download);
	}
}

/* Caller holds lock, which is released meanwhile. */
static void lead(struct commit *commit)
{
	struct group written = commit->written;

	commit->written = (struct group){0};
	commit->led = true;
	pthread_mutex_unlock(&commit->lock);
	commit->together = sync_together(commit, &written);
	if (!commit->together)
		sync_each(commit, &written);
	settle_all(commit);
	name_all(commit, &written);
	pthread_mutex_lock(&commit->lock);
	commit->led = false;
	pthread_cond_broadcast(&commit->free);
}

/* --- What threads call --------------------------------------------------------------------------------------------- */

void commit_all(struct commit *commit)
{
	/* One round names the files written until now, the next settles these names; files added meanwhile are up to their threads. */
	pthread_mutex_lock(&commit->lock);
	for (int rounds = 0; rounds < 2; rounds++) {
		while (commit->led)
			pthread_cond_wait(&commit->free, &commit->lock);
		if (commit->written.count + commit->named.count > 0)
			lead(commit);
	}
	pthread_mutex_unlock(&commit->lock);
}

bool commit_old(struct commit *commit)
{
	pthread_mutex_lock(&commit->lock);
	if (!commit->led && (is_old(&commit->written) || is_old(&commit->named)))
		lead(commit);
	/* The groups in the hands of a leader may hold files of ours. */
	bool waits = commit->led || commit->written.count + commit->named.count > 0;
	pthread_mutex_unlock(&commit->lock);
	return waits;
}

/* Waits for a leader only if it is so slow that the next group is full twice over. */
static void add_to_group(struct commit *commit, struct download *download)
{
	pthread_mutex_lock(&commit->lock);
	while (commit->led && commit->written.count >= 2 * commit->files_max)
		pthread_cond_wait(&commit->free, &commit->lock);
	append(commit, &commit->written, download);
	if (!commit->led && is_full(commit, &commit->written))
		lead(commit);
	pthread_mutex_unlock(&commit->lock);
}

/* The file was proven in its place: it has its name already. */
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
	finish_one(commit, download);
	if (!download_failed(download) && commit->transfer->sync) {
		add_to_group(commit, download);
		return;
	}
	if (!download_failed(download))
		rename_one(commit, download);
	tell_one(commit, download);
}
