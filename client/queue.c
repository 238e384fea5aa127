/* Gives work to threads and takes unfinished work back. */
#include "queue.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "clock.h"
#include "queue_state.h"

enum status queue_new(const struct queue_options *options, struct queue **queue)
{
	struct queue *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	made->options = *options;
	atomic_init(&made->stopped, false);
	pthread_mutex_init(&made->lock, NULL);
	clock_condition_init(&made->changed);
	*queue = made;
	return STATUS_OK;
}

void queue_free(struct queue *queue)
{
	if (!queue)
		return;
	while (queue->remotes) {
		struct remote *next = queue->remotes->next;
		backlog_release(&queue->remotes->backlog);
		url_release(&queue->remotes->url);
		free(queue->remotes);
		queue->remotes = next;
	}
	pthread_cond_destroy(&queue->changed);
	pthread_mutex_destroy(&queue->lock);
	free(queue);
}

enum status queue_remote(struct queue *queue, const struct url *url, struct remote **remote)
{
	struct remote **end = &queue->remotes;

	for (; *end; end = &(*end)->next) {
		if (url_same_server(&(*end)->url, url)) {
			*remote = *end;
			return STATUS_OK;
		}
	}
	struct remote *made = calloc(1, sizeof(*made));
	if (!made || url_copy(url, &made->url) != STATUS_OK) {
		free(made);
		return STATUS_NO_MEMORY;
	}
	made->links_max = UINT_MAX;
	*end = made;
	*remote = made;
	return STATUS_OK;
}

/* --- Filling ------------------------------------------------------------------------------------------------------- */

enum status queue_add(struct queue *queue, struct plan_file *files)
{
	enum status status = STATUS_OK;

	pthread_mutex_lock(&queue->lock);
	while (files && status == STATUS_OK) {
		struct plan_file *next = files->next;
		status = backlog_add(&files->node.source->remote->backlog, files);
		files = next;
	}
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	return status;
}

void queue_listing_begins(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->listings++;
	pthread_mutex_unlock(&queue->lock);
}

