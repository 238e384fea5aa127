/* Collects the lines of a failed list and puts them into its file, all or none. */
#include "failed_list.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "hex.h"
#include "own_stream.h"
#include "path.h"
#include "sync.h"
#include "text.h"
#include "trusted.h"

#define SHOWN_SIZE 300
/* A limit, because a server can fail one name again and again, and each time takes a line. */
#define BYTES_MAX (256u << 20)
#define UNFINISHED_SIZE 40

struct failed_list {
	char shown[SHOWN_SIZE];
	char *path; /* ours; NAME points into it */
	const char *name;
	int folder; /* that holds NAME; -1 when DIRECT is used */
	int direct; /* one of our own streams, or a file that is not regular; -1: none */
	char **lines;
	size_t count, room;
	size_t bytes;     /* of all lines */
	enum status lost; /* why a line is missing; STATUS_OK: none is */
};

static enum status fail(const struct failed_list *list, enum status status, struct failure *failure)
{
	failure_set(failure, FAILURE_LOCAL, status, "cannot write %s", list->shown);
	return status;
}

/* --- Opening ------------------------------------------------------------------------------------------------------- */

/* By a copy of the descriptor: it shares the stream's offset, so neither overwrites the other. */
static enum status copy_stream(int stream, int *direct)
{
	if (!own_stream_is_writable(stream))
		return STATUS_IO;
	*direct = fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	return *direct >= 0 ? STATUS_OK : status_from_errno(errno);
}

/* Opens *DIRECT if PATH leads to one of our own streams, or to something that is there and not a regular file. */
static enum status open_direct(const char *path, int *direct)
{
	struct stat stat;
	int fd, stream = own_stream(path);

	if (stream != OWN_STREAM_NONE)
		return copy_stream(stream, direct);
	enum status status = trusted_open(path, O_PATH, 0, &fd);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	if (fstat(fd, &stat) < 0)
		status = status_from_errno(errno);
	close(fd);
	if (status != STATUS_OK || S_ISREG(stat.st_mode))
		return status;
	if (S_ISDIR(stat.st_mode))
		return STATUS_IS_FOLDER;
	return trusted_open(path, O_WRONLY | O_NOCTTY, 0, direct);
}

static enum status open_folder(struct failed_list *list)
{
	char *slash = strrchr(list->path, '/');

	list->name = slash ? slash + 1 : list->path;
	if (!path_name_legal(span_of(list->name)))
		return STATUS_INVALID;
	if (!slash)
		return trusted_open(".", O_RDONLY | O_DIRECTORY, 0, &list->folder);
	*slash = '\0';
	return trusted_open(slash == list->path ? "/" : list->path, O_RDONLY | O_DIRECTORY, 0, &list->folder);
}

enum status failed_list_open(const char *path, struct failed_list **list, struct failure *failure)
{
	struct failed_list *made = calloc(1, sizeof *made);

	if (!made || !(made->path = strdup(path))) {
		free(made);
		failure_set(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "cannot make the list of failed files");
		return STATUS_NO_MEMORY;
	}
	made->folder = made->direct = -1;
	text_escape(made->shown, sizeof made->shown, span_of(path));
	enum status status = open_direct(path, &made->direct);
	if (status == STATUS_OK && made->direct < 0)
		status = open_folder(made);
	if (status == STATUS_OK) {
		*list = made;
		return STATUS_OK;
	}
	status = fail(made, status, failure);
	failed_list_close(made);
	return status;
}

void failed_list_close(struct failed_list *list)
{
	if (!list)
		return;
	if (list->folder >= 0)
		close(list->folder);
	if (list->direct >= 0)
		close(list->direct);
	for (size_t i = 0; i < list->count; i++)
		free(list->lines[i]);
	free(list->lines);
	free(list->path);
	free(list);
}

/* --- Its place ----------------------------------------------------------------------------------------------------- */

bool failed_list_is_called(const struct failed_list *list, const char *name, enum folding folding)
{
	if (!list || list->direct >= 0)
		return false;
	return strcmp(list->name, name) == 0 || (folding == FOLDING_YES && strcasecmp(list->name, name) == 0);
}

