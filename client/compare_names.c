/* Walks what is here for names that the server does not have, and the server's folders for those that are not here. */
#include "compare.h"

#include <sys/stat.h>

#include "beneath.h"
#include "path.h"
#include "record.h"
#include "text.h"
#include "walk.h"

struct names {
	struct compare *compare;
	const struct catalog *catalog;
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

static void fail_walk(struct walk *walk, enum status status)
{
	const struct names *names = walk->context;

	fail(names->compare, walk->below, status);
}

/* A name here that is no folder has been reported by check_folder(). */
static void enter(struct walk *walk, int folder, const char *name)
{
	int fd;
	enum status status = beneath_open_folder(folder, name, BENEATH_NO_SYMLINKS, &fd);

	if (status == STATUS_OK)
		walk_folder(walk, fd);
	else if (status != STATUS_NOT_FOLDER && status != STATUS_SYMLINK)
		fail_walk(walk, status);
}

static void visit(struct walk *walk, int folder, const char *name)
{
	const struct names *names = walk->context;
	const struct catalog_entry *entry = catalog_find(names->catalog, walk->below);

	if (!entry)
		tell(names->compare, walk->below, COMPARE_EXTRA);
	else if (entry->kind == ENTRY_FOLDER)
		enter(walk, folder, name);
}

static void check_folder(struct compare *compare, const char *below)
{
	struct stat stat;
	enum status status = beneath_stat(compare->folder, below, BENEATH_NO_SYMLINKS, &stat);

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
	struct names names = {.compare = compare, .catalog = catalog};
	struct walk walk = {.context = &names, .visit = visit, .fail = fail_walk, .over = &compare->output.broken};
	int fd;

	for (size_t i = 0; i < catalog->count && !compare->output.broken; i++) {
		if (catalog->entries[i]->kind == ENTRY_FOLDER)
			check_folder(compare, catalog->entries[i]->path);
	}
	enum status status = beneath_open_folder(compare->folder, "", BENEATH_NO_SYMLINKS, &fd);
	if (status == STATUS_OK)
		walk_folder(&walk, fd);
	else
		fail(compare, "", status);
}
