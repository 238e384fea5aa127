/* From a request's path to what lies there: the one way that every request takes, each time anew. */
#include "resolve.h"

#include <fcntl.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"

#define LIST_OF_SHARES_MODE (S_IFDIR | 0555)

/* *SHARE is NULL for the list of shares; REST is what is left of the path below the share. */
static enum status find_share(const struct services *services, struct span path, const struct share **share,
	char rest[PATH_LENGTH_MAX + 1])
{
	struct span below;

	/* Too long, too deep or not a path at all: to the client it is one and the same, NAME. */
	if (path_check(path) != STATUS_OK)
		return STATUS_INVALID;
	enum status status = shares_find(services->shares, path, share, &below);
	if (status == STATUS_OK)
		path_copy(rest, *share ? below : span_of(""));
	return status;
}

/* What lies in a folder of our own does not exist for clients. */
static enum status check_shown(const struct shares *shares, int fd, const struct stat *stat)
{
	if (!own_folders_may_hold(&shares->own, stat))
		return STATUS_OK;
	return own_folders_hold(&shares->own, fd) ? STATUS_NOT_FOUND : STATUS_OK;
}

static enum status stat_shown(const struct shares *shares, const struct share *share, const char *rest, struct stat *stat)
{
	int fd;
	enum status status = beneath_stat(share->folder, rest, share->links, stat);

	if (status == STATUS_OK && own_folders_are(&shares->own, stat))
		return STATUS_NOT_FOUND;
	if (status != STATUS_OK || !own_folders_may_hold(&shares->own, stat))
		return status;
	status = beneath_open(share->folder, rest, O_PATH, 0, &fd);
	if (status != STATUS_OK)
		return status;
	status = check_shown(shares, fd, stat);
	close(fd);
	return status;
}

/* A failure must not tell that there is something. */
static enum status failure_shown(const struct shares *shares, const struct share *share, const char *rest, enum status status)
{
	struct stat stat;

	return stat_shown(shares, share, rest, &stat) == STATUS_NOT_FOUND ? STATUS_NOT_FOUND : status;
}

enum status resolve_file(const struct services *services, struct span path, int *fd, struct stat *stat)
{
	char rest[PATH_LENGTH_MAX + 1];
	const struct share *share;
	enum status status = find_share(services, path, &share, rest);

	if (status != STATUS_OK)
		return status;
	if (!share)
		return STATUS_NOT_REGULAR;
	int opened;
	struct stat found;
	status = beneath_open_file(share->folder, rest, share->links, &opened, &found);
	if (status != STATUS_OK)
		return failure_shown(services->shares, share, rest, status);
	status = check_shown(services->shares, opened, &found);
	if (status != STATUS_OK) {
		close(opened);
		return status;
	}
	*fd = opened;
	*stat = found;
	return STATUS_OK;
}

enum status resolve_folder(const struct services *services, struct span path, int *fd)
{
	char rest[PATH_LENGTH_MAX + 1];
	const struct share *share;
	enum status status = find_share(services, path, &share, rest);

	if (status != STATUS_OK)
		return status;
	if (!share) {
		*fd = -1;
		return STATUS_OK;
	}
	status = beneath_open_folder(share->folder, rest, share->links, fd);
	return status == STATUS_OK ? status : failure_shown(services->shares, share, rest, status);
}

enum status resolve_stat(const struct services *services, struct span path, struct stat *stat)
{
	char rest[PATH_LENGTH_MAX + 1];
	const struct share *share;
	enum status status = find_share(services, path, &share, rest);

	if (status != STATUS_OK)
		return status;
	if (share)
		return stat_shown(services->shares, share, rest, stat);
	*stat = (struct stat){.st_mode = LIST_OF_SHARES_MODE};
	return STATUS_OK;
}

static enum entry_kind kind_of(const struct stat *stat)
{
	if (S_ISREG(stat->st_mode))
		return ENTRY_FILE;
	if (S_ISDIR(stat->st_mode))
		return ENTRY_FOLDER;
	return S_ISLNK(stat->st_mode) ? ENTRY_SYMLINK : ENTRY_OTHER;
}

struct file file_of_stat(const struct stat *stat)
{
	enum entry_kind kind = kind_of(stat);

	return (struct file){
		.kind = kind,
		.mode = (uint16_t)(stat->st_mode & MODE_MAX),
		.size = kind == ENTRY_FILE ? (uint64_t)stat->st_size : 0,
		.mtime = file_time_of(stat->st_mtim),
	};
}
