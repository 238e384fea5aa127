/* Reads folders batch by batch, and keeps the names of subfolders in the batch's own memory. */
#include "folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"
#include "resolve.h"

/* Read by one system call: some hundred entries. */
#define BATCH_SIZE 32768u

static enum status take_place(struct services *services, const struct visitor *visitor)
{
	return caps_take(&services->caps, visitor->part, CAP_FOLDERS, 1);
}

static void give_place(struct services *services, const struct visitor *visitor)
{
	caps_give(&services->caps, visitor->part, CAP_FOLDERS, 1);
}

/* Folders of our own do not exist for clients. */
static enum status check_shown(const struct services *services, int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) < 0)
		return status_from_errno(errno);
	return own_folders_are(&services->shares->own, &stat) ? STATUS_NOT_FOUND : STATUS_OK;
}

/* STATUS is the outcome of opening FD, for which folder->visitor took a place. The list of shares needs none. */
static enum status start(struct folder *folder, struct services *services, enum status status, int fd)
{
	const struct visitor *visitor = folder->visitor;

	if (status == STATUS_OK && fd >= 0 && (status = check_shown(services, fd)) != STATUS_OK)
		close(fd);
	if (status != STATUS_OK || fd < 0)
		give_place(services, visitor);
	if (status == STATUS_OK)
		*folder = (struct folder){.fd = fd, .visitor = visitor};
	return status;
}

enum status folder_open(struct folder *folder, struct services *services, const struct visitor *visitor, struct span path)
{
	int fd = -1;
	struct span below;
	enum status status = take_place(services, visitor);

	if (status != STATUS_OK)
		return status;
	status = resolve_folder(services, visitor, path, &fd);
	folder->visitor = visitor;
	status = start(folder, services, status, fd);
	if (status != STATUS_OK)
		return status;
	return shares_find(services->shares, path, &folder->share, &below);
}

/* The share of that name; the list of shares has no other subfolders. */
static enum status find_share(const struct folder *list, const struct services *services, const char *name,
	const struct share **share)
{
	struct span rest;
	enum status status = shares_find(services->shares, span_of(name), share, &rest);

	if (status != STATUS_OK)
		return status;
	return *share && resolve_shows_share(services, list->visitor, *share) ? STATUS_OK : STATUS_NOT_FOUND;
}

static enum status open_share(const struct folder *list, const struct services *services, const char *name,
	const struct share **share, int *fd)
{
	enum status status = find_share(list, services, name, share);

	return status == STATUS_OK ? beneath_open_folder((*share)->folder, "", (*share)->symlinks, fd) : status;
}

enum status folder_open_below(struct folder *folder, struct services *services, const struct folder *parent,
	const char *name)
{
	int fd = -1;
	const struct share *share = parent->share;
	enum status status = take_place(services, parent->visitor);

	if (status != STATUS_OK)
		return status;
	if (parent->fd < 0)
		status = open_share(parent, services, name, &share, &fd);
	else
		status = beneath_open_folder(parent->fd, name, BENEATH_NO_SYMLINKS, &fd);
	folder->visitor = parent->visitor;
	status = start(folder, services, status, fd);
	if (status == STATUS_OK)
		folder->share = share;
	return status;
}

void folder_close(struct folder *folder, struct services *services)
{
	free(folder->batch);
	folder->batch = NULL;
	if (folder->fd < 0)
		return;
	close(folder->fd);
	folder->fd = -1;
	give_place(services, folder->visitor);
}

static size_t append_name(struct folder *folder, const char *name)
{
	size_t length = strlen(name) + 1;

	memmove(folder->batch + folder->end, name, length);
	return folder->end + length;
}

/* The folder itself, or the one above it? */
static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Moves the names of LENGTH bytes of directory entries to the front of the batch: they take less room than the entries. */
static void squeeze(struct folder *folder, size_t length)
{
	size_t offset = 0;

	while (offset < length) {
		struct dirent64 header;
		memcpy(&header, folder->batch + offset, offsetof(struct dirent64, d_name));
		const char *name = folder->batch + offset + offsetof(struct dirent64, d_name);
		offset += header.d_reclen;
		if (is_dots(name))
			continue;
		if (folder->share->hides && name[0] == '.')
			folder->unshown++;
		else
			folder->end = append_name(folder, name);
	}
}

static enum status read_entries(struct folder *folder)
{
	ssize_t length;

	folder->batch = malloc(BATCH_SIZE);
	if (!folder->batch)
		return STATUS_NO_MEMORY;
	do
		length = getdents64(folder->fd, folder->batch, BATCH_SIZE);
	while (length < 0 && errno == EINTR);
	if (length < 0)
		return status_from_errno(errno);
	folder->ended = length == 0;
	squeeze(folder, (size_t)length);
	return folder->ended ? STATUS_END : STATUS_OK;
}

static enum status read_shares(struct folder *folder, const struct services *services)
{
	const struct shares *shares = services->shares;
	size_t length = 0;

	for (size_t i = 0; i < shares->count; i++)
		length += strlen(shares->list[i].name) + 1;
	folder->ended = true;
	folder->batch = malloc(length + 1);
	if (!folder->batch)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < shares->count; i++) {
		if (resolve_shows_share(services, folder->visitor, &shares->list[i]))
			folder->end = append_name(folder, shares->list[i].name);
	}
	return STATUS_OK;
}

enum status folder_read(struct folder *folder, const struct services *services)
{
	free(folder->batch);
	folder->batch = NULL;
	folder->end = folder->next = folder->kept = folder->descend = 0;
	folder->unshown = 0;
	if (folder->ended)
		return STATUS_END;
	return folder->fd < 0 ? read_shares(folder, services) : read_entries(folder);
}

const char *folder_name(const struct folder *folder)
{
	return folder->next < folder->end ? folder->batch + folder->next : NULL;
}

enum status folder_stat(const struct folder *folder, const struct services *services, const char *name, struct stat *stat)
{
	const struct share *share;

	if (folder->fd >= 0) {
		enum status status = beneath_stat_name(folder->fd, name, stat);
		return status == STATUS_OK && own_folders_are(&services->shares->own, stat) ? STATUS_NOT_FOUND : status;
	}
	enum status status = find_share(folder, services, name, &share);
	return status == STATUS_OK ? beneath_stat(share->folder, "", share->symlinks, stat) : status;
}

/* All names were looked at: only those of the subfolders are left. */
static void shrink(struct folder *folder)
{
	char *batch = folder->kept > 0 ? realloc(folder->batch, folder->kept) : NULL;

	if (folder->kept == 0)
		free(folder->batch);
	if (batch || folder->kept == 0)
		folder->batch = batch;
}

void folder_pass(struct folder *folder, enum folder_pass pass)
{
	char *name = folder->batch + folder->next;
	size_t length = strlen(name) + 1;

	assert(folder->next < folder->end);
	folder->next += length;
	if (pass == FOLDER_DESCEND) {
		memmove(folder->batch + folder->kept, name, length);
		folder->kept += length;
	}
	if (folder->next == folder->end)
		shrink(folder);
}

const char *folder_subfolder(struct folder *folder)
{
	if (folder->descend == folder->kept)
		return NULL;
	const char *name = folder->batch + folder->descend;
	folder->descend += strlen(name) + 1;
	return name;
}

size_t folder_memory(const struct folder *folder)
{
	if (!folder->batch)
		return 0;
	return folder->next < folder->end ? BATCH_SIZE : folder->kept;
}
