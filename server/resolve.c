/* From a request's path to what lies there: the one way that every request takes. */
#include "resolve.h"

#include <string.h>
#include <unistd.h>

#include "access.h"
#include "beneath.h"
#include "path.h"

#define LIST_OF_SHARES_MODE (S_IFDIR | 0555)

/* Where a request leads: BELOW its share, PATH below FOLDER once it was entered. */
struct place {
	const struct share *share; /* NULL: the list of shares */
	struct span below;
	size_t confined;           /* bytes of it that are all that a token is for */
	bool entered;
	bool opened;               /* FOLDER is this request's own */
	int folder;                /* of the share, or of the part that a token is for */
	char *path;
	char room[PATH_LENGTH_MAX + 1];
};

static void leave(struct place *place)
{
	if (place->opened)
		close(place->folder);
}

static bool has_hidden_name(struct span path)
{
	while (path.length > 0) {
		if (*path_first(&path).bytes == '.')
			return true;
	}
	return false;
}

/* Decides by the path alone: nothing is looked at. */
static enum status find(const struct services *services, const struct visitor *visitor, struct span path, struct place *place)
{
	place->share = NULL;
	place->entered = place->opened = false;
	/* Too long, too deep or not a path at all: to the client it is one and the same, NAME. */
	if (path_check(path) != STATUS_OK)
		return STATUS_INVALID;
	enum status status = shares_find(services->shares, path, &place->share, &place->below);
	if (status != STATUS_OK || !place->share)
		return status;
	status = access_judge(services->access, visitor, (size_t)(place->share - services->shares->list), place->below,
		&place->confined);
	if (status == STATUS_OK && place->share->hides && has_hidden_name(place->below))
		status = STATUS_NOT_FOUND;
	return status;
}

/* What lies below the first CONFINED bytes of the path is opened beneath them, not beneath the share. */
static enum status enter(struct place *place)
{
	int part;

	if (place->entered || !place->share)
		return STATUS_OK;
	path_copy(place->room, place->below);
	place->path = place->room;
	place->folder = place->share->folder;
	if (place->confined > 0 && place->path[place->confined] != '\0') {
		place->room[place->confined] = '\0';
		enum status status = beneath_open_folder(place->folder, place->path, place->share->links, &part);
		if (status != STATUS_OK)
			return status;
		place->folder = part;
		place->opened = true;
		place->path += place->confined + 1;
	}
	place->entered = true;
	return STATUS_OK;
}

static enum status find_and_enter(const struct services *services, const struct visitor *visitor, struct span path,
	struct place *place)
{
	enum status status = find(services, visitor, path, place);

	return status == STATUS_OK ? enter(place) : status;
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

static enum status check_opened(const struct shares *shares, const struct opened_file *file)
{
	enum status status = check_shown(shares, file->fd, &file->stat);

	if (status != STATUS_OK)
		close(file->fd);
	return status;
}

static enum status open_file(const struct shares *shares, struct place *place, struct opened_file *file)
{
	if (!place->share)
		return STATUS_NOT_REGULAR;
	enum status status = enter(place);
	if (status != STATUS_OK)
		return status;
	status = beneath_open_file(place->folder, place->path, place->share->links, &file->fd, &file->stat);
	return status == STATUS_OK ? check_opened(shares, file) : failure_shown(shares, place, status);
}

/* Holds the folder that the file at PLACE lies in. */
static enum status hold_folder(struct place *place, int *fd)
{
	enum status status = enter(place);

	if (status != STATUS_OK)
		return status;
	char *slash = strrchr(place->path, '/');
	if (!slash)
		return beneath_hold_folder(place->folder, "", place->share->links, fd);
	*slash = '\0';
	status = beneath_hold_folder(place->folder, place->path, place->share->links, fd);
	*slash = '/';
	return status;
}

static enum status reach_folder(struct place *place, struct last_folder *last)
{
	struct span folder = path_folder(place->below);
	int fd;

	if (last_folder_is(last, place->share, place->confined, folder))
		return STATUS_OK;
	enum status status = hold_folder(place, &fd);
	if (status == STATUS_OK)
		last_folder_keep(last, fd, place->share, place->confined, folder);
	return status;
}

static enum status open_by_name(struct place *place, struct last_folder *last, struct opened_file *file)
{
	char name[PATH_NAME_MAX + 1];
	enum status status = reach_folder(place, last);

	if (status != STATUS_OK)
		return status;
	path_copy(name, path_last(place->below));
	return beneath_open_name(last->fd, name, &file->fd, &file->stat);
}

/* The short way, by the folder that is at hand or will be. False where it leads to no file that may be shown. */
static bool open_in_last(const struct shares *shares, struct place *place, struct last_folder *last, struct opened_file *file)
{
	if (!last || !place->share || place->share->links != BENEATH_NO_LINKS)
		return false;
	if (open_by_name(place, last, file) == STATUS_OK && check_opened(shares, file) == STATUS_OK)
		return true;
	last_folder_release(last);
	return false;
}

enum status resolve_file(const struct services *services, const struct visitor *visitor, struct span path,
	struct last_folder *last, struct opened_file *file)
{
	struct place place;
	struct opened_file opened;
	enum status status = find(services, visitor, path, &place);

	/* Whatever the short way met, the long one has the last word: no error depends on what was opened before. */
	if (status == STATUS_OK && !open_in_last(services->shares, &place, last, &opened))
		status = open_file(services->shares, &place, &opened);
	leave(&place);
	if (status != STATUS_OK)
		return status;
	*file = opened;
	file->in_memory = share_is_memory(place.share, &opened.stat);
	return STATUS_OK;
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
	enum status status = find_and_enter(services, visitor, path, &place);

	if (status == STATUS_OK)
		status = open_folder(services->shares, &place, fd);
	leave(&place);
	return status;
}

enum status resolve_stat(const struct services *services, const struct visitor *visitor, struct span path, struct stat *stat)
{
	struct place place;
	enum status status = find_and_enter(services, visitor, path, &place);

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
