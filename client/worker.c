/* Runs the loop of a thread: takes a task, opens a link for it, works on it, commits finished files. */
#include "worker.h"

#include <stdlib.h>

#include "batch.h"
#include "commit.h"
#include "ending.h"
#include "fetch.h"
#include "outcome.h"
#include "verify.h"

enum status worker_init(struct worker *worker, struct transfer *transfer)
{
	*worker = (struct worker){.transfer = transfer};
	return lanes_new(LANES_BEST, &worker->lanes);
}

void worker_release(struct worker *worker)
{
	lanes_free(worker->lanes);
	free(worker->room);
	worker->lanes = NULL;
	worker->room = NULL;
}

unsigned char *worker_room(struct worker *worker)
{
	if (!worker->room)
		worker->room = malloc(PIECE_SIZE);
	return worker->room;
}

static void forget_link(struct worker *worker)
{
	worker->link = NULL;
	worker->remote = NULL;
}

static void close_link(struct worker *worker)
{
	if (!worker->link)
		return;
	link_close(worker->link);
	queue_link_closed(worker->transfer->queue, worker->remote);
	forget_link(worker);
}

void worker_drop_link(struct worker *worker)
{
	link_drop(worker->link);
	queue_link_closed(worker->transfer->queue, worker->remote);
	forget_link(worker);
}

enum status worker_explain_error(const struct worker *worker, const struct download *download, struct span payload,
	struct failure *failure)
{
	char below[PLAN_PATH_SIZE];
	const struct plan_node *node = &download->file->node;

	return link_error(worker->link, payload, &node->source->url, span_of(plan_below(node, below)), failure);
}

void worker_lose_link(struct worker *worker, enum status status)
{
	struct failure failure;

	if (!worker->link)
		return;
	link_failure(worker->link, status, &failure);
	link_drop(worker->link);
	int64_t pause = queue_link_failed(worker->transfer->queue, worker->remote, worker->generation, &failure);
	outcome_pause(worker->transfer, &failure, pause);
	forget_link(worker);
}

/* Opens the link that was reserved for the task. False: there is none, and the task has to go back. */
static bool open_link(struct worker *worker)
{
	struct queue *queue = worker->transfer->queue;
	struct remote *remote = worker->task.remote;
	struct failure failure;
	struct link *link;

	close_link(worker);
	if (link_open(&remote->url, &worker->transfer->link, &link, &failure) != STATUS_OK) {
		outcome_pause(worker->transfer, &failure, queue_link_failed(queue, remote, worker->task.generation, &failure));
		return false;
	}
	worker->link = link;
	worker->remote = remote;
	worker->generation = worker->task.generation;
	if (queue_link_opened(queue, remote, link_welcome(link)->links))
		return true;
	close_link(worker);
	return false;
}

void worker_pause(struct worker *worker, const struct failure *failure)
{
	outcome_pause(worker->transfer, failure, queue_pause(worker->transfer->queue, worker->remote, failure));
}

bool worker_is_pause(enum status status)
{
	return status == STATUS_BUSY || status == STATUS_STOPPING;
}

/* Bytes proven in earlier epochs count as known once more: they are proven again, and the bar counts them each time. */
static void count_known(struct worker *worker, struct download *download, uint64_t size)
{
	uint64_t known = download->done + size;

	/* Modulo 2^64: it may have become less. */
	atomic_fetch_add_explicit(&worker->transfer->counters->bytes_known, known - download->counted, memory_order_relaxed);
	download->counted = known;
}

void worker_described(struct worker *worker, struct download *download, const struct file *source)
{
	if (source->kind == ENTRY_FILE)
		count_known(worker, download, source->size);
	download_describe(download, source);
}

void worker_commit_old(struct worker *worker)
{
	worker->uncommitted = worker->uncommitted && commit_old(worker->transfer->commit);
}

static void abandon(struct worker *worker)
{
	const struct task *work = &worker->task.work;

	for (size_t i = 0; i < work->file_count; i++) {
		if (work->files[i]->download)
			ending_fail(worker, work->files[i]->download, &worker->task.remote->failure);
		else
			outcome_abandoned(worker->transfer, work->files[i], worker->task.remote);
	}
}

static void put_back(struct worker *worker)
{
	struct queue *queue = worker->transfer->queue;
	struct task *work = &worker->task.work;

	for (size_t i = 0; work->kind == TASK_BATCH && i < work->file_count; i++)
		queue_again(queue, work->files[i]);
	if (work->kind != TASK_BATCH)
		ending_do(worker, work->download, queue_run_over(queue, work->download, &work->run, RUN_OVER, NULL));
}

static void work_on(struct worker *worker)
{
	struct task *work = &worker->task.work;

	if (work->kind == TASK_ABANDON) {
		abandon(worker);
		return;
	}
	if (worker->task.link_is_new && !open_link(worker)) {
		put_back(worker);
		return;
	}
	if (work->kind == TASK_BATCH)
		batch_run(worker);
	else if (work->kind == TASK_VERIFY)
		verify_run(worker, work->download, &work->run);
	else
		fetch_run(worker, work->download, &work->run);
}

static void commit_what_is_done(struct worker *worker)
{
	commit_all(worker->transfer->commit);
	worker->uncommitted = false;
}

void worker_run(struct worker *worker)
{
	struct queue *queue = worker->transfer->queue;

	for (;;) {
		/* Finished files get their names before this thread waits. */
		enum queue_patience patience = worker->uncommitted ? QUEUE_NOW : QUEUE_WAIT;
		enum queue_answer answer = queue_take(queue, worker->remote, patience, &worker->task);
		if (answer == QUEUE_OVER)
			break;
		if (answer == QUEUE_EMPTY)
			commit_what_is_done(worker);
		else if (answer == QUEUE_YIELD)
			close_link(worker);
		else {
			work_on(worker);
			queue_task_over(queue);
			worker_commit_old(worker);
		}
	}
	commit_what_is_done(worker);
	close_link(worker);
}
