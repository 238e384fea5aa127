/* The promise, as a test can see it: what may stand under a final name, and what has to be fetched again. */
#include "promise.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "digest.h"
#include "sockets.h"

#define PARTIAL_END ".ferry-part"

/* --- Names ------------------------------------------------------------------------------------------------------------ */

struct looking {
	const struct expectation *expectation;
	char *what;
	bool proven; /* only what ferry has proven counts */
};

bool promise_is_partial(const char *below)
{
	const char *slash = strrchr(below, '/');
	const char *name = slash ? slash + 1 : below;
	size_t length = strlen(name), end = strlen(PARTIAL_END);
	return name[0] == '.' && length > end && strcmp(name + length - end, PARTIAL_END) == 0;
}

void promise_name_partial(char out[TREE_PATH_MAX], const char *work, const char *below)
{
	const char *slash = strrchr(below, '/');
	int folder = slash ? (int)(slash + 1 - below) : 0;
	if ((size_t)snprintf(out, TREE_PATH_MAX, "%s/%.*s.%s" PARTIAL_END, work, folder, below, below + folder) >= TREE_PATH_MAX)
		give_up(below);
}

static bool is_as_in(const struct expectation *expectation, const char *folder, const char *below)
{
	char found[TREE_PATH_MAX], wanted[TREE_PATH_MAX];
	tree_path(found, expectation->work, below);
	tree_path(wanted, folder, below);
	return same_file(found, wanted);
}

static void look_at_final(void *context, const char *below)
{
	const struct looking *looking = context;
	const struct expectation *expectation = looking->expectation;
	if (!looking->what[0] && !promise_is_partial(below) && !is_as_in(expectation, expectation->before, below) &&
	    !is_as_in(expectation, expectation->after, below))
		snprintf(looking->what, PROMISE_WHAT_MAX, "%s is neither what it was nor what it shall be", below);
}

static void look_for_old(void *context, const char *below)
{
	const struct looking *looking = context;
	char path[TREE_PATH_MAX];
	tree_path(path, looking->expectation->work, below);
	if (!looking->what[0] && !promise_is_partial(below) && access(path, F_OK) < 0)
		snprintf(looking->what, PROMISE_WHAT_MAX, "%s has gone", below);
}

/* --- What ferry said --------------------------------------------------------------------------------------------------- */

static void for_each_line(const char *said, void (*each)(void *context, const json_t *line), void *context)
{
	for (const char *end; (end = strchr(said, '\n')); said = end + 1) {
		json_t *line = json_loadb(said, (size_t)(end - said), 0, NULL);
		if (!json_is_object(line))
			give_up("no JSON line");
		each(context, line);
		json_decref(line);
	}
}

static const char *text_of(const json_t *line, const char *key)
{
	const char *text = json_string_value(json_object_get(line, key));
	return text ? text : "";
}

static void look_at_claim(void *context, const json_t *line)
{
	const struct looking *looking = context;
	const char *status = text_of(line, "status"), *path = text_of(line, "path");
	size_t length = strlen(looking->expectation->work);

	if (strcmp(status, "fetched") != 0 && strcmp(status, "verified") != 0 &&
	    (looking->proven || strcmp(status, "unchanged") != 0))
		return;
	bool below = strncmp(path, looking->expectation->work, length) == 0 && path[length] == '/';
	if (!looking->what[0] && (!below || !is_as_in(looking->expectation, looking->expectation->after, path + length + 1)))
		snprintf(looking->what, PROMISE_WHAT_MAX, "%s was called %s and is not", path, status);
}

bool promise_holds(const struct expectation *expectation, const char *said, char what[PROMISE_WHAT_MAX])
{
	struct looking looking = {expectation, what, false};
	what[0] = 0;
	tree_walk(expectation->work, look_at_final, &looking);
	tree_walk(expectation->before, look_for_old, &looking);
	for_each_line(said, look_at_claim, &looking);
	return !what[0];
}

bool promise_kept(const struct expectation *expectation, const char *said, char what[PROMISE_WHAT_MAX])
{
	struct looking looking = {expectation, what, true};
	what[0] = 0;
	for_each_line(said, look_at_claim, &looking);
	return !what[0];
}

static void add_fetched(void *context, const json_t *line)
{
	*(uint64_t *)context += (uint64_t)json_integer_value(json_object_get(line, "fetched"));
}

uint64_t promise_fetched(const char *said)
{
	uint64_t bytes = 0;
	for_each_line(said, add_fetched, &bytes);
	return bytes;
}

/* --- Pieces ------------------------------------------------------------------------------------------------------------- */

/* One file as it shall be, beside what the disk has of it. */
struct file {
	struct mapped wanted;
	struct mapped partial;
	struct mapped final;
};

static void file_open(struct file *file, const struct expectation *expectation, const char *below)
{
	char path[TREE_PATH_MAX];
	tree_path(path, expectation->after, below);
	mapped_open(path, &file->wanted);
	promise_name_partial(path, expectation->work, below);
	mapped_open(path, &file->partial);
	tree_path(path, expectation->work, below);
	mapped_open(path, &file->final);
}

static void file_close(struct file *file)
{
	mapped_close(&file->wanted);
	mapped_close(&file->partial);
	mapped_close(&file->final);
}

static size_t piece_size(const struct file *file, size_t start)
{
	size_t left = file->wanted.size - start;
	return left < PIECE_SIZE ? left : PIECE_SIZE;
}

static bool has_piece(const struct mapped *mapped, const struct file *file, size_t start)
{
	size_t size = piece_size(file, start);
	return mapped->size >= start + size && memcmp(mapped->bytes + start, file->wanted.bytes + start, size) == 0;
}

static bool is_right(const struct file *file, size_t start)
{
	return start < file->wanted.size && (has_piece(&file->partial, file, start) || has_piece(&file->final, file, start));
}

struct missing {
	const struct expectation *expectation;
	uint64_t bytes;
};

static void add_missing(void *context, const char *below)
{
	struct missing *missing = context;
	struct file file;
	file_open(&file, missing->expectation, below);
	for (size_t start = 0; start < file.wanted.size; start += PIECE_SIZE)
		if (!is_right(&file, start))
			missing->bytes += piece_size(&file, start);
	file_close(&file);
}

uint64_t promise_missing(const struct expectation *expectation)
{
	struct missing missing = {expectation, 0};
	tree_walk(expectation->after, add_missing, &missing);
	return missing.bytes;
}

struct begun {
	const struct expectation *expectation;
	const struct plan *plan;
	unsigned pieces;
};

static bool was_written(const struct plan *plan, const char *partial, size_t start)
{
	for (const struct record *record = plan_next(plan, NULL); record; record = plan_next(plan, record))
		if (record->call == CALL_WRITE && record->offset / PIECE_SIZE == start / PIECE_SIZE &&
		    strcmp(record_path(record), partial) == 0)
			return true;
	return false;
}

static void add_begun(void *context, const char *below)
{
	struct begun *begun = context;
	char partial[TREE_PATH_MAX];
	struct file file;

	promise_name_partial(partial, begun->expectation->work, below);
	file_open(&file, begun->expectation, below);
	for (size_t start = 0; start < file.wanted.size; start += PIECE_SIZE)
		begun->pieces += was_written(begun->plan, partial, start) && !is_right(&file, start);
	file_close(&file);
}

unsigned promise_begun(const struct expectation *expectation, const struct plan *plan)
{
	struct begun begun = {expectation, plan, 0};
	tree_walk(expectation->after, add_begun, &begun);
	return begun.pieces;
}
