/* Judges a request by its path, then walks and opens. */
#include "resolve.h"

#include <string.h>
#include <unistd.h>

#include "access.h"
#include "beneath.h"
#include "path.h"
#include "trusted.h"

#define LIST_OF_SHARES_MODE (S_IFDIR | 0555)

/* Where a request leads: BELOW its share, PATH below FOLDER once it was entered. */
struct place {
	const struct own_folders *own;
	const struct share *share; /* NULL: the list of shares */
	struct span below;
	size_t confined;           /* bytes of it that name the folder a token is for */
	bool entered;
	bool opened;               /* FOLDER is this request's own */
	int folder;                /* of the share, or one on the way */
	char *path;
	char room[PATH_LENGTH_MAX + 1];
};

static void leave(struct place *place)
{
	if (place->opened)
		close(place->folder);
}

/* Does SHARE hide what lies there? */
static bool is_hidden(const struct share *share, struct span path)
{
	while (share->hides && path.length > 0) {
		if (*path_first(&path).bytes == '.')
			return true;
	}
	return false;
}

/* Decides by the path alone: nothing is looked at. */
static enum status find(const struct services *services, const struct visitor *visitor, struct span path, struct place *place)
{
	place->own = &services->shares->own;
	place->share = NULL;
	place->entered = place->opened = false;
	/* Too long, too deep or not a path at all: the client gets NAME for each. */
	if (path_check(path) != STATUS_OK)
		return STATUS_INVALID;
	enum status status = shares_find(services->shares, path, &place->share, &place->below);
	if (status != STATUS_OK || !place->share)
		return status;
	status = access_judge(services->access, visitor, (size_t)(place->share - services->shares->list), place->below,
		&place->confined);
	if (status == STATUS_OK && is_hidden(place->share, place->below))
		status = STATUS_NOT_FOUND;
	return status;
}

/*
 * The part of the path that is walked first; the rest is opened from there. A path below its first CONFINED bytes is opened
 * beneath these, not beneath the share; and where no symlink can lead into a folder of our own, the walk to the last folder
 * tells whether it lies in one.
 */
static struct span way_of(const struct place *place)
{
	struct span way = {place->below.bytes, place->confined};

	if (place->share->symlinks == BENEATH_NO_SYMLINKS && place->own->count > 0)
		return path_folder(place->below);
	return way.length < place->below.length ? way : span_of("");
}

static enum status go(struct place *place, struct span way)
{
	int fd;
	enum status status;

	place->room[way.length] = '\0';
	if (place->share->symlinks == BENEATH_NO_SYMLINKS)
		status = own_folders_hold_other(place->own, place->folder, way, &fd);
	else
		status = beneath_hold_folder(place->folder, place->room, place->share->symlinks, &fd);
	if (status != STATUS_OK)
		return status;
	place->folder = fd;
	place->opened = true;
	place->path += way.length + 1;
	return STATUS_OK;
}

static enum status enter(struct place *place)
{
	enum status status = STATUS_OK;

	if (place->entered || !place->share)
		return STATUS_OK;
	path_copy(place->room, place->below);
	place->path = place->room;
	place->folder = place->share->folder;
	struct span way = way_of(place);
	if (way.length > 0)
		status = go(place, way);
	place->entered = status == STATUS_OK;
	return status;
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

/* Where symlinks were followed: may FD be shown, by the place where it really lies? Not if that cannot be found out. */
static enum status check_place(const struct place *place, int fd)
{
	char path[PATH_LENGTH_MAX + 1];
	int folder;

	if (place->share->symlinks == BENEATH_NO_SYMLINKS || (place->own->count == 0 && !place->share->hides))
		return STATUS_OK;
	if (trusted_path_below(place->share->folder, fd, path) != STATUS_OK || is_hidden(place->share, span_of(path)))
		return STATUS_NOT_FOUND;
	if (place->own->count == 0)
		return STATUS_OK;
	enum status status = own_folders_hold_other(place->own, place->share->folder, path_folder(span_of(path)), &folder);
	if (status == STATUS_OK)
		close(folder);
	return status;
}

static enum status close_unless_shown(const struct place *place, int fd)
{
	enum status status = check_place(place, fd);

