/* Reads, writes and removes the entries of the digest index. */
#include "digest_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "all_bytes.h"
#include "beneath.h"
#include "index_entry.h"
#include "index_sweep.h"
#include "log.h"

/* A sweep reads the whole folder, so it makes room for many entries at once. */
#define SLACK(limit) ((limit) / 8)

#define UNFINISHED_LENGTH (INDEX_NAME_LENGTH + sizeof(INDEX_UNFINISHED) - 1 + 16)

struct digest_index {
	int folder;
	struct digest_index_limits limits;
	atomic_bool failing; /* a failure to save was logged */
	_Atomic uint64_t moment; /* grows, under lock, with everything that is forgotten */
	pthread_mutex_t lock;
	/* guarded by lock */
	uint64_t files; /* saved since the last sweep */
	uint64_t bytes;
	bool sweeping;
};

enum status digest_index_new(int folder, struct digest_index_limits limits, struct digest_index **index)
{
	struct digest_index *made = calloc(1, sizeof(*made));

	if (!made) {
		close(folder);
		return STATUS_NO_MEMORY;
	}
	made->folder = folder;
	made->limits = limits;
	/* The entries already there have not been counted: the first save is to sweep. */
	made->files = limits.files;
	pthread_mutex_init(&made->lock, NULL);
	*index = made;
	return STATUS_OK;
}

int digest_index_folder(const struct digest_index *index)
{
	return index->folder;
}

void digest_index_free(struct digest_index *index)
{
	if (!index)
		return;
	pthread_mutex_destroy(&index->lock);
	close(index->folder);
	free(index);
}

/* LENGTH comes from the file: it is checked against the limits of an entry before anything is allocated. */
static enum status read_entry(int fd, uint64_t length, uint64_t bytes_max, const struct version *version,
	struct known_digests *known)
{
	uint64_t shortest = index_entry_length(known->file_size, 0);
	uint64_t longest = index_entry_length(known->file_size, known->piece_count);

	if (length < shortest || length > longest || length > bytes_max)
		return STATUS_MISMATCH;
	unsigned char *bytes = malloc((size_t)length);
	if (!bytes)
		return STATUS_NO_MEMORY;
	size_t got = 0;
	enum status status = all_bytes_read(fd, bytes, (size_t)length, &got);
	if (status == STATUS_OK && got < length)
		status = STATUS_MISMATCH;
	if (status == STATUS_OK)
		status = index_entry_decode((struct span){.bytes = bytes, .length = (size_t)length}, version, known);
	free(bytes);
	return status;
}

/* STATUS_MISMATCH if the file is no entry. */
static enum status recall(struct digest_index *index, const char *name, const struct version *version,
	struct known_digests *known)
{
	int fd;
	struct stat stat;
	enum status status = beneath_open_file(index->folder, name, BENEATH_NO_SYMLINKS, &fd, &stat);

	if (status == STATUS_SYMLINK || status == STATUS_NOT_REGULAR)
		return STATUS_MISMATCH;
	if (status != STATUS_OK)
		return status;
	status = read_entry(fd, (uint64_t)stat.st_size, index->limits.bytes, version, known);
	/* Marks it as used today; if that fails, it is only removed sooner. */
	if (status == STATUS_OK)
		futimens(fd, NULL);
	close(fd);
	return status;
}

void digest_index_recall(struct digest_index *index, const struct version *version, struct known_digests *known)
{
	char name[INDEX_NAME_LENGTH + 1];

	index_entry_name(version, name);
	if (recall(index, name, version, known) != STATUS_MISMATCH)
		return;
	enum status status = beneath_remove_name(index->folder, name);
	log_line(LOG_WARN, "event=cache_entry_damaged name=%s removed=%s", name, status == STATUS_OK ? "yes" : "no");
}

uint64_t digest_index_moment(struct digest_index *index)
{
	return atomic_load(&index->moment);
}

enum status digest_index_encode(const struct digest_index *index, const struct version *version,
	const struct known_digests *known, struct digest_draft *draft)
{
	uint64_t length = index_entry_length(known->file_size, known->known_count);

	if (length > index->limits.bytes - SLACK(index->limits.bytes))
		return STATUS_LIMIT;
	draft->version = *version;
	return index_entry_encode(version, known, &draft->bytes, &draft->length);
}

