/* What one server still owes: files that nobody works on yet, and runs of those that somebody does. */
#ifndef BACKLOG_H
#define BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "download.h"
#include "plan.h"
#include "status.h"

/*
 * Nothing is locked here: the queue does that. Work is given out in this order: files that have to be begun again, runs of
 * files in work, the largest file, then small ones many at a time.
 */
struct file_list {
	struct plan_file *first, *last;
	size_t count;
};

struct backlog {
	struct file_list again;
	struct download *downloads; /* shared ones */
	struct plan_file **heap;    /* of several pieces, the largest on top */
	size_t heap_count, heap_room;
	struct file_list small;
};

enum task_kind {
	TASK_BATCH,   /* begin these files */
	TASK_FETCH,   /* a run of a download */
	TASK_VERIFY,  /* likewise */
	TASK_ABANDON, /* these files have failed: their server is given up */
};

#define BATCH_FILES_MAX 256u
#define BATCH_BYTES_MAX (8u << 20)
#define RUN_PIECES_MAX 16u

struct task {
	enum task_kind kind;
	struct plan_file *files[BATCH_FILES_MAX];
	size_t file_count;
	struct download *download;
	struct piece_run run;
};

/* A zeroed backlog is empty. */
void backlog_release(struct backlog *backlog);

/* Adds a file that was not begun; STATUS_NO_MEMORY. */
MUST_CHECK enum status backlog_add(struct backlog *backlog, struct plan_file *file);
/* Adds a file to be begun again. */
void backlog_add_again(struct backlog *backlog, struct plan_file *file);

void backlog_share(struct backlog *backlog, struct download *download);
void backlog_unshare(struct backlog *backlog, struct download *download);

/* The next task for one of JOBS threads; false when there is none at the moment. */
bool backlog_claim(struct backlog *backlog, unsigned jobs, struct task *task);

/* Up to BATCH_FILES_MAX files that are not shared, in any order. */
bool backlog_empty_out(struct backlog *backlog, struct task *task);

#endif
