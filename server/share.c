/* Opens the shares once, at the start, and finds the one that a path leads into. */
#include "share.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "file_system.h"
#include "path.h"
#include "trusted.h"

/* Sizes are wrong there, reads have side effects, and the target of a name depends on the process that asks. */
static enum status refuse_kernel_files(int folder)
{
	struct statfs system;

	if (fstatfs(folder, &system) < 0)
		return STATUS_IO;
	return system.f_type == PROC_SUPER_MAGIC || system.f_type == SYSFS_MAGIC ? STATUS_UNSUPPORTED : STATUS_OK;
}

static enum status learn_device(struct share *share)
{
	struct stat stat;

	if (fstat(share->folder, &stat) < 0)
		return STATUS_IO;
	share->device = stat.st_dev;
	share->in_memory = file_system_is_memory(share->folder);
	return STATUS_OK;
}

/* O_PATH asks for no permission: a folder that nobody could list shall fail the start, not every request. */
static enum status check_readable(int folder)
{
	int readable;
	enum status status = beneath_open_folder(folder, "", BENEATH_NO_SYMLINKS, &readable);

	if (status == STATUS_OK)
		close(readable);
	return status;
}

static enum status share_open(struct share *share, const struct share_settings *settings)
{
	enum status status = trusted_open(settings->path, O_PATH | O_DIRECTORY, 0, &share->folder);

	if (status != STATUS_OK)
		return status;
	share->symlinks = settings->follows ? BENEATH_SYMLINKS_INSIDE : BENEATH_NO_SYMLINKS;
	share->hides = settings->hides;
	status = refuse_kernel_files(share->folder);
	if (status == STATUS_OK)
		status = learn_device(share);
	if (status == STATUS_OK)
		status = check_readable(share->folder);
	if (status == STATUS_OK && settings->name && !(share->name = strdup(settings->name)))
		status = STATUS_NO_MEMORY;
	if (status != STATUS_OK)
		close(share->folder);
	return status;
}

enum status shares_open(struct shares *shares, const struct settings *settings, const struct share_settings **failed)
{
	struct shares opened = {.list = calloc(settings->share_count, sizeof(struct share))};

	for (size_t i = 0; i < settings->share_count; i++) {
		enum status status = opened.list ? share_open(&opened.list[i], &settings->shares[i]) : STATUS_NO_MEMORY;
		if (status != STATUS_OK) {
			*failed = &settings->shares[i];
			shares_release(&opened);
			return status;
		}
		opened.count++;
	}
	*shares = opened;
	return STATUS_OK;
}

void shares_release(struct shares *shares)
{
	for (size_t i = 0; i < shares->count; i++) {
		free(shares->list[i].name);
		close(shares->list[i].folder);
	}
	free(shares->list);
	own_folders_release(&shares->own);
	*shares = (struct shares){.list = NULL};
}

static bool share_is_called(const struct share *share, struct span name)
{
	return strlen(share->name) == name.length && memcmp(share->name, name.bytes, name.length) == 0;
}

enum status shares_find(const struct shares *shares, struct span path, const struct share **share, struct span *rest)
{
	bool unnamed = shares->count == 1 && !shares->list[0].name;

	if (unnamed || path.length == 0) {
		*share = unnamed ? &shares->list[0] : NULL;
		*rest = path;
		return STATUS_OK;
	}
	struct span name = path_first(&path);
	for (size_t i = 0; i < shares->count; i++) {
		if (!share_is_called(&shares->list[i], name))
			continue;
		*share = &shares->list[i];
		*rest = path;
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

bool share_is_memory(const struct share *share, const struct stat *stat)
{
	return share->in_memory && share->device == stat->st_dev;
}

static enum status refuse_share(const struct shares *shares, const struct own_folders *own)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < shares->count && status == STATUS_OK; i++)
		status = own_folders_are_above(own, shares->list[i].folder);
	return status;
}

enum status shares_hide(struct shares *shares, int fd)
{
	struct own_folders own = shares->own;
	enum status status = own_folders_add(&own, fd);

	if (status == STATUS_OK)
		status = refuse_share(shares, &own);
	if (status == STATUS_OK)
		shares->own = own;
	return status;
}

enum status shares_hide_path(struct shares *shares, const char *path)
{
	int fd;

	/* A path that can't be opened now, for whatever reason, may be opened another time. */
	if (trusted_open(path, O_PATH | O_DIRECTORY, 0, &fd) != STATUS_OK)
		return own_folders_expect(&shares->own, path);
	enum status status = shares_hide(shares, fd);
	close(fd);
	return status;
}
