/* From a request's path to what lies there: the one way that every request takes, each time anew. */
#include "resolve.h"

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

enum status resolve_file(const struct services *services, struct span path, int *fd, struct stat *stat)
{
	char rest[PATH_LENGTH_MAX + 1];
	const struct share *share;
	enum status status = find_share(services, path, &share, rest);

	if (status != STATUS_OK)
		return status;
	if (!share)
		return STATUS_NOT_REGULAR;
	return beneath_open_file(share->folder, rest, share->links, fd, stat);
}

enum status resolve_folder(const struct services *services, struct span path, int *fd)
{
	char rest[PATH_LENGTH_MAX + 1];
	const struct share *share;
	enum status status = find_share(services, path, &share, rest);

	if (status != STATUS_OK)
		return status;
	if (share)
		return beneath_open_folder(share->folder, rest, share->links, fd);
	*fd = -1;
	return STATUS_OK;
}

enum status resolve_stat(const struct services *services, struct span path, struct stat *stat)
{
	char rest[PATH_LENGTH_MAX + 1];
	const struct share *share;
	enum status status = find_share(services, path, &share, rest);

	if (status != STATUS_OK)
		return status;
	if (share)
		return beneath_stat(share->folder, rest, share->links, stat);
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
