/* What lies below a folder, remembered to the byte, and a verdict on what has changed. */
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "against_client.h"
#include "sockets.h"

#define ENTRIES_MAX 512
#define BYTES_MAX (8 << 20) /* what is larger is a partial of a size that is a lie */

struct seen {
	char *path; /* below the folder */
	struct stat stat;
	unsigned char *bytes; /* of a regular file */
	size_t size;
	char target[PATH_MAX];
};

struct traces {
	struct seen seen[ENTRIES_MAX];
	size_t count;
};

static void read_bytes(struct seen *seen, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	seen->size = (size_t)seen->stat.st_size;
	seen->bytes = malloc(seen->size + 1);
	if (fd < 0 || !seen->bytes || read(fd, seen->bytes, seen->size) != (ssize_t)seen->size)
		give_up(path);
	close(fd);
}

static void remember(struct traces *traces, const char *path, const char *below)
{
	struct seen *seen = &traces->seen[traces->count];

	if (traces->count++ == ENTRIES_MAX || lstat(path, &seen->stat) < 0)
		give_up(path);
	seen->path = strdup(below);
	if (S_ISLNK(seen->stat.st_mode) && readlink(path, seen->target, sizeof(seen->target) - 1) < 0)
		give_up(path);
	if (S_ISREG(seen->stat.st_mode) && seen->stat.st_size <= BYTES_MAX)
		read_bytes(seen, path);
}

struct traces *traces_take(const char *folder)
{
	struct traces *traces = calloc(1, sizeof(*traces));
	char path[PATH_MAX];
	FTSENT *entry;

	snprintf(path, sizeof(path), "%s", folder);
	FTS *tree = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (!traces || !tree)
		give_up(folder);
	while ((entry = fts_read(tree))) {
		if (entry->fts_level > 0 && entry->fts_info != FTS_DP)
			remember(traces, entry->fts_path, entry->fts_path + strlen(folder) + 1);
	}
	fts_close(tree);
	return traces;
}

void traces_free(struct traces *traces)
{
	for (size_t i = 0; i < traces->count; i++) {
		free(traces->seen[i].path);
		free(traces->seen[i].bytes);
	}
	free(traces);
}

static const struct seen *find(const struct traces *traces, const char *path)
{
	for (size_t i = 0; i < traces->count; i++) {
		if (strcmp(traces->seen[i].path, path) == 0)
			return &traces->seen[i];
	}
	return NULL;
}

/* --- Verdicts ------------------------------------------------------------------------------------------------------ */

static bool same_bytes(const struct seen *a, const unsigned char *bytes, uint64_t size)
{
	return a->size == size && (size == 0 || memcmp(a->bytes, bytes, size) == 0);
}

/* A folder in which something may be new has another time then. */
static bool is_unchanged(const struct seen *before, const struct seen *after, bool may_gain)
{
	if (before->stat.st_mode != after->stat.st_mode || before->stat.st_ino != after->stat.st_ino)
		return false;
	if (strcmp(before->target, after->target) != 0 || !same_bytes(before, after->bytes, after->size))
		return false;
	return may_gain || (before->stat.st_mtim.tv_sec == after->stat.st_mtim.tv_sec &&
		before->stat.st_mtim.tv_nsec == after->stat.st_mtim.tv_nsec);
}

/* Is PATH one of the WORDS; or a folder on the way to one of them? */
static bool is_word(const char *words, const char *path, bool is_folder)
{
	size_t length = strlen(path);

	for (const char *word = words; word && *word; word += strcspn(word, " ")) {
		word += strspn(word, " ");
		if (strncmp(word, path, length) != 0)
			continue;
		if (is_folder ? word[length] == '/' : word[length] == ' ' || !word[length])
			return true;
	}
	return false;
}

static bool is_partial(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t length = strlen(name);

	return name[0] == '.' && length > 11 && strcmp(name + length - 11, ".ferry-part") == 0;
}

/* What a server that lies about names offers under one of them is "file". */
static bool is_true(const struct seen *seen, const char *path)
{
	const struct offered *offered = offer_find(path);

	if (!offered)
		offered = offer_find("file");
	return same_bytes(seen, offered->bytes, offered->size);
}

