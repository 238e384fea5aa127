/* Orders the work of one server and cuts it into tasks. */
#include "backlog.h"

#include <assert.h>
#include <stdlib.h>

/* An ordered outlet gets all that is left in one run: only one thread can write to it anyway. */
#define RUN_ALL UINT32_MAX

void backlog_release(struct backlog *backlog)
{
	free(backlog->heap);
	*backlog = (struct backlog){0};
}

/* --- Lists --------------------------------------------------------------------------------------------------------- */

static void append(struct file_list *list, struct plan_file *file)
{
	file->next = NULL;
	if (list->last)
		list->last->next = file;
	else
		list->first = file;
	list->last = file;
	list->count++;
}

static struct plan_file *take_first(struct file_list *list)
{
	struct plan_file *file = list->first;

	if (!file)
		return NULL;
	list->first = file->next;
	if (!list->first)
		list->last = NULL;
	list->count--;
	file->next = NULL;
	return file;
}

/* --- The heap ------------------------------------------------------------------------------------------------------ */

static void swap(struct plan_file **a, struct plan_file **b)
{
	struct plan_file *kept = *a;

	*a = *b;
	*b = kept;
}

static enum status push(struct backlog *backlog, struct plan_file *file)
{
	if (backlog->heap_count == backlog->heap_room) {
		size_t room = backlog->heap_room ? backlog->heap_room * 2 : 64;
		struct plan_file **heap = realloc(backlog->heap, room * sizeof(heap[0]));
		if (!heap)
			return STATUS_NO_MEMORY;
		backlog->heap = heap;
		backlog->heap_room = room;
	}
	struct plan_file **heap = backlog->heap;
	size_t place = backlog->heap_count++;
	heap[place] = file;
	for (; place > 0 && heap[(place - 1) / 2]->size < heap[place]->size; place = (place - 1) / 2)
		swap(&heap[place], &heap[(place - 1) / 2]);
	return STATUS_OK;
}

static struct plan_file *pop(struct backlog *backlog)
{
	struct plan_file **heap = backlog->heap;

	if (backlog->heap_count == 0)
		return NULL;
	struct plan_file *largest = heap[0];
	size_t count = --backlog->heap_count;
	heap[0] = heap[count];
	for (size_t place = 0;;) {
		size_t child = 2 * place + 1;
		if (child + 1 < count && heap[child + 1]->size > heap[child]->size)
			child++;
		if (child >= count || heap[child]->size <= heap[place]->size)
			return largest;
		swap(&heap[place], &heap[child]);
		place = child;
	}
}

/* --- Adding -------------------------------------------------------------------------------------------------------- */

enum status backlog_add(struct backlog *backlog, struct plan_file *file)
{
	if (file->node.attributes_known && file->size > PIECE_SIZE)
		return push(backlog, file);
	append(&backlog->small, file);
	return STATUS_OK;
}

void backlog_add_again(struct backlog *backlog, struct plan_file *file)
{
	append(&backlog->again, file);
}

void backlog_share(struct backlog *backlog, struct download *download)
{
	struct download **end = &backlog->downloads;

	while (*end)
		end = &(*end)->next;
	download->next = NULL;
	download->shared = true;
	*end = download;
}

void backlog_unshare(struct backlog *backlog, struct download *download)
{
	struct download **place = &backlog->downloads;

	while (*place != download) {
		assert(*place);
		place = &(*place)->next;
	}
	*place = download->next;
	download->next = NULL;
	download->shared = false;
}

/* --- Claiming ------------------------------------------------------------------------------------------------------ */

/* Long runs first, shorter ones towards the end, so that all threads finish at about the same time. */
static uint32_t run_length(uint64_t left, unsigned jobs)
{
	uint64_t share = left / (2 * (uint64_t)jobs);

	if (share > RUN_PIECES_MAX)
		return RUN_PIECES_MAX;
	return share > 0 ? (uint32_t)share : 1;
}

static bool claim_state(struct download *download, enum piece_state state, unsigned jobs, struct task *task)
{
	uint32_t max = run_length(download->pieces.tally[state], jobs);

	if (download->outlet && outlet_is_ordered(download->outlet))
		max = RUN_ALL;
	return piece_map_claim(&download->pieces, state, max, &task->run);
}

static bool claim_fetch(struct download *download, unsigned jobs, struct task *task)
{
	if (!claim_state(download, PIECE_SUSPECT, jobs, task) && !claim_state(download, PIECE_MISSING, jobs, task))
		return false;
	download->fetching++;
	task->kind = TASK_FETCH;
	task->download = download;
	return true;
}

static bool claim_verify(struct download *download, unsigned jobs, struct task *task)
{
	if (!claim_state(download, PIECE_LOCAL, jobs, task) && !claim_state(download, PIECE_BASIS, jobs, task))
		return false;
	download->verifying++;
	task->kind = TASK_VERIFY;
	task->download = download;
	return true;
}

/* If there is work of both kinds, half of the threads fetch and half verify. */
static bool claim_run(struct download *download, unsigned jobs, struct task *task)
{
	if (download->outdated || download_failed(download))
		return false;
	/* Proven pieces leave an ordered outlet in their order: one thread at a time. */
	if (download->outlet && outlet_is_ordered(download->outlet) && download->fetching > 0)
		return false;
	if (download->fetching <= download->verifying)
		return claim_fetch(download, jobs, task) || claim_verify(download, jobs, task);
	return claim_verify(download, jobs, task) || claim_fetch(download, jobs, task);
}

/* A fair share of LIST, no more than fits into one batch. A file of unknown size counts as a piece. */
static bool claim_files(struct file_list *list, unsigned jobs, struct task *task)
{
	size_t share = list->count / (2 * (size_t)jobs) + 1;
	uint64_t bytes = 0;

	task->kind = TASK_BATCH;
	task->file_count = 0;
	while (list->first && task->file_count < share && task->file_count < BATCH_FILES_MAX && bytes < BATCH_BYTES_MAX) {
		bytes += list->first->node.attributes_known && list->first->size < PIECE_SIZE ? list->first->size : PIECE_SIZE;
		task->files[task->file_count++] = take_first(list);
	}
	return task->file_count > 0;
}

static bool claim_largest(struct backlog *backlog, struct task *task)
{
	struct plan_file *largest = pop(backlog);

	if (!largest)
		return false;
	task->kind = TASK_BATCH;
	task->files[0] = largest;
	task->file_count = 1;
	return true;
}

bool backlog_claim(struct backlog *backlog, unsigned jobs, struct task *task)
{
	if (claim_files(&backlog->again, jobs, task))
		return true;
	for (struct download *download = backlog->downloads; download; download = download->next) {
		if (claim_run(download, jobs, task))
			return true;
	}
	return claim_largest(backlog, task) || claim_files(&backlog->small, jobs, task);
}

bool backlog_empty_out(struct backlog *backlog, struct task *task)
{
	struct plan_file *file;

	task->file_count = 0;
	while (task->file_count < BATCH_FILES_MAX) {
		file = take_first(&backlog->again);
		if (!file)
			file = pop(backlog);
		if (!file)
			file = take_first(&backlog->small);
		if (!file)
			break;
		task->files[task->file_count++] = file;
	}
	return task->file_count > 0;
}
