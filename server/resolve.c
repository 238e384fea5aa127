/* From a request's path to what lies there: the one way that every request takes, each time anew. */
#include "resolve.h"

#include <fcntl.h>
#include <unistd.h>

#include "access.h"
#include "beneath.h"
#include "path.h"

#define LIST_OF_SHARES_MODE (S_IFDIR | 0555)

/* Where a request leads: PATH below FOLDER. */
struct place {
	const struct share *share; /* NULL: the list of shares */
	int folder;                /* of the share, or of the part that a token is for */
	bool opened;               /* FOLDER is this request's own */
	const char *path;
	char room[PATH_LENGTH_MAX + 1];
};

static void leave(struct place *place)
{
	if (place->opened)
		close(place->folder);
}

/* What lies below the first CONFINED bytes of the path is opened beneath them, not beneath the share. */
static enum status confine(struct place *place, size_t confined)
{
	int folder;

	if (confined == 0 || place->path[confined] == '\0')
		return STATUS_OK;
	place->room[confined] = '\0';
	enum status status = beneath_open_folder(place->folder, place->path, place->share->links, &folder);
	if (status != STATUS_OK)
		return status;
	place->folder = folder;
	place->opened = true;
	place->path += confined + 1;
	return STATUS_OK;
}

static bool has_hidden_name(struct span path)
{
	while (path.length > 0) {
		if (*path_first(&path).bytes == '.')
			return true;
	}
	return false;
}

static enum status enter(const struct services *services, const struct visitor *visitor, struct span path, struct place *place)
{
	struct span below;
	size_t confined;

	place->share = NULL;
	place->opened = false;
	/* Too long, too deep or not a path at all: to the client it is one and the same, NAME. */
	if (path_check(path) != STATUS_OK)
		return STATUS_INVALID;
	enum status status = shares_find(services->shares, path, &place->share, &below);
	if (status != STATUS_OK || !place->share)
		return status;
	status = access_judge(services->access, visitor, (size_t)(place->share - services->shares->list), below, &confined);
	if (status != STATUS_OK)
		return status;
	if (place->share->hides && has_hidden_name(below))
		return STATUS_NOT_FOUND;
	path_copy(place->room, below);
	place->path = place->room;
	place->folder = place->share->folder;
	return confine(place, confined);
}

bool resolve_shows_share(const struct services *services, const struct visitor *visitor, const struct share *share)
{
	size_t confined;

	return access_judge(services->access, visitor, (size_t)(share - services->shares->list), span_of(""), &confined) == STATUS_OK;
}

/* What lies in a folder of our own does not exist for clients. */
static enum status check_shown(const struct shares *shares, int fd, const struct stat *stat)
{
	if (!own_folders_may_hold(&shares->own, stat))
		return STATUS_OK;
	return own_folders_hold(&shares->own, fd) ? STATUS_NOT_FOUND : STATUS_OK;
}

static enum status stat_shown(const struct shares *shares, const struct place *place, struct stat *stat)
{
	int fd;
	struct stat found;
	enum status status = beneath_hold(place->folder, place->path, place->share->links, &fd, &found);

	if (status != STATUS_OK)
		return status;
	status = own_folders_are(&shares->own, &found) ? STATUS_NOT_FOUND : check_shown(shares, fd, &found);
	close(fd);
	if (status == STATUS_OK)
		*stat = found;
	return status;
}

/* A failure must not tell that there is something. */
static enum status failure_shown(const struct shares *shares, const struct place *place, enum status status)
{
	struct stat stat;

	return stat_shown(shares, place, &stat) == STATUS_NOT_FOUND ? STATUS_NOT_FOUND : status;
}

static enum status open_file(const struct shares *shares, const struct place *place, int *fd, struct stat *stat)
{
	int opened;
	struct stat found;

	if (!place->share)
		return STATUS_NOT_REGULAR;
	enum status status = beneath_open_file(place->folder, place->path, place->share->links, &opened, &found);
	if (status != STATUS_OK)
		return failure_shown(shares, place, status);
	status = check_shown(shares, opened, &found);
	if (status != STATUS_OK) {
		close(opened);
		return status;
	}
	*fd = opened;
	*stat = found;
	return STATUS_OK;
}

enum status resolve_file(const struct services *services, const struct visitor *visitor, struct span path, int *fd,
	struct stat *stat)
{
	struct place place;
	enum status status = enter(services, visitor, path, &place);

	if (status == STATUS_OK)
		status = open_file(services->shares, &place, fd, stat);
	leave(&place);
	return status;
}

static enum status open_folder(const struct shares *shares, const struct place *place, int *fd)
{
	if (!place->share) {
		*fd = -1;
		return STATUS_OK;
	}
	enum status status = beneath_open_folder(place->folder, place->path, place->share->links, fd);
	return status == STATUS_OK ? status : failure_shown(shares, place, status);
}

enum status resolve_folder(const struct services *services, const struct visitor *visitor, struct span path, int *fd)
{
	struct place place;
	enum status status = enter(services, visitor, path, &place);

	if (status == STATUS_OK)
		status = open_folder(services->shares, &place, fd);
	leave(&place);
	return status;
}

enum status resolve_stat(const struct services *services, const struct visitor *visitor, struct span path, struct stat *stat)
{
	struct place place;
	enum status status = enter(services, visitor, path, &place);

	if (status == STATUS_OK && place.share)
		status = stat_shown(services->shares, &place, stat);
	else if (status == STATUS_OK)
		*stat = (struct stat){.st_mode = LIST_OF_SHARES_MODE};
	leave(&place);
	return status;
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
