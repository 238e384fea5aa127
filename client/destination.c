/* Finds out what -d and -o mean, makes missing folders, and opens the destination. */
#include "destination.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "own_stream.h"
#include "path.h"
#include "sync.h"
#include "text.h"
#include "trusted.h"

#define SHOWN_SIZE 400

/* A name of this machine, fit for a message. */
struct shown {
	char text[SHOWN_SIZE];
};

static struct shown show(const char *path)
{
	struct shown shown;

	text_escape(shown.text, sizeof(shown.text), span_of(path));
	return shown;
}

static enum status refuse(struct failure *failure, enum failure_origin origin, enum status status, const char *what, const char *path)
{
	failure_set(failure, origin, status, "%s %s", what, show(path).text);
	return status;
}

/* --- Folders ------------------------------------------------------------------------------------------------------- */

/* Splits PATH before its last component, *NAME; returns the folder. The caller frees both. NULL when memory is short. */
static char *split(const char *path, char **name)
{
	char *copy = strdup(path);

	if (!copy)
		return NULL;
	for (size_t length = strlen(copy); length > 1 && copy[length - 1] == '/'; length--)
		copy[length - 1] = '\0';
	char *slash = strrchr(copy, '/');
	*name = strdup(slash ? slash + 1 : copy);
	if (!slash)
		copy[0] = '\0';
	else
		slash[slash == copy] = '\0';
	if (*name)
		return copy;
	free(copy);
	return NULL;
}

static enum status open_folder(const char *path, int *fd)
{
	return trusted_open(*path ? path : ".", O_RDONLY | O_DIRECTORY, 0, fd);
}

static enum status make_below(int parent, const char *name, enum destination_sync sync, int *fd)
{
	bool made;
	enum status status = beneath_make_folder(parent, name, 0777, fd, &made);

	if (status != STATUS_OK || !made || sync == DESTINATION_NO_SYNC)
		return status;
	status = sync_folder(parent);
	if (status != STATUS_OK)
		close(*fd);
	return status;
}

/*
 * A run that was killed may have made the folder without syncing its name. If we cannot open the folder around it, somebody else
 * made it.
 */
static enum status settle_existing(const char *path)
{
	char *around;
	int fd;
	enum status status = STATUS_OK;

	if (asprintf(&around, "%s/..", path) < 0)
		return STATUS_NO_MEMORY;
	if (open_folder(around, &fd) == STATUS_OK) {
		status = sync_folder(fd);
		close(fd);
	}
	free(around);
	return status;
}

static enum status open_existing(const char *path, enum destination_sync sync, int *fd)
{
	enum status status = open_folder(path, fd);

	if (status != STATUS_OK || sync == DESTINATION_NO_SYNC || !*path)
		return status;
	status = settle_existing(path);
	if (status != STATUS_OK)
		close(*fd);
	return status;
}

static enum status open_or_make(const char *path, enum destination_sync sync, int *fd)
{
	enum status status = open_existing(path, sync, fd);
	char *name;

	if (status != STATUS_NOT_FOUND)
		return status;
	char *folder = split(path, &name);
	int parent;
	if (!folder)
		return STATUS_NO_MEMORY;
	status = open_or_make(folder, sync, &parent);
	if (status == STATUS_OK) {
		/* "." and ".." are there as soon as the folder before them is. */
		bool legal = path_name_legal(span_of(name));
		status = legal ? make_below(parent, name, sync, fd) : open_folder(path, fd);
		close(parent);
	}
	free(folder);
	free(name);
	return status;
}

/* -d, or the current folder. */
static enum status hold_folder(const char *directory, enum destination_sync sync, struct destination *destination,
	struct failure *failure)
{
	enum status status;

	destination->shown = strdup(directory ? directory : "");
	if (!destination->shown)
		return refuse(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "cannot open folder", ".");
	if (directory && !*directory)
		return refuse(failure, FAILURE_USAGE, STATUS_INVALID, "-d needs the name of a folder", "");
	if (!directory)
		status = open_folder(".", &destination->folder);
	else if (sync == DESTINATION_DRY)
		status = open_folder(directory, &destination->folder);
	else
		status = open_or_make(directory, sync, &destination->folder);
	if (status == STATUS_NOT_FOUND && sync == DESTINATION_DRY)
		return STATUS_OK;
	if (status != STATUS_OK)
		return refuse(failure, FAILURE_LOCAL, status, "cannot open folder", directory ? directory : ".");
	return STATUS_OK;
}

/* --- The file of -o ------------------------------------------------------------------------------------------------ */

/* FOLDER/NAME; without the slash when one of them is empty or FOLDER ends in one. */
static char *join(const char *folder, const char *name)
{
	size_t length = strlen(folder);
	bool slash = length > 0 && *name && folder[length - 1] != '/';
	char *joined = malloc(length + slash + strlen(name) + 1);

	if (!joined)
		return NULL;
	memcpy(joined, folder, length);
	joined[length] = '/';
	memcpy(joined + length + slash, name, strlen(name) + 1);
	return joined;
}

/* Goes from DIR (or the current folder) to the folder that -o names. */
static enum status enter_folder(const char *directory, const char *folder, struct destination *destination)
{
	int fd;
	enum status status;

	if (destination->folder < 0)
		return STATUS_NOT_FOUND;
	if (directory)
		status = beneath_open_folder(destination->folder, folder, BENEATH_NO_SYMLINKS, &fd);
	else
		status = open_folder(folder, &fd);
	if (status != STATUS_OK)
		return status;
	char *shown = join(destination->shown, folder);
	if (!shown) {
		close(fd);
		return STATUS_NO_MEMORY;
	}
	close(destination->folder);
	destination->folder = fd;
	free(destination->shown);
	destination->shown = shown;
	return STATUS_OK;
}

