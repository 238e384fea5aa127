/* Keeps the table of contents: counts users, makes room, drops stale ones. */
#include "content.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "content_state.h"
#include "file_state.h"
#include "file_system.h"
#include "wire.h"

enum status contents_new(size_t max, struct digest_index *index, struct contents **contents)
{
	size_t bucket_count = 1;

	while (bucket_count < max)
		bucket_count *= 2;
	struct contents *made = calloc(1, sizeof(*made) + bucket_count * sizeof(made->buckets[0]));
	if (!made)
		return STATUS_NO_MEMORY;
	made->max = max;
	made->index = index;
	made->bucket_mask = bucket_count - 1;
	pthread_mutex_init(&made->lock, NULL);
	*contents = made;
	return STATUS_OK;
}

/* The index for this file, if it is one to remember: a lone piece is hashed as fast as looked up. */
static struct digest_index *index_for(const struct contents *contents, int fd, const struct stat *stat)
{
	if (!contents->index || stat->st_size <= PIECE_SIZE)
		return NULL;
	return file_system_shows_changes(fd) ? contents->index : NULL;
}

static struct content *content_new(struct digest_index *index, const struct stat *stat, const struct version *version)
{
	struct content *content = calloc(1, sizeof(*content));

	if (!content)
		return NULL;
	content->version = *version;
	content->stat = *stat;
	content->fd = -1;
	atomic_init(&content->stale, false);
	shared_digests_init(&content->digests, index, version, stat);
	return content;
}

/* The end of every content: nobody uses it, no table knows it. */
static void content_drop(struct content *content)
{
	if (!content)
		return;
	shared_digests_save(&content->digests);
	shared_digests_release(&content->digests);
	free(content);
}

int content_fd(const struct content *content)
{
	return content->fd;
}

_Atomic int64_t *content_cold_at(struct content *content)
{
	return &content->cold_at;
}

/* A version is a piece of a SHA-256: any of its bytes are a good hash. */
static struct content **bucket_of(struct contents *contents, const struct version *version)
{
	uint64_t hash = 0;

	for (size_t i = 0; i < sizeof(hash); i++)
		hash = hash << 8 | version->bytes[i];
	return &contents->buckets[hash & contents->bucket_mask];
}

/* caller holds contents.lock */
static struct content *table_find(struct contents *contents, const struct version *version)
{
	struct content *content = *bucket_of(contents, version);

	while (content && !version_equal(&content->version, version))
		content = content->same_bucket;
	return content;
}

/* caller holds contents.lock */
static void table_add(struct contents *contents, struct content *content)
{
	struct content **bucket = bucket_of(contents, &content->version);

	content->same_bucket = *bucket;
	*bucket = content;
}

/* caller holds contents.lock */
static void table_remove(struct contents *contents, struct content *content)
{
	struct content **link = bucket_of(contents, &content->version);

	while (*link != content)
		link = &(*link)->same_bucket;
	*link = content->same_bucket;
}

/* caller holds contents.lock */
static void unused_add(struct contents *contents, struct content *content)
{
	content->older = contents->newest;
	content->newer = NULL;
	*(contents->newest ? &contents->newest->newer : &contents->oldest) = content;
	contents->newest = content;
}

/* caller holds contents.lock */
static void unused_remove(struct contents *contents, struct content *content)
{
	*(content->older ? &content->older->newer : &contents->oldest) = content->newer;
	*(content->newer ? &content->newer->older : &contents->newest) = content->older;
}

/*
 * Makes room for one more where the table is full: *DROPPED is the one that has to go, the caller's to drop once the
 * lock is free again. False when all are in use.
 * caller holds contents.lock
 */
static bool make_room(struct contents *contents, struct content **dropped)
{
	if (contents->count < contents->max)
		return true;
	if (!contents->oldest)
		return false;
	*dropped = contents->oldest;
	unused_remove(contents, *dropped);
	table_remove(contents, *dropped);
	contents->count--;
	return true;
}

/* Takes *FRESH over, as one that nobody uses yet. caller holds contents.lock */
static struct content *adopt(struct contents *contents, struct content **fresh)
{
	struct content *content = *fresh;

