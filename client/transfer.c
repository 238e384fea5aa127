/* Starts the threads of a run, waits for them or for an interruption, and cleans up after them. */
#include "transfer.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "claims.h"
#include "clock.h"
#include "commit.h"
#include "descriptor_limit.h"
#include "landing.h"
#include "listing.h"
#include "outcome.h"
#include "patience.h"
#include "worker.h"

/* How long an interrupted run waits for its threads: they may be amid a commit, or blocked where nothing can wake them. */
#define LAST_ORDERS (10 * CLOCK_SECOND)
#define LAST_ORDERS_OUTLET CLOCK_SECOND

struct crew;

/* One thread. */
struct hand {
	struct crew *crew;
	struct worker worker; /* not used by the listing's */
	pthread_t thread;
};

struct crew {
	struct transfer *transfer;
	struct hand *hands;
	unsigned started;
	int interrupt_fd;
	int over_fd; /* counts the threads that are over */
};

static void sign_off(const struct crew *crew)
{
	const uint64_t one = 1;
	/* This cannot fail: the count is far below the limit of an eventfd. */
	ssize_t written = write(crew->over_fd, &one, sizeof(one));

	(void)written;
}

static void *work(void *argument)
{
	struct hand *hand = argument;

	worker_run(&hand->worker);
	sign_off(hand->crew);
	return NULL;
}

static void *list(void *argument)
{
	struct hand *hand = argument;

	listing_run(hand->crew->transfer);
	sign_off(hand->crew);
	return NULL;
}

/* --- Starting ------------------------------------------------------------------------------------------------------ */

static enum status start_hand(struct crew *crew, void *(*run)(void *argument))
{
	struct hand *hand = &crew->hands[crew->started];

	hand->crew = crew;
	enum status status = worker_init(&hand->worker, crew->transfer);
	if (status != STATUS_OK)
		return status;
	int error = pthread_create(&hand->thread, NULL, run, hand);
	if (error) {
		worker_release(&hand->worker);
		return status_from_thread(error);
	}
	crew->started++;
	return STATUS_OK;
}

/* The listing's thread starts first: only it may end the listing. If not all workers can be started, one is enough. */
static enum status start(struct crew *crew)
{
	unsigned needed = crew->transfer->recursive ? 2 : 1;
	enum status status = STATUS_OK;

	if (crew->transfer->recursive) {
		queue_listing_begins(crew->transfer->queue);
		status = start_hand(crew, list);
	}
	for (unsigned i = 0; status == STATUS_OK && i < crew->transfer->jobs; i++)
		status = start_hand(crew, work);
	return crew->started >= needed ? STATUS_OK : status;
}

static void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	for (unsigned i = 0; i < crew->started; i++) {
		pthread_join(crew->hands[i].thread, NULL);
		worker_release(&crew->hands[i].worker);
	}
	if (crew->over_fd >= 0)
		close(crew->over_fd);
	free(crew->hands);
	free(crew);
}

/* Not on the stack: a thread that is stuck may use it after transfer_run() has returned. */
static enum status crew_new(struct transfer *transfer, struct crew **crew)
{
	struct crew *made = calloc(1, sizeof(*made));

	if (!made)
		return STATUS_NO_MEMORY;
	made->transfer = transfer;
	made->interrupt_fd = transfer->link.stop_fd;
	made->hands = calloc(transfer->jobs + 1, sizeof(made->hands[0]));
	made->over_fd = eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE);
	if (made->hands && made->over_fd >= 0) {
		*crew = made;
		return STATUS_OK;
	}
	enum status status = made->hands ? status_from_errno(errno) : STATUS_NO_MEMORY;
	crew_free(made);
	return status;
}

/* --- Waiting ------------------------------------------------------------------------------------------------------- */

/* Waits until every thread has signed off. */
static enum status wait_for_all(struct crew *crew, unsigned *over, int stop_fd, int64_t deadline)
{
	while (*over < crew->started) {
		uint64_t one;
		enum status status = patience_wait(crew->over_fd, POLLIN, stop_fd, deadline);
		if (status != STATUS_OK)
			return status;
		if (read(crew->over_fd, &one, sizeof(one)) == (ssize_t)sizeof(one))
			++*over;
	}
	return STATUS_OK;
}

/* *ENDED: all threads are over, so the memory that they used may be freed. */
static enum status wait_for_end(struct crew *crew, bool *ended)
{
	struct transfer *transfer = crew->transfer;
	unsigned over = 0;
	enum status status = wait_for_all(crew, &over, crew->interrupt_fd, CLOCK_NEVER);

	if (status != STATUS_OK) {
		int64_t patience = transfer->destination->outlet ? LAST_ORDERS_OUTLET : LAST_ORDERS;
		queue_stop(transfer->queue);
		*ended = wait_for_all(crew, &over, -1, clock_now() + patience) == STATUS_OK;
		return status;
	}
	*ended = true;
	return STATUS_OK;
}

