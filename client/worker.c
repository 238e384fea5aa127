/* Runs the loop of a thread: takes a task, opens a link for it, works on it, commits finished files. */
#include "worker.h"

#include <stdlib.h>

#include "batch.h"
#include "checksum.h"
#include "commit.h"
#include "digest.h"
#include "fetch.h"
#include "hex.h"
#include "landing.h"
#include "outcome.h"
#include "verify.h"

#define CHANGES_MAX 5 /* epochs of one file, then it fails because its source keeps changing */
#define ROOTS_MAX 2   /* all pieces proven, but a wrong root: once the server may have remembered it wrong, twice the file fails */

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

/* --- Links --------------------------------------------------------------------------------------------------------- */

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

/* --- Downloads ----------------------------------------------------------------------------------------------------- */

/* The run is ending while this file waits for something: it is reported with all other files that are left. */
static bool is_left(const struct worker *worker, const struct failure *failure)
{
	return failure->code == EXIT_INTERRUPTED && queue_stopped(worker->transfer->queue);
}

void worker_fail(struct worker *worker, struct download *download, const struct failure *failure)
{
	if (is_left(worker, failure)) {
		queue_again(worker->transfer->queue, download->file);
		return;
	}
	landing_give_up(worker->transfer, download);
	if (failure != &download->failure)
		download->failure = *failure;
	outcome_download(worker->transfer, download, RESULT_FAILED);
}

#define URL_SHOWN_SIZE 401

/* Its URL, cut if it is very long. Returns OUT. */
static char *show_url(const struct download *download, char out[URL_SHOWN_SIZE])
{
	char below[PLAN_PATH_SIZE];
	const struct plan_node *node = &download->file->node;
	char *url = url_text(&node->source->url, span_of(plan_below(node, below)));

	snprintf(out, URL_SHOWN_SIZE, "%s", url ? url : "a file");
	free(url);
	return out;
}

static void fail_with_url(struct worker *worker, struct download *download, enum status status, const char *what)
{
	char url[URL_SHOWN_SIZE];
	struct failure failure;

	failure_set(&failure, FAILURE_SERVER, status, "%s %s", show_url(download, url), what);
	worker_fail(worker, download, &failure);
}

void worker_explain_mismatch(const struct download *download, uint64_t piece, struct failure *failure)
{
	char url[URL_SHOWN_SIZE];

	failure_set(failure, FAILURE_SERVER, STATUS_MISMATCH, "piece %llu of %s arrived wrong twice", (unsigned long long)piece,
		show_url(download, url));
}

/* A new epoch begins with nothing proven. Pieces in the partial are proven again, in this run or the next. */
static void begin_again(struct worker *worker, struct download *download)
{
	download->reused = 0;
	download->earned = download->earned || download->pieces.tally[PIECE_PROVEN] > 0;
	if (download->proving) {
		landing_close(worker->transfer, download);
		download->proving = download->looked = false;
	}
	piece_map_release(&download->pieces);
	queue_again(worker->transfer->queue, download->file);
}

/* Not once an ordered outlet has got bytes: they cannot be taken back. */
static bool can_begin_again(const struct download *download)
{
	return !download->outlet || !outlet_is_ordered(download->outlet) || outlet_next(download->outlet) == 0;
}

void worker_changed(struct worker *worker, struct download *download)
{
	/* The source has not changed, the file here differs: now it is repaired. */
	if (download->proving && download->differs)
		begin_again(worker, download);
	else if (++download->changes < CHANGES_MAX && can_begin_again(download))
		begin_again(worker, download);
	else
		fail_with_url(worker, download, STATUS_CHANGED, "kept changing while it was fetched");
}

static void explain_sum(const struct download *download, struct failure *failure)
{
	char url[URL_SHOWN_SIZE], hex[HEX_SIZE];

	failure_set(failure, FAILURE_LOCAL, STATUS_MISMATCH, "%s has the SHA-256 %s, not the one that was given", show_url(download, url),
		hex_write(&download->sum, hex));
}

/* All bytes are the server's. Are they those of the user's SHA-256, too? */
static void complete(struct worker *worker, struct download *download)
{
	enum status status = checksum_download(download);
	struct failure failure;

	download->rooted = true;
	if (status == STATUS_OK) {
		commit_add(worker->transfer->commit, download);
		worker->uncommitted = true;
		return;
	}
	if (status == STATUS_MISMATCH)
		explain_sum(download, &failure);
	else
		outcome_local_failure(worker->transfer, &download->file->node, status, "cannot read again", &failure);
	worker_fail(worker, download, &failure);
}

void worker_finish(struct worker *worker, struct download *download)
{
	if (download->pieces.count > 0)
		piece_map_root(&download->pieces, worker->lanes, &download->root);
	if (!download_root_differs(download))
		complete(worker, download);
	else if (++download->roots < ROOTS_MAX && can_begin_again(download))
		begin_again(worker, download);
	else
		fail_with_url(worker, download, STATUS_MISMATCH, "has another root than its server said, twice");
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

void worker_unchanged(struct worker *worker, struct download *download)
{
	uint64_t size = download->described ? download->source.size : download->file->size;
	const struct digest *sum = plan_sum(download->file);

	atomic_fetch_add_explicit(&worker->transfer->counters->bytes_kept, size, memory_order_relaxed);
	download->reused = size;
	download->summed = sum;
	if (sum)
		download->sum = *sum;
	outcome_download(worker->transfer, download, sum ? RESULT_VERIFIED : RESULT_UNCHANGED);
}

void worker_do(struct worker *worker, struct download *download, enum run_duty duty)
{
	switch (duty) {
	case DUTY_NOTHING:
		break;
	case DUTY_FINISH:
		worker_finish(worker, download);
		break;
	case DUTY_FAIL:
		worker_fail(worker, download, &download->failure);
		break;
	case DUTY_DESCRIBE:
		worker_changed(worker, download);
		break;
	}
}

void worker_pause(struct worker *worker, const struct failure *failure)
{
	outcome_pause(worker->transfer, failure, queue_pause(worker->transfer->queue, worker->remote, failure));
}

bool worker_is_pause(enum status status)
{
	return status == STATUS_BUSY || status == STATUS_STOPPING;
}

void worker_commit_old(struct worker *worker)
{
	worker->uncommitted = worker->uncommitted && commit_old(worker->transfer->commit);
}

/* --- Tasks --------------------------------------------------------------------------------------------------------- */

static void abandon(struct worker *worker)
{
	const struct task *work = &worker->task.work;

	for (size_t i = 0; i < work->file_count; i++) {
		if (work->files[i]->download)
			worker_fail(worker, work->files[i]->download, &worker->task.remote->failure);
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
		worker_do(worker, work->download, queue_run_over(queue, work->download, &work->run, RUN_OVER, NULL));
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
