/* Makes, opens, caches and syncs the folders of the destination. */
#include "folders.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "sync.h"

#define IDLE_MAX 64 /* descriptors that stay open though nobody uses them */

struct folders {
	struct folders_options options;
	pthread_mutex_t lock;
	/* guarded by lock; so are the fields of every plan_folder that its struct names */
	struct plan_folder idle; /* a ring: the head's next went idle last */
	unsigned idle_count;
	bool completing; /* the threads are over: a failure is reported for its folder from here on, not for a file */
};

enum status folders_new(const struct folders_options *options, struct folders **folders)
{
	struct folders *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	made->options = *options;
	pthread_mutex_init(&made->lock, NULL);
	made->idle.idle_next = made->idle.idle_previous = &made->idle;
	*folders = made;
	return STATUS_OK;
}

static bool is_root(const struct plan_folder *folder)
{
	return !folder->node.parent;
}

/* --- The idle ring (caller holds lock) ----------------------------------------------------------------------------- */

static void remove_idle(struct folders *folders, struct plan_folder *folder)
{
	folder->idle_next->idle_previous = folder->idle_previous;
	folder->idle_previous->idle_next = folder->idle_next;
	folder->idle_next = folder->idle_previous = NULL;
	folders->idle_count--;
}

static void close_oldest(struct folders *folders)
{
	struct plan_folder *oldest = folders->idle.idle_previous;

	remove_idle(folders, oldest);
	close(oldest->fd);
	oldest->fd = -1;
}

static void add_idle(struct folders *folders, struct plan_folder *folder)
{
	folder->idle_next = folders->idle.idle_next;
	folder->idle_previous = &folders->idle;
	folder->idle_next->idle_previous = folder;
	folders->idle.idle_next = folder;
	if (++folders->idle_count > IDLE_MAX)
		close_oldest(folders);
}

void folders_free(struct folders *folders)
{
	if (!folders)
		return;
	while (folders->idle_count > 0)
		close_oldest(folders);
	pthread_mutex_destroy(&folders->lock);
	free(folders);
}

/* --- Opening ------------------------------------------------------------------------------------------------------- */

enum absent {
	ABSENT_IS_MADE,
	ABSENT_FAILS, /* STATUS_NOT_FOUND */
};

static enum status use_locked(struct folders *folders, struct plan_folder *folder, enum absent absent);

/* Caller holds lock. */
static void leave_locked(struct folders *folders, struct plan_folder *folder)
{
	assert(folder->users > 0);
	if (--folder->users == 0 && !is_root(folder))
		add_idle(folders, folder);
}

enum folding folders_folding(const struct plan_folder *folder)
{
	return (enum folding)atomic_load_explicit(&folder->folding, memory_order_acquire);
}

/* Several threads may probe at the same time, and some learn nothing: the first answer stays. */
void folders_learn(struct plan_folder *folder, int fd, const char *name)
{
	unsigned char before = FOLDING_UNKNOWN;

	if (folders_folding(folder) == FOLDING_UNKNOWN)
		atomic_compare_exchange_strong(&folder->folding, &before, (unsigned char)folding_probe(fd, name));
}

/* FOLDER is there: by its name its parent can be probed for folding case. Caller holds lock. */
static void learn_locked(struct folders *folders, struct plan_folder *folder)
{
	struct plan_folder *parent = folder->node.parent;

	if (folders_folding(parent) == FOLDING_UNKNOWN && use_locked(folders, parent, ABSENT_IS_MADE) == STATUS_OK) {
		folders_learn(parent, parent->fd, folder->name);
		leave_locked(folders, parent);
	}
	if (folders_folding(parent) == FOLDING_YES)
		atomic_store_explicit(&folder->folding, FOLDING_YES, memory_order_release);
}

/* Caller holds lock. */
static enum status make_locked(struct folders *folders, struct plan_folder *folder)
{
	enum status status = use_locked(folders, folder->node.parent, ABSENT_IS_MADE);

	if (status != STATUS_OK)
		return status;
	status = beneath_make_folder(folder->node.parent->fd, folder->name, folder->first_mode, &folder->fd, &folder->made);
	leave_locked(folders, folder->node.parent);
	return status;
}

/* Caller holds lock. */
static enum status open_locked(struct folders *folders, struct plan_folder *folder, enum absent absent)
{
	char path[PLAN_PATH_SIZE];

	if (folders->options.root < 0)
		return STATUS_NOT_FOUND;
	if (is_root(folder)) {
		folder->fd = folders->options.root;
		return STATUS_OK;
	}
	plan_landing(&folder->node, path);
	enum status status = beneath_open_folder(folders->options.root, path, BENEATH_NO_SYMLINKS, &folder->fd);
	if (status == STATUS_NOT_FOUND && absent == ABSENT_IS_MADE)
		status = make_locked(folders, folder);
	if (status == STATUS_OK)
		learn_locked(folders, folder);
	return status;
}

/* Caller holds lock. */
static enum status use_locked(struct folders *folders, struct plan_folder *folder, enum absent absent)
{
	/* A folder that was not there before the run holds nothing from before it. */
	if ((folder->made || folder->absent) && absent == ABSENT_FAILS)
		return STATUS_NOT_FOUND;
	if (folder->fd < 0) {
		enum status status = open_locked(folders, folder, absent);
		folder->absent = status == STATUS_NOT_FOUND && absent == ABSENT_FAILS;
		folder->failed = folder->failed || (status != STATUS_OK && !folder->absent && !folders->completing);
		if (status != STATUS_OK)
			return status;
	} else if (folder->users == 0 && !is_root(folder)) {
		remove_idle(folders, folder);
	}
	folder->users++;
	return STATUS_OK;
}

