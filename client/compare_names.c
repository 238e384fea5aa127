/* Walks what is here for names that the server does not have, and the server's folders for those that are not here. */
#include "compare.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "path.h"
#include "record.h"
#include "text.h"

struct walk {
	struct compare *compare;
	const struct catalog *catalog;
	char below[PATH_LENGTH_MAX + 1];
};

static void fail(struct compare *compare, const char *below, enum status status)
{
	char folder[FAILURE_TEXT_SIZE / 4], shown[FAILURE_TEXT_SIZE / 2];
	struct failure failure;

	text_escape(folder, sizeof folder, span_of(compare->path));
	failure_set(&failure, FAILURE_LOCAL, status, "%s/%s", folder, text_escape(shown, sizeof shown, span_of(below)));
	compare_fail(compare, below, &failure);
}

static void tell(struct compare *compare, const char *below, enum compare_word word)
{
	compare_tell(compare, &(struct compare_result){.below = below, .word = word, .size = RECORD_UNKNOWN, .pieces = RECORD_UNKNOWN});
}

static void walk_folder(struct walk *walk, int fd);

/* That it is no folder has been told. */
static void enter(struct walk *walk, int folder, const char *name)
{
	int fd;
	enum status status = beneath_open_folder(folder, name, BENEATH_NO_LINKS, &fd);

	if (status == STATUS_OK)
		walk_folder(walk, fd);
	else if (status != STATUS_NOT_FOLDER && status != STATUS_SYMLINK)
		fail(walk->compare, walk->below, status);
}

static void walk_name(struct walk *walk, int folder, const char *name)
{
	size_t length = strlen(walk->below);
	char path[PATH_LENGTH_MAX + 1];
	enum status status = path_join(path, span_of(walk->below), span_of(name));

	/* Its depth bounds the recursion. */
	if (status == STATUS_OK)
		status = path_check(span_of(path));
	if (status != STATUS_OK) {
		fail(walk->compare, walk->below, status);
		return;
	}
	memcpy(walk->below, path, strlen(path) + 1);
	const struct catalog_entry *entry = catalog_find(walk->catalog, path);
	if (!entry)
		tell(walk->compare, path, COMPARE_EXTRA);
	else if (entry->kind == ENTRY_FOLDER)
		enter(walk, folder, name);
	walk->below[length] = '\0';
}

/* Takes over FD. */
static void walk_folder(struct walk *walk, int fd)
{
	DIR *folder = fdopendir(fd);
	struct dirent *entry;

	if (!folder) {
		fail(walk->compare, walk->below, status_from_errno(errno));
		close(fd);
		return;
	}
	while (!walk->compare->output.broken && (errno = 0, entry = readdir(folder))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			walk_name(walk, fd, entry->d_name);
	}
	if (!walk->compare->output.broken && errno)
		fail(walk->compare, walk->below, status_from_errno(errno));
	closedir(folder);
}

static void check_folder(struct compare *compare, const char *below)
{
	struct stat stat;
	enum status status = beneath_stat(compare->folder, below, BENEATH_NO_LINKS, &stat);

	if (status == STATUS_NOT_FOUND || status == STATUS_NOT_FOLDER)
		tell(compare, below, COMPARE_MISSING);
	else if (status == STATUS_OK && !S_ISDIR(stat.st_mode))
		compare_tell(compare, &(struct compare_result){.below = below, .word = COMPARE_DIFFERS, .size = RECORD_UNKNOWN,
			.pieces = RECORD_UNKNOWN, .remark = "it is no folder here"});
	else if (status != STATUS_OK)
		fail(compare, below, status);
}

void compare_names(struct compare *compare, const struct catalog *catalog)
{
	struct walk walk = {.compare = compare, .catalog = catalog};
	int fd;

	for (size_t i = 0; i < catalog->count && !compare->output.broken; i++) {
		if (catalog->entries[i]->kind == ENTRY_FOLDER)
			check_folder(compare, catalog->entries[i]->path);
	}
	enum status status = beneath_open_folder(compare->folder, "", BENEATH_NO_LINKS, &fd);
	if (status == STATUS_OK)
		walk_folder(&walk, fd);
	else
		fail(compare, "", status);
}