bool failed_list_lies_in(const struct failed_list *list, int folder)
{
	struct stat own, other;

	return fstat(list->folder, &own) == 0 && fstat(folder, &other) == 0 && own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* --- Lines --------------------------------------------------------------------------------------------------------- */

static void print_destination(FILE *out, const char *landing)
{
	for (; *landing; landing++) {
		if (strchr("\t\n\r%", *landing))
			fprintf(out, "%%%02X", (unsigned char)*landing);
		else
			putc(*landing, out);
	}
}

/* Would it land there without a destination in its line? */
static bool is_usual(const struct url *url, struct span below, const char *landing)
{
	struct span last = path_last(below.length > 0 ? below : span_of(url->path));

	if (below.length == 0 && url->contents)
		return !*landing;
	return strlen(landing) == last.length && memcmp(landing, last.bytes, last.length) == 0;
}

static void print_line(FILE *out, const struct url *url, struct span below, const char *landing, const struct digest *sum)
{
	char hex[HEX_SIZE];

	url_print(out, url, below);
	if (landing && *landing && (sum || !is_usual(url, below, landing))) {
		putc('\t', out);
		print_destination(out, landing);
	} else if (sum) {
		putc('\t', out);
	}
	if (sum)
		fprintf(out, "\t%s", hex_write(sum, hex));
	putc('\n', out);
}

static enum status make_room(struct failed_list *list)
{
	if (list->count < list->room)
		return STATUS_OK;
	size_t room = list->room ? 2 * list->room : 64;
	char **lines = realloc(list->lines, room * sizeof *lines);
	if (!lines)
		return STATUS_NO_MEMORY;
	list->lines = lines;
	list->room = room;
	return STATUS_OK;
}

/* Takes over LINE on success. */
static enum status keep(struct failed_list *list, char *line, size_t length)
{
	if (length > BYTES_MAX - list->bytes)
		return STATUS_LIMIT;
	enum status status = make_room(list);
	if (status != STATUS_OK)
		return status;
	list->lines[list->count++] = line;
	list->bytes += length;
	return STATUS_OK;
}

void failed_list_add(struct failed_list *list, const struct url *url, struct span below, const char *landing,
	const struct digest *sum)
{
	char *line = NULL;
	size_t length;
	FILE *out = open_memstream(&line, &length);

	if (out)
		print_line(out, url, below, landing, sum);
	enum status status = out && fclose(out) == 0 ? keep(list, line, length) : STATUS_NO_MEMORY;
	if (status == STATUS_OK)
		return;
	list->lost = status;
	free(line);
}

/* --- Writing ------------------------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum status print_lines(const struct failed_list *list, FILE *out)
{
	errno = 0;
	/* A server that is asked twice can fail one name twice. */
	for (size_t i = 0; i < list->count; i++) {
		if (i == 0 || strcmp(list->lines[i - 1], list->lines[i]) != 0)
			fputs(list->lines[i], out);
	}
	return fflush(out) == 0 && !ferror(out) ? STATUS_OK : status_from_errno(errno);
}

/* Takes over FD. */
static enum status print_all(const struct failed_list *list, int fd, enum failed_list_sync sync)
{
	FILE *out = fdopen(fd, "w");

	if (!out) {
		close(fd);
		return STATUS_NO_MEMORY;
	}
	enum status status = print_lines(list, out);
	if (status == STATUS_OK && sync == FAILED_LIST_SYNC)
		status = sync_file(fd);
	return fclose(out) == 0 || status != STATUS_OK ? status : status_from_errno(errno);
}

/* A random name: a process elsewhere that shares the folder may have our process ID. */
static enum status open_unfinished(const struct failed_list *list, char name[UNFINISHED_SIZE], int *fd)
{
	uint64_t chance;

	if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return status_from_errno(errno);
	snprintf(name, UNFINISHED_SIZE, ".ferry-list-%016" PRIx64, chance);
	return beneath_open(list->folder, name, O_WRONLY | O_CREAT | O_EXCL, 0666, fd);
}

/* The bytes are synced before the renaming: an empty list after a power cut would say that nothing failed. */
static enum status replace(const struct failed_list *list, enum failed_list_sync sync)
{
	char unfinished[UNFINISHED_SIZE];
	int fd;
	enum status status = open_unfinished(list, unfinished, &fd);

	if (status != STATUS_OK)
		return status;
	status = print_all(list, fd, sync);
	if (status == STATUS_OK)
		status = beneath_rename_name(list->folder, unfinished, list->name);
	if (status == STATUS_OK)
		return sync == FAILED_LIST_SYNC ? sync_folder(list->folder) : STATUS_OK;
	enum status removed = beneath_remove_name(list->folder, unfinished);
	/* A file that cannot be removed is in nobody's way. */
	(void)removed;
	return status;
}

enum status failed_list_write(struct failed_list *list, enum failed_list_sync sync, struct failure *failure)
{
	enum status status = list->lost;

	if (list->count > 0)
		qsort(list->lines, list->count, sizeof list->lines[0], compare);
	if (status == STATUS_OK && list->direct < 0) {
		status = replace(list, sync);
	} else if (status == STATUS_OK) {
		status = print_all(list, list->direct, FAILED_LIST_NO_SYNC);
		list->direct = -1;
	}
	return status == STATUS_OK ? STATUS_OK : fail(list, status, failure);
}