	if (status != STATUS_OK)
		close(fd);
	return status;
}

static enum status stat_shown(const struct place *place, struct stat *stat)
{
	int fd;
	struct stat found;
	enum status status = beneath_hold(place->folder, place->path, place->share->symlinks, &fd, &found);

	if (status != STATUS_OK)
		return status;
	status = own_folders_are(place->own, &found) ? STATUS_NOT_FOUND : check_place(place, fd);
	close(fd);
	if (status == STATUS_OK)
		*stat = found;
	return status;
}

/* A failure must not reveal that something is there. */
static enum status failure_shown(const struct place *place, enum status status)
{
	struct stat stat;

	return stat_shown(place, &stat) == STATUS_NOT_FOUND ? STATUS_NOT_FOUND : status;
}

static enum status open_file(struct place *place, struct opened_file *file)
{
	if (!place->share)
		return STATUS_NOT_REGULAR;
	enum status status = enter(place);
	if (status != STATUS_OK)
		return status;
	status = beneath_open_file(place->folder, place->path, place->share->symlinks, &file->fd, &file->stat);
	return status == STATUS_OK ? close_unless_shown(place, file->fd) : failure_shown(place, status);
}

static enum status reach_folder(const struct place *place, struct last_folder *last)
{
	struct span folder = path_folder(place->below);
	int fd;

	if (last_folder_is(last, place->share, place->confined, folder))
		return STATUS_OK;
	enum status status = own_folders_hold_other(place->own, place->share->folder, folder, &fd);
	if (status == STATUS_OK)
		last_folder_keep(last, fd, place->share, place->confined, folder);
	return status;
}

static enum status open_by_name(const struct place *place, struct last_folder *last, struct opened_file *file)
{
	char name[PATH_NAME_MAX + 1];
	enum status status = reach_folder(place, last);

	if (status != STATUS_OK)
		return status;
	path_copy(name, path_last(place->below));
	return beneath_open_name(last->fd, name, &file->fd, &file->stat);
}

/* The short way, by the folder at hand, or by one that is kept at hand from now on. False if it leads to no file. */
static bool open_in_last(const struct place *place, struct last_folder *last, struct opened_file *file)
{
	if (!last || !place->share || place->share->symlinks != BENEATH_NO_SYMLINKS)
		return false;
	if (open_by_name(place, last, file) == STATUS_OK)
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
	if (status == STATUS_OK && !open_in_last(&place, last, &opened))
		status = open_file(&place, &opened);
	leave(&place);
	if (status != STATUS_OK)
		return status;
	*file = opened;
	file->in_memory = share_is_memory(place.share, &opened.stat);
	return STATUS_OK;
}

static enum status open_folder(const struct place *place, int *fd)
{
	int opened = -1;
	enum status status = STATUS_OK;

	if (place->share) {
		status = beneath_open_folder(place->folder, place->path, place->share->symlinks, &opened);
		status = status == STATUS_OK ? close_unless_shown(place, opened) : failure_shown(place, status);
	}
	if (status == STATUS_OK)
		*fd = opened;
	return status;
}

enum status resolve_folder(const struct services *services, const struct visitor *visitor, struct span path, int *fd)
{
	struct place place;
	enum status status = find_and_enter(services, visitor, path, &place);

	if (status == STATUS_OK)
		status = open_folder(&place, fd);
	leave(&place);
	return status;
}

enum status resolve_stat(const struct services *services, const struct visitor *visitor, struct span path, struct stat *stat)
{
	struct place place;
	enum status status = find_and_enter(services, visitor, path, &place);

	if (status == STATUS_OK && place.share)
		status = stat_shown(&place, stat);
	else if (status == STATUS_OK)
		*stat = (struct stat){.st_mode = LIST_OF_SHARES_MODE};
	leave(&place);
	return status;
}