/* Whoever asks for a tree may get a part of it before the lie comes. */
static bool is_part_of_tree(const struct seen *seen, const char *path, const struct trace_rules *rules)
{
	const struct offered *offered = offer_find(path);
	size_t length = rules->tree ? strlen(rules->tree) : 0;

	if (!offered || !rules->tree || strncmp(path, rules->tree, length) != 0)
		return false;
	return S_ISDIR(seen->stat.st_mode) ? offered->kind == ENTRY_FOLDER : same_bytes(seen, offered->bytes, offered->size);
}

/* PATH lies in the folder that may gain. */
static const char *judge_gain(const struct seen *seen, const char *path, const struct trace_rules *rules)
{
	bool is_folder = S_ISDIR(seen->stat.st_mode);

	if (!is_folder && !S_ISREG(seen->stat.st_mode))
		return "something that is neither file nor folder is new";
	if (seen->stat.st_mode & 07000 & ~(is_folder ? S_ISGID : 0u))
		return "a set-id bit or a sticky one";
	if (seen->stat.st_mode & 022)
		return "others may write";
	if (is_part_of_tree(seen, path, rules))
		return NULL;
	if (is_word(rules->fetched, path, is_folder) || is_word(rules->may, path, is_folder))
		return is_folder || is_true(seen, path) ? NULL : "a final name with wrong bytes";
	return is_partial(path) && !is_folder ? NULL : "a name that nobody may have made";
}

static const char *complain(const char *what, const char *path)
{
	static _Thread_local char complaint[PATH_MAX + 100];

	snprintf(complaint, sizeof(complaint), "%s: %s", path, what);
	return complaint;
}

static const char *judge_old(const struct traces *before, const struct traces *after, const struct trace_rules *rules)
{
	size_t length = strlen(rules->inside);

	for (size_t i = 0; i < before->count; i++) {
		const struct seen *seen = &before->seen[i], *now = find(after, seen->path);
		bool is_inside = strncmp(seen->path, rules->inside, length) == 0;
		bool was_asked_for = is_inside && seen->path[length] && is_word(rules->fetched, seen->path + length + 1, false);
		/* A partial is what a run is free to use, and to use up. */
		if (is_inside && is_partial(seen->path) && (!now || S_ISREG(now->stat.st_mode)))
			continue;
		if (!now)
			return complain("it is gone", seen->path);
		if (!was_asked_for && !is_unchanged(seen, now, is_inside && S_ISDIR(seen->stat.st_mode)))
			return complain("it has changed", seen->path);
	}
	return NULL;
}

static const char *judge_new(const struct traces *before, const struct traces *after, const struct trace_rules *rules)
{
	size_t length = strlen(rules->inside);

	for (size_t i = 0; i < after->count; i++) {
		const struct seen *seen = &after->seen[i];
		if (find(before, seen->path))
			continue;
		bool is_inside = strncmp(seen->path, rules->inside, length) == 0 && seen->path[length] == '/';
		const char *what = is_inside ? judge_gain(seen, seen->path + length + 1, rules) : "it is new, and outside";
		if (what)
			return complain(what, seen->path);
	}
	return NULL;
}

/* What was asked for and promised is there, and true. */
static const char *judge_fetched(const struct traces *after, const struct trace_rules *rules)
{
	for (const char *word = rules->fetched; word && *word; word += strcspn(word, " ")) {
		char path[PATH_MAX];
		word += strspn(word, " ");
		int length = (int)strcspn(word, " ");
		snprintf(path, sizeof(path), "%s/%.*s", rules->inside, length, word);
		bool is_folder = path[strlen(path) - 1] == '/';
		if (is_folder)
			path[strlen(path) - 1] = '\0';
		const struct seen *seen = find(after, path);
		if (!seen)
			return complain("it was not fetched", path);
		if (!is_folder && !is_true(seen, path + strlen(rules->inside) + 1))
			return complain("it has wrong bytes", path);
	}
	return NULL;
}

const char *traces_judge(const struct traces *before, const struct traces *after, const struct trace_rules *rules)
{
	const char *complaint = judge_old(before, after, rules);

	if (!complaint)
		complaint = judge_new(before, after, rules);
	return complaint ? complaint : judge_fetched(after, rules);
}
