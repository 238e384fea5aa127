/* strace as a second witness: did the shim see every call that changed something? */
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "child.h"
#include "sockets.h"
#include "tree.h"

#define SECONDS_MAX 60

/* --- What strace says ------------------------------------------------------------------------------------------------- */

enum rule {
	ALWAYS,
	TO_WRITE,  /* an opening whose flags say so */
	TO_A_FILE, /* its first descriptor is a file of a disk */
	SHARED,    /* a mapping through which a file can be written */
	CLONE,
};

/* Every system call that could change a disk, those too that the shim knows nothing of: using one fails the comparison. */
static const struct {
	const char *name;
	enum rule rule;
	long number; /* as the shim logs it; 0: it never does */
} calls[] = {
	{"openat", TO_WRITE, SYS_openat},
	{"openat2", TO_WRITE, SYS_openat2},
	{"open", TO_WRITE, 0},
	{"creat", ALWAYS, 0},
	{"write", TO_A_FILE, SYS_write},
	{"pwrite64", TO_A_FILE, SYS_pwrite64},
	{"writev", TO_A_FILE, 0},
	{"pwritev", TO_A_FILE, 0},
	{"pwritev2", TO_A_FILE, 0},
	{"sendfile", TO_A_FILE, 0},
	{"splice", TO_A_FILE, 0},
	{"copy_file_range", ALWAYS, 0},
	{"ioctl", CLONE, SYS_ioctl},
	{"mmap", SHARED, 0},
	{"io_uring_setup", ALWAYS, 0},
	{"ftruncate", ALWAYS, SYS_ftruncate},
	{"truncate", ALWAYS, 0},
	{"fallocate", ALWAYS, SYS_fallocate},
	{"fsync", ALWAYS, SYS_fsync},
	{"fdatasync", ALWAYS, SYS_fdatasync},
	{"sync_file_range", ALWAYS, SYS_sync_file_range},
	{"syncfs", ALWAYS, SYS_syncfs},
	{"sync", ALWAYS, 0},
	{"rename", ALWAYS, 0},
	{"renameat", ALWAYS, 0},
	{"renameat2", ALWAYS, SYS_renameat2},
	{"link", ALWAYS, 0},
	{"linkat", ALWAYS, SYS_linkat},
	{"symlink", ALWAYS, 0},
	{"symlinkat", ALWAYS, 0},
	{"unlink", ALWAYS, 0},
	{"unlinkat", ALWAYS, SYS_unlinkat},
	{"rmdir", ALWAYS, 0},
	{"mkdir", ALWAYS, 0},
	{"mkdirat", ALWAYS, SYS_mkdirat},
	{"mknod", ALWAYS, 0},
	{"mknodat", ALWAYS, 0},
	{"utimensat", ALWAYS, SYS_utimensat},
	{"utime", ALWAYS, 0},
	{"utimes", ALWAYS, 0},
	{"chmod", ALWAYS, 0},
	{"fchmod", ALWAYS, SYS_fchmod},
	{"fchmodat", ALWAYS, 0},
	{"fchmodat2", ALWAYS, 0},
	{"chown", ALWAYS, 0},
	{"fchown", ALWAYS, 0},
	{"lchown", ALWAYS, 0},
	{"fchownat", ALWAYS, 0},
	{"setxattr", ALWAYS, 0},
	{"lsetxattr", ALWAYS, 0},
	{"fsetxattr", ALWAYS, 0},
	{"removexattr", ALWAYS, 0},
	{"lremovexattr", ALWAYS, 0},
	{"fremovexattr", ALWAYS, 0},
};
#define CALLS (sizeof calls / sizeof *calls)

static bool opens_to_write(const char *arguments)
{
	return !strstr(arguments, "O_PATH") && (strstr(arguments, "O_WRONLY") || strstr(arguments, "O_RDWR") ||
		strstr(arguments, "O_CREAT") || strstr(arguments, "O_TRUNC") || strstr(arguments, "O_TMPFILE"));
}

/* strace -y writes 5</a/path>, 6<socket:[77]>, 7</memfd:plan>. */
static bool is_on_disk(const char *descriptor)
{
	const char *path = strchr(descriptor, '<');
	return path && path[1] == '/' && strncmp(path, "</dev/", 6) != 0 && strncmp(path, "</memfd:", 8) != 0;
}

static bool maps_to_write(const char *arguments)
{
	return strstr(arguments, "PROT_WRITE") && strstr(arguments, "MAP_SHARED") && is_on_disk(arguments);
}

static bool changes(enum rule rule, const char *arguments)
{
	switch (rule) {
	case ALWAYS: return true;
	case TO_WRITE: return opens_to_write(arguments);
	case TO_A_FILE: return is_on_disk(arguments);
	case SHARED: return maps_to_write(arguments);
	case CLONE: return strstr(arguments, "FICLONE") != NULL;
	}
	return false;
}