static enum status use(struct folders *folders, struct plan_folder *folder, enum absent absent, int *fd)
{
	pthread_mutex_lock(&folders->lock);
	enum status status = use_locked(folders, folder, absent);
	if (status == STATUS_OK)
		*fd = folder->fd;
	pthread_mutex_unlock(&folders->lock);
	return status;
}

enum status folders_use(struct folders *folders, struct plan_folder *folder, int *fd)
{
	return use(folders, folder, ABSENT_IS_MADE, fd);
}

enum status folders_look(struct folders *folders, struct plan_folder *folder, int *fd)
{
	return use(folders, folder, ABSENT_FAILS, fd);
}

void folders_leave(struct folders *folders, struct plan_folder *folder)
{
	pthread_mutex_lock(&folders->lock);
	leave_locked(folders, folder);
	pthread_mutex_unlock(&folders->lock);
}

/* --- Settling ------------------------------------------------------------------------------------------------------ */

/* Is FOLDER's name on disk? That of the destination itself is its owner's business. */
static bool is_settled(struct folders *folders, const struct plan_folder *folder)
{
	pthread_mutex_lock(&folders->lock);
	bool settled = folder->settled || is_root(folder);
	pthread_mutex_unlock(&folders->lock);
	return settled;
}

static void note_settled(struct folders *folders, struct plan_folder *folder)
{
	pthread_mutex_lock(&folders->lock);
	folder->settled = true;
	pthread_mutex_unlock(&folders->lock);
}

/* Syncs the folder that holds FOLDER's name; two threads may both do it. */
static enum status settle_name(struct folders *folders, struct plan_folder *folder)
{
	int fd;
	enum status status = folders_use(folders, folder->node.parent, &fd);

	if (status != STATUS_OK)
		return status;
	status = sync_folder(fd);
	folders_leave(folders, folder->node.parent);
	if (status == STATUS_OK)
		note_settled(folders, folder);
	return status;
}

/* A folder that this run made is on the file system of its parent, which was synced as a whole. */
static bool was_synced_with(struct folders *folders, struct plan_folder *folder)
{
	pthread_mutex_lock(&folders->lock);
	bool made = folder->made;
	pthread_mutex_unlock(&folders->lock);
	if (made)
		note_settled(folders, folder);
	return made;
}

static enum status settle_names(struct folders *folders, struct plan_folder *folder, bool synced)
{
	enum status status = STATUS_OK;

	for (; status == STATUS_OK && !is_settled(folders, folder); folder = folder->node.parent) {
		if (!synced || !was_synced_with(folders, folder))
			status = settle_name(folders, folder);
	}
	return status;
}

enum status folders_settle(struct folders *folders, struct plan_folder *folder)
{
	if (!folders->options.sync)
		return STATUS_OK;
	enum status status = sync_folder(folder->fd);
	return status == STATUS_OK ? settle_names(folders, folder, false) : status;
}

enum status folders_settle_synced(struct folders *folders, struct plan_folder *folder)
{
	return settle_names(folders, folder, true);
}

/* --- Completing ---------------------------------------------------------------------------------------------------- */

static enum status give_mode_and_time(const struct folders *folders, const struct plan_folder *folder, int fd)
{
	const struct timespec time = {.tv_sec = (time_t)folder->node.mtime.seconds, .tv_nsec = (long)folder->node.mtime.nanoseconds};
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, time};
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return status_from_errno(errno);
	/* A set-group-ID bit was inherited from the parent: it stays. */
	mode_t mode = (folder->node.mode & 0777 & ~folders->options.umask) | 0700 | (stat.st_mode & S_ISGID);
	if ((stat.st_mode & 07777) != mode && fchmod(fd, mode) < 0)
		return status_from_errno(errno);
	/* Nothing is set that is right already: the folder may be on a read-only mount, or belong to somebody else. */
	bool timely = stat.st_mtim.tv_sec == time.tv_sec && stat.st_mtim.tv_nsec == time.tv_nsec;
	if (!timely && futimens(fd, times) < 0)
		return status_from_errno(errno);
	return STATUS_OK;
}

/* Was it made by this run, and has no file in it settled its name? */
static bool is_new(struct folders *folders, const struct plan_folder *folder)
{
	pthread_mutex_lock(&folders->lock);
	bool is_new = folder->made && !folder->settled;
	pthread_mutex_unlock(&folders->lock);
	return is_new;
}

static enum status use_to_complete(struct folders *folders, struct plan_folder *folder, int *fd)
{
	pthread_mutex_lock(&folders->lock);
	folders->completing = true;
	pthread_mutex_unlock(&folders->lock);
	return folders_use(folders, folder, fd);
}

enum status folders_complete(struct folders *folders, struct plan_folder *folder)
{
	int fd;
	enum status status = use_to_complete(folders, folder, &fd);

	if (status != STATUS_OK)
		return status;
	if (folder->node.attributes_known)
		status = give_mode_and_time(folders, folder, fd);
	if (status == STATUS_OK && is_new(folders, folder))
		status = folders_settle(folders, folder);
	folders_leave(folders, folder);
	return status;
}