void queue_listing_ends(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->listings--;
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

void queue_again(struct queue *queue, struct plan_file *file)
{
	pthread_mutex_lock(&queue->lock);
	backlog_add_again(&file->node.source->remote->backlog, file);
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

/* --- Taking -------------------------------------------------------------------------------------------------------- */

/* The first thread to go on with a file after its server failed makes a new attempt at it. Caller holds lock. */
static void count_attempt(const struct remote *remote, const struct task *work)
{
	struct download *download = work->download;

	if (work->kind == TASK_BATCH || download->generation == remote->generation)
		return;
	download->generation = remote->generation;
	download->attempts++;
}

/* Caller holds lock. */
static bool claim_from(struct queue *queue, struct remote *remote, bool linked, int64_t now, struct queue_task *task)
{
	if (queue_gave_up(remote)) {
		task->work.kind = TASK_ABANDON;
		return backlog_empty_out(&remote->backlog, &task->work);
	}
	if (remote->not_before > now || (!linked && !queue_can_link(remote)))
		return false;
	if (!backlog_claim(&remote->backlog, queue->options.jobs, &task->work))
		return false;
	task->link_is_new = !linked;
	task->generation = remote->generation;
	count_attempt(remote, &task->work);
	if (!linked)
		remote->links++;
	return true;
}

/* Caller holds lock. */
static bool claim(struct queue *queue, struct remote *linked, struct queue_task *task)
{
	int64_t now = clock_now();

	task->link_is_new = false;
	task->remote = linked;
	if (linked && claim_from(queue, linked, true, now, task))
		return true;
	for (struct remote *remote = queue->remotes; remote; remote = remote->next) {
		task->remote = remote;
		if (remote != linked && claim_from(queue, remote, false, now, task))
			return true;
	}
	return false;
}

/* The time at which the next server may be tried again. Caller holds lock. */
static int64_t next_attempt(const struct queue *queue)
{
	int64_t now = clock_now();
	int64_t earliest = CLOCK_NEVER;

	for (const struct remote *remote = queue->remotes; remote; remote = remote->next) {
		if (remote->not_before > now && remote->not_before < earliest)
			earliest = remote->not_before;
	}
	return earliest;
}

/* Caller holds lock. */
static bool has_work(const struct queue *queue)
{
	for (const struct remote *remote = queue->remotes; remote; remote = remote->next) {
		const struct backlog *backlog = &remote->backlog;
		if (backlog->again.count || backlog->heap_count || backlog->small.count || backlog->downloads)
			return true;
	}
	return false;
}

/* The answer to a thread for which there is no task; false: it has to wait. Caller holds lock. */
static bool answer_without_task(const struct queue *queue, const struct remote *linked, enum queue_patience patience,
	enum queue_answer *answer)
{
	if (queue->working == 0 && queue->listings == 0 && !has_work(queue))
		*answer = QUEUE_OVER;
	else if (patience == QUEUE_NOW)
		*answer = QUEUE_EMPTY;
	else if (linked && linked->wanted > 0)
		*answer = QUEUE_YIELD;
	else
		return false;
	return true;
}

/* Caller holds lock. */
static enum queue_answer take_or_wait(struct queue *queue, struct remote *linked, enum queue_patience patience, struct queue_task *task)
{
	enum queue_answer answer;

	for (;;) {
		if (queue_stopped(queue))
			return QUEUE_OVER;
		if (claim(queue, linked, task)) {
			queue->working++;
			return QUEUE_TASK;
		}
		if (answer_without_task(queue, linked, patience, &answer))
			return answer;
		clock_wait(&queue->changed, &queue->lock, next_attempt(queue));
	}
}

enum queue_answer queue_take(struct queue *queue, struct remote *linked, enum queue_patience patience, struct queue_task *task)
{
	pthread_mutex_lock(&queue->lock);
	enum queue_answer answer = take_or_wait(queue, linked, patience, task);
	pthread_mutex_unlock(&queue->lock);
	return answer;
}

void queue_task_over(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	assert(queue->working > 0);
	if (--queue->working == 0)
		pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

/* --- Files of several pieces --------------------------------------------------------------------------------------- */

void queue_share(struct queue *queue, struct download *download, struct piece_run *first)
{
	struct remote *remote = download->file->node.source->remote;

	pthread_mutex_lock(&queue->lock);
	download->outdated = false;
	download->generation = remote->generation;
	download->fetching = download->verifying = 0;
	if (first) {
		bool claimed = piece_map_claim(&download->pieces, first->from, first->count, first);
		assert(claimed);
		(void)claimed;
		download->fetching++;
	}
	if (!first && queue_gave_up(remote)) {
		/* No thread will ever give back a run of it: it goes where any thread can take it up and report it. */
		download->failure = remote->failure;
		backlog_add_again(&remote->backlog, download->file);
	} else {
		backlog_share(&remote->backlog, download);
	}
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

static bool was_fetched(const struct piece_run *run)
{
	return run->from == PIECE_MISSING || run->from == PIECE_SUSPECT;
}

void queue_piece(struct queue *queue, struct download *download, const struct piece_news *news)
{
	pthread_mutex_lock(&queue->lock);
	download->fetched += news->received;
	download->reused += news->reused;
	if (news->verdict == PIECE_VERDICT_PROVEN) {
		piece_map_prove(&download->pieces, news->piece, &news->digest);
		download->done += piece_length(download->source.size, news->piece);
		queue_count_progress(download->file->node.source->remote);
	} else {
		piece_map_set(&download->pieces, news->piece, PIECE_WRONG);
	}
	pthread_mutex_unlock(&queue->lock);
}

void queue_wasted(struct queue *queue, struct download *download, uint64_t received)
{
	pthread_mutex_lock(&queue->lock);
	download->fetched += received;
	pthread_mutex_unlock(&queue->lock);
}

void queue_root(struct queue *queue, struct download *download, const struct digest *root)
{
	pthread_mutex_lock(&queue->lock);
	download->source.root = *root;
	download->source.root_known = true;
	pthread_mutex_unlock(&queue->lock);
}

/* Gives back all pieces of RUN that were not proven. Only now, so that no piece ever belongs to two runs. Caller holds lock. */
static void give_back(struct download *download, const struct piece_run *run)
{
	struct piece_map *pieces = &download->pieces;

	for (uint64_t piece = run->first; piece < run->first + run->count; piece++) {
		if (pieces->states[piece] == PIECE_CLAIMED)
			piece_map_set(pieces, piece, run->from);
		else if (pieces->states[piece] == PIECE_WRONG)
			piece_map_set(pieces, piece, was_fetched(run) ? PIECE_SUSPECT : PIECE_MISSING);
	}
	if (was_fetched(run))
		download->fetching--;
	else
		download->verifying--;
}

/* Caller holds lock. */
static enum run_duty duty_of(struct download *download)
{
	if (download->fetching + download->verifying > 0)
		return DUTY_NOTHING;
	if (download_failed(download))
		return DUTY_FAIL;
	if (download->outdated)
		return DUTY_DESCRIBE;
	return piece_map_all_proven(&download->pieces) ? DUTY_FINISH : DUTY_NOTHING;
}

enum run_duty queue_run_over(struct queue *queue, struct download *download, const struct piece_run *run, enum run_end end,
	const struct failure *failure)
{
	struct remote *remote = download->file->node.source->remote;

	pthread_mutex_lock(&queue->lock);
	give_back(download, run);
	if (end == RUN_OUTDATED || end == RUN_DIFFERS)
		download->outdated = true;
	if (end == RUN_DIFFERS)
		download->differs = true;
	if (end == RUN_FAILED && !download_failed(download))
		download->failure = *failure;
	/* The server was given up before this was shared: no thread will take another run of it. */
	if (queue_gave_up(remote) && !download_failed(download) && !piece_map_all_proven(&download->pieces))
		download->failure = remote->failure;
	enum run_duty duty = duty_of(download);
	if (duty != DUTY_NOTHING)
		backlog_unshare(&remote->backlog, download);
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
	return duty;
}

/* --- The end ------------------------------------------------------------------------------------------------------- */

void queue_stop(struct queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	atomic_store(&queue->stopped, true);
	pthread_cond_broadcast(&queue->changed);
	pthread_mutex_unlock(&queue->lock);
}

bool queue_stopped(const struct queue *queue)
{
	return atomic_load_explicit(&queue->stopped, memory_order_relaxed);
}

bool queue_drain(struct queue *queue, struct task *task)
{
	bool found = false;

	pthread_mutex_lock(&queue->lock);
	for (struct remote *remote = queue->remotes; remote && !found; remote = remote->next) {
		while (remote->backlog.downloads) {
			struct download *download = remote->backlog.downloads;
			backlog_unshare(&remote->backlog, download);
			backlog_add_again(&remote->backlog, download->file);
		}
		found = backlog_empty_out(&remote->backlog, task);
	}
	pthread_mutex_unlock(&queue->lock);
	return found;
}