static const char *last_result(const char *line)
{
	const char *found = NULL;
	for (const char *next = strstr(line, " = "); next; next = strstr(next + 1, " = "))
		found = next;
	return found;
}

bool trace_line(const char *line, struct traced *traced)
{
	size_t length = strcspn(line, "(");
	const char *result = last_result(line);

	if (!line[length] || !result || length >= sizeof traced->name)
		return false;
	for (size_t i = 0; i < CALLS; i++) {
		if (strlen(calls[i].name) != length || strncmp(line, calls[i].name, length) != 0)
			continue;
		snprintf(traced->name, sizeof traced->name, "%s", calls[i].name);
		traced->result = strtol(result + 3, NULL, 10);
		return changes(calls[i].rule, line + length);
	}
	return false;
}

/* --- Two stories ------------------------------------------------------------------------------------------------------ */

struct story {
	struct traced *list;
	size_t count;
	size_t capacity;
};

static void add(struct story *story, const struct traced *traced)
{
	if (story->count == story->capacity) {
		story->capacity = story->capacity * 2 + 64;
		story->list = reallocarray(story->list, story->capacity, sizeof *story->list);
		if (!story->list)
			give_up("reallocarray");
	}
	story->list[story->count++] = *traced;
}

struct witness {
	const char *folder;
	struct story *story;
};

/* One file per thread: lines are never mixed. */
static void read_thread(void *context, const char *below)
{
	const struct witness *witness = context;
	char path[TREE_PATH_MAX], *line = NULL;
	size_t capacity = 0;
	struct traced traced;

	tree_path(path, witness->folder, below);
	FILE *file = fopen(path, "r");
	if (!file)
		give_up(path);
	while (getline(&line, &capacity, file) > 0)
		if (trace_line(line, &traced))
			add(witness->story, &traced);
	free(line);
	fclose(file);
}

static void read_log(const struct plan *plan, struct story *story)
{
	for (const struct record *record = plan_next(plan, NULL); record; record = plan_next(plan, record)) {
		struct traced traced = {.result = record->result < 0 ? -1 : record->result};
		for (size_t i = 0; i < CALLS; i++)
			if (calls[i].number != 0 && calls[i].number == record->system_call)
				snprintf(traced.name, sizeof traced.name, "%s", calls[i].name);
		add(story, &traced);
	}
}

static int order(const void *a, const void *b)
{
	const struct traced *one = a, *other = b;
	int names = strcmp(one->name, other->name);
	return names ? names : (one->result > other->result) - (one->result < other->result);
}

static bool agree(struct story *strace, struct story *shim, char what[TRACE_WHAT_MAX])
{
	size_t i = 0;
	qsort(strace->list, strace->count, sizeof *strace->list, order);
	qsort(shim->list, shim->count, sizeof *shim->list, order);
	while (i < strace->count && i < shim->count && order(&strace->list[i], &shim->list[i]) == 0)
		i++;
	if (i == strace->count && i == shim->count)
		return strace->count > 0;
	const struct story *knows = i == shim->count || (i < strace->count && order(&strace->list[i], &shim->list[i]) < 0) ? strace : shim;
	snprintf(what, TRACE_WHAT_MAX, "only %s saw %s = %ld", knows == strace ? "strace" : "the shim", knows->list[i].name,
		knows->list[i].result);
	return false;
}

static void run_traced(const char *const *command, const struct plan_page *page, const char *preload, const char *folder)
{
	const char *traced[64] = {"strace", "-qq", "-ff", "-y", "-v", "-s", "0", "-o"};
	char output[TREE_PATH_MAX], library[TREE_PATH_MAX], plan[64];
	struct outcome outcome;
	size_t count = 8;

	tree_path(output, folder, "thread");
	snprintf(library, sizeof library, "LD_PRELOAD=%s", preload);
	snprintf(plan, sizeof plan, PLAN_VARIABLE "=%d", page->fd);
	const char *options[] = {output, "-E", library, "-E", plan};
	for (size_t i = 0; i < sizeof options / sizeof *options; i++)
		traced[count++] = options[i];
	for (; *command && count < 63; command++)
		traced[count++] = *command;
	child_run(traced, NULL, NULL, SECONDS_MAX, &outcome);
	if (outcome.end != CHILD_EXITED || outcome.code == 127)
		give_up("strace");
	outcome_release(&outcome);
}

bool trace_agrees(const char *const *command, const struct plan_page *page, const char *preload, const char *folder,
	char what[TRACE_WHAT_MAX])
{
	struct story strace = {0}, shim = {0};

	what[0] = 0;
	plan_set(page, (struct plan){.log = PLAN_LOG_CALLS});
	run_traced(command, page, preload, folder);
	tree_walk(folder, read_thread, &(struct witness){folder, &strace});
	read_log(page->plan, &shim);
	bool yes = agree(&strace, &shim, what);
	free(strace.list);
	free(shim.list);
	return yes;
}