	*fresh = NULL;
	table_add(contents, content);
	unused_add(contents, content);
	contents->count++;
	return content;
}

/* Counts one more user, the first of whom brings the descriptor. caller holds contents.lock */
static void use(struct contents *contents, struct content *content, int *fd)
{
	if (content->users++ > 0)
		return;
	unused_remove(contents, content);
	content->fd = *fd;
	*fd = -1;
}

enum status contents_take(struct contents *contents, int fd, const struct stat *stat, const struct version *version,
	struct content **content)
{
	struct content *found = NULL, *dropped = NULL;
	struct content *fresh = content_new(index_for(contents, fd, stat), stat, version);
	enum status status = fresh ? STATUS_BUSY : STATUS_NO_MEMORY;

	if (fresh) {
		pthread_mutex_lock(&contents->lock);
		found = table_find(contents, version);
		if (!found && make_room(contents, &dropped))
			found = adopt(contents, &fresh);
		if (found)
			use(contents, found, &fd);
		pthread_mutex_unlock(&contents->lock);
	}
	content_drop(dropped);
	content_drop(fresh);
	if (fd >= 0)
		close(fd);
	if (!found)
		return status;
	*content = found;
	return STATUS_OK;
}

/*
 * Nobody uses the content any more: *FD is its descriptor, the caller's to close. True when the content is stale, and
 * thus gone too.
 * caller holds contents.lock
 */
static bool retire(struct contents *contents, struct content *content, int *fd)
{
	*fd = content->fd;
	content->fd = -1;
	if (!atomic_load(&content->stale)) {
		unused_add(contents, content);
		return false;
	}
	contents->count--;
	return true;
}

void content_release(struct contents *contents, struct content *content)
{
	int fd = -1;
	bool gone = false;

	pthread_mutex_lock(&contents->lock);
	assert(content->users > 0);
	if (--content->users == 0)
		gone = retire(contents, content, &fd);
	pthread_mutex_unlock(&contents->lock);
	if (fd >= 0)
		close(fd);
	if (gone)
		content_drop(content);
}

/* From here on nobody finds it; its users learn of it at their next check. */
static void make_stale(struct contents *contents, struct content *content)
{
	/* First: a request that finds no content of this version must not find its digests in the index either. */
	shared_digests_disown(&content->digests);
	pthread_mutex_lock(&contents->lock);
	if (!atomic_exchange(&content->stale, true))
		table_remove(contents, content);
	pthread_mutex_unlock(&contents->lock);
}

void contents_free(struct contents *contents)
{
	if (!contents)
		return;
	while (contents->oldest) {
		struct content *content = contents->oldest;
		unused_remove(contents, content);
		contents->count--;
		content_drop(content);
	}
	assert(contents->count == 0);
	pthread_mutex_destroy(&contents->lock);
	free(contents);
}

enum status content_check(struct contents *contents, struct content *content)
{
	struct stat now;

	if (atomic_load(&content->stale))
		return STATUS_CHANGED;
	if (fstat(content->fd, &now) < 0)
		return status_from_errno(errno);
	if (file_state_is_same(&content->stat, &now))
		return STATUS_OK;
	make_stale(contents, content);
	return STATUS_CHANGED;
}

static enum status verdict(const struct content *content)
{
	return atomic_load(&content->stale) ? STATUS_CHANGED : STATUS_OK;
}

bool content_digest(struct content *content, uint64_t piece, struct digest *digest)
{
	return shared_digests_find(&content->digests, piece, digest);
}

enum status content_remember(struct contents *contents, struct content *content, uint64_t piece,
	const struct digest *digest)
{
	if (!shared_digests_agree(&content->digests, piece, digest))
		make_stale(contents, content);
	return verdict(content);
}

enum status content_refresh(struct content *content, uint64_t piece, const struct digest *digest)
{
	shared_digests_replace(&content->digests, piece, digest);
	return verdict(content);
}

bool content_root(struct content *content, struct lanes *lanes, struct digest *root)
{
	return shared_digests_root(&content->digests, lanes, root);
}