static enum status write_unfinished(const struct digest_index *index, const char *name, const struct digest_draft *draft)
{
	int fd;
	enum status status = beneath_open(index->folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600, &fd);

	if (status != STATUS_OK)
		return status;
	status = all_bytes_write(fd, draft->bytes, draft->length);
	if (close(fd) < 0 && status == STATUS_OK)
		status = status_from_errno(errno);
	return status;
}

/* STATUS_CHANGED where something was forgotten since MOMENT. */
static enum status finish(struct digest_index *index, uint64_t moment, const char *unfinished, const char *name)
{
	enum status status = STATUS_CHANGED;

	pthread_mutex_lock(&index->lock);
	if (atomic_load(&index->moment) == moment)
		status = beneath_rename_name(index->folder, unfinished, name);
	pthread_mutex_unlock(&index->lock);
	return status;
}

/* Servers that share the folder may be in process namespaces of their own: only random names keep their files apart. */
static enum status name_unfinished(char unfinished[UNFINISHED_LENGTH + 1], const char *name)
{
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		return STATUS_IO;
	snprintf(unfinished, UNFINISHED_LENGTH + 1, "%s" INDEX_UNFINISHED "%016" PRIx64, name, random);
	return STATUS_OK;
}

static enum status write_entry(struct digest_index *index, uint64_t moment, const struct digest_draft *draft)
{
	char name[INDEX_NAME_LENGTH + 1], unfinished[UNFINISHED_LENGTH + 1];

	index_entry_name(&draft->version, name);
	enum status status = index_entry_seal(draft->bytes, draft->length);
	if (status == STATUS_OK)
		status = name_unfinished(unfinished, name);
	if (status != STATUS_OK)
		return status;
	status = write_unfinished(index, unfinished, draft);
	if (status == STATUS_OK)
		status = finish(index, moment, unfinished, name);
	/* Where even that fails, a later sweep removes it. */
	if (status != STATUS_OK && beneath_remove_name(index->folder, unfinished) != STATUS_OK)
		log_line(LOG_DEBUG, "event=cache_leftover name=%s", unfinished);
	return status;
}

/* Counts one more entry; true when the caller is to sweep. */
static bool count_entry(struct digest_index *index, size_t length)
{
	bool due = false;

	pthread_mutex_lock(&index->lock);
	index->files++;
	index->bytes += length;
	if (!index->sweeping)
		due = index->files > SLACK(index->limits.files) || index->bytes > SLACK(index->limits.bytes);
	if (due) {
		index->sweeping = true;
		index->files = 0;
		index->bytes = 0;
	}
	pthread_mutex_unlock(&index->lock);
	return due;
}

static enum status sweep(struct digest_index *index)
{
	const struct digest_index_limits *limits = &index->limits;
	enum status status = index_sweep(index->folder, limits->files - SLACK(limits->files),
		limits->bytes - SLACK(limits->bytes));

	pthread_mutex_lock(&index->lock);
	index->sweeping = false;
	pthread_mutex_unlock(&index->lock);
	return status;
}

static void tell(struct digest_index *index, enum status status)
{
	if (status == STATUS_OK)
		atomic_store(&index->failing, false);
	else if (status != STATUS_CHANGED && !atomic_exchange(&index->failing, true))
		log_line(LOG_WARN, "event=cache_unwritable reason=\"%s\"", status_text(status));
}

enum status digest_index_save(struct digest_index *index, uint64_t moment, struct digest_draft *draft)
{
	enum status status = write_entry(index, moment, draft);

	if (status == STATUS_OK && count_entry(index, draft->length))
		status = sweep(index);
	free(draft->bytes);
	draft->bytes = NULL;
	tell(index, status);
	return status;
}

void digest_index_forget(struct digest_index *index, const struct version *version)
{
	char name[INDEX_NAME_LENGTH + 1];

	index_entry_name(version, name);
	pthread_mutex_lock(&index->lock);
	atomic_fetch_add(&index->moment, 1);
	enum status status = beneath_remove_name(index->folder, name);
	pthread_mutex_unlock(&index->lock);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		tell(index, status);
}