/* Looks at the file of that name without touching it. Below DIR a symlink stands for itself. */
static enum status look(const char *directory, const char *output, const struct destination *destination, struct stat *stat)
{
	int fd;

	if (directory)
		return beneath_stat_name(destination->folder, destination->name, stat);
	enum status status = trusted_open(output, O_PATH, 0, &fd);
	if (status != STATUS_OK)
		return status;
	if (fstat(fd, stat) < 0)
		status = status_from_errno(errno);
	close(fd);
	return status;
}

/* A dry run opens it with O_PATH: opening a FIFO for writing waits for its reader, and a device may do anything. */
static enum status open_outlet(const char *directory, const char *output, enum destination_sync sync, struct destination *destination)
{
	int fd;
	const int flags = sync == DESTINATION_DRY ? O_PATH : O_WRONLY | O_NOCTTY;
	enum status status;

	if (directory)
		status = beneath_open(destination->folder, destination->name, flags, 0, &fd);
	else
		status = trusted_open(output, flags, 0, &fd);
	if (status == STATUS_OK)
		status = outlet_new(fd, OUTLET_CLOSES, &destination->outlet);
	if (status != STATUS_OK)
		return status;
	char *shown = join(destination->shown, destination->name);
	if (!shown)
		return STATUS_NO_MEMORY;
	free(destination->shown);
	destination->shown = shown;
	return STATUS_OK;
}

/* The name may be free, a file or a symlink. A folder is refused, and anything else is written directly. */
static enum status settle_name(const char *directory, const char *output, enum destination_sync sync,
	struct destination *destination, struct failure *failure)
{
	struct stat stat;
	enum status status = look(directory, output, destination, &stat);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return refuse(failure, FAILURE_LOCAL, status, "cannot write to", output);
	if (S_ISDIR(stat.st_mode))
		return refuse(failure, FAILURE_USAGE, STATUS_IS_FOLDER, "-o names a file, and this is a folder (use -d):", output);
	if (S_ISREG(stat.st_mode) || S_ISLNK(stat.st_mode))
		return STATUS_OK;
	status = open_outlet(directory, output, sync, destination);
	if (status != STATUS_OK)
		return refuse(failure, FAILURE_LOCAL, status, "cannot write to", output);
	return STATUS_OK;
}

static bool is_usable(const char *directory, const char *output)
{
	struct span path = span_of(output);

	if (path.length == 0 || path.bytes[path.length - 1] == '/')
		return false;
	return directory ? path_check(path) == STATUS_OK : path_name_legal(path_last(path));
}

static enum status check_usable(const char *directory, const char *output, struct failure *failure)
{
	if (is_usable(directory, output))
		return STATUS_OK;
	if (directory)
		return refuse(failure, FAILURE_USAGE, STATUS_INVALID, "-o needs the name of a file below the folder of -d, not", output);
	return refuse(failure, FAILURE_USAGE, STATUS_INVALID, "-o needs the name of a file (a folder is for -d), not", output);
}

static enum status hold_file(const char *directory, const char *output, enum destination_sync sync,
	struct destination *destination, struct failure *failure)
{
	char *folder = split(output, &destination->name);
	enum status status = folder ? STATUS_OK : STATUS_NO_MEMORY;
	if (status == STATUS_OK && *folder)
		status = enter_folder(directory, folder, destination);
	if (status == STATUS_OK && *folder && path_check(span_of(folder)) == STATUS_OK)
		destination->inside = folder;
	else
		free(folder);
	if (status != STATUS_OK)
		return refuse(failure, FAILURE_LOCAL, status, "cannot open the folder of", output);
	/* In a dry run its folder may be missing. */
	return destination->folder < 0 ? STATUS_OK : settle_name(directory, output, sync, destination, failure);
}

/* --- The whole ----------------------------------------------------------------------------------------------------- */

int destination_stream(const char *directory, const char *output)
{
	if (strcmp(output, "-") == 0)
		return STDOUT_FILENO;
	/* Below DIR a symlink stands for itself. */
	return directory && *output != '/' ? OWN_STREAM_NONE : own_stream(output);
}

static enum status hold_stream(int stream, const char *output, struct destination *destination, struct failure *failure)
{
	enum status status = outlet_new(stream, OUTLET_LEAVES, &destination->outlet);

	/* Standard output needs no name in messages. */
	if (status == STATUS_OK && stream != STDOUT_FILENO && !(destination->shown = strdup(output)))
		status = STATUS_NO_MEMORY;
	return status == STATUS_OK ? STATUS_OK : refuse(failure, FAILURE_LOCAL, status, "cannot write to", output);
}

enum status destination_open(const char *directory, const char *output, enum destination_sync sync,
	struct destination *destination, struct failure *failure)
{
	struct destination made = {.folder = -1};
	int stream = output ? destination_stream(directory, output) : OWN_STREAM_NONE;
	bool direct = stream != OWN_STREAM_NONE;
	enum status status = output && !direct ? check_usable(directory, output, failure) : STATUS_OK;

	if (status == STATUS_OK && direct)
		status = hold_stream(stream, output, &made, failure);
	else if (status == STATUS_OK)
		status = hold_folder(directory, sync, &made, failure);
	if (status == STATUS_OK && output && !direct)
		status = hold_file(directory, output, sync, &made, failure);
	if (status == STATUS_OK)
		*destination = made;
	else
		destination_close(&made);
	return status;
}

void destination_close(struct destination *destination)
{
	if (destination->folder >= 0)
		close(destination->folder);
	outlet_free(destination->outlet);
	free(destination->shown);
	free(destination->inside);
	free(destination->name);
	*destination = (struct destination){.folder = -1};
}