/* --- Afterwards ---------------------------------------------------------------------------------------------------- */

static void give_up(struct transfer *transfer, struct download *download, enum status status)
{
	landing_give_up(transfer, download);
	if (status != STATUS_OK && download->attempts > 0 && !download_failed(download))
		outcome_local_failure(transfer, &download->file->node, STATUS_INTERRUPTED, "fetching", &download->failure);
}

/* Collects the files that an interruption (STATUS), or the first failure, left in work or not begun. */
static void take_leftovers(struct transfer *transfer, enum status status)
{
	struct plan_file **end = &transfer->leftovers;
	struct task task;

	while (queue_drain(transfer->queue, &task)) {
		for (size_t i = 0; i < task.file_count; i++) {
			struct plan_file *file = task.files[i];
			if (file->download)
				give_up(transfer, file->download, status);
			file->next = NULL;
			*end = file;
			end = &file->next;
		}
	}
}

/* Folders get their modes and times last, from the innermost outwards: every name made in one changes its time. */
static enum status complete_folders(struct transfer *transfer, int interrupt_fd)
{
	for (struct plan_folder *folder = plan_folders(transfer->plan); folder && folder->node.parent; folder = folder->older) {
		/* A folder that failed was reported with a file in it. Some are only made for their files. */
		if (folder->failed || !folder->node.attributes_known || (folder->only_for_files && !folder->made))
			continue;
		/* Many folders with a sync each take long. */
		if (patience_wait(-1, 0, interrupt_fd, clock_now()) == STATUS_INTERRUPTED)
			return STATUS_INTERRUPTED;
		folder->unfinished = folders_complete(transfer->folders, folder);
	}
	transfer->completed = true;
	return STATUS_OK;
}

void transfer_halt(struct transfer *transfer)
{
	queue_stop(transfer->queue);
	halt_now(&transfer->halt);
}

/* From here on all threads wait for the halt. */
static enum status run(struct crew *crew, bool *ended)
{
	enum status status = start(crew);

	if (status == STATUS_OK)
		return wait_for_end(crew, ended);
	transfer_halt(crew->transfer);
	return status;
}

static enum status prepare(struct transfer *transfer, struct crew **crew)
{
	enum status status = crew_new(transfer, crew);

	if (status == STATUS_OK)
		status = commit_new(transfer, descriptor_limit_raise(), &transfer->commit);
	if (status == STATUS_OK)
		status = claims_new(&transfer->claims);
	if (status == STATUS_OK)
		status = halt_open(&transfer->halt, transfer->link.stop_fd);
	if (status == STATUS_OK)
		transfer->link.stop_fd = transfer->halt.fd;
	return status;
}

enum status transfer_run(struct transfer *transfer)
{
	const int interrupt_fd = transfer->link.stop_fd;
	struct crew *crew = NULL;
	bool ended = true;

	transfer->halt = (struct halt){.fd = -1, .event = -1};
	enum status status = prepare(transfer, &crew);
	if (status == STATUS_OK)
		status = run(crew, &ended);
	/* Threads that do not end may use all of this until the process ends. */
	if (!ended)
		return STATUS_INTERRUPTED;
	crew_free(crew);
	halt_close(&transfer->halt);
	commit_free(transfer->commit);
	transfer->commit = NULL;
	claims_free(transfer->claims);
	transfer->claims = NULL;
	if (transfer->refused)
		return STATUS_EXISTS;
	take_leftovers(transfer, status);
	if (status == STATUS_OK && transfer->recursive && !transfer->dry_run)
		status = complete_folders(transfer, interrupt_fd);
	transfer->settled = true;
	return status;
}

/* --- Telling ------------------------------------------------------------------------------------------------------- */

static void tell_file(struct transfer *transfer, struct plan_file *file)
{
	if (!file->download)
		outcome_file(transfer, file, RESULT_NOT_TRIED, NULL);
	else
		outcome_download(transfer, file->download, download_failed(file->download) ? RESULT_FAILED : RESULT_NOT_TRIED);
}

void transfer_tell(struct transfer *transfer)
{
	if (!transfer->settled)
		return;
	for (struct plan_file *file = transfer->leftovers; file; file = file->next)
		tell_file(transfer, file);
	for (struct plan_source *source = plan_sources(transfer->plan); source; source = source->next) {
		if (source->listed && !atomic_load(&source->ended))
			outcome_untried(transfer, source);
	}
	for (struct plan_folder *folder = plan_folders(transfer->plan); folder; folder = folder->older) {
		if (folder->unfinished != STATUS_OK)
			outcome_folder(transfer, folder);
	}
}
