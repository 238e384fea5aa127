/* ferry get: fetches what URLs name, proves it, and gives it its final name. */
#include "commands.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "beneath.h"
#include "clock.h"
#include "destination.h"
#include "failed_list.h"
#include "folders.h"
#include "intake.h"
#include "interrupt.h"
#include "limit.h"
#include "outcome.h"
#include "plan.h"
#include "progress.h"
#include "queue.h"
#include "report.h"
#include "transfer.h"
#include "trust.h"

#define JOBS_MIN 2
#define JOBS_MAX 4
/* From a signal to the end of a process that is stuck; long enough to wait for the threads, write the failed list and report. */
#define INTERRUPT_PATIENCE (15 * CLOCK_SECOND)

/* Everything that a run owns. */
struct get {
	const struct options *options;
	struct progress_counters counters;
	struct progress *progress;
	struct report *report;
	struct destination destination;
	struct interrupt interrupt;
	struct plan *plan;
	struct queue *queue;
	struct folders *folders;
	struct limit *limit;
	struct failed_list *failed_list;
	struct trust *trust;
	struct transfer transfer;
};

/* --- Settings ------------------------------------------------------------------------------------------------------ */

/* As many threads as there are cores, but at least two and at most four. */
static unsigned default_jobs(void)
{
	cpu_set_t usable;
	int cores = JOBS_MIN;

	if (sched_getaffinity(0, sizeof(usable), &usable) == 0)
		cores = CPU_COUNT(&usable);
	if (cores < JOBS_MIN)
		return JOBS_MIN;
	return cores > JOBS_MAX ? JOBS_MAX : (unsigned)cores;
}

static unsigned jobs_of(const struct get *get)
{
	/* One thread keeps the order that an outlet needs. */
	if (get->destination.outlet && outlet_is_ordered(get->destination.outlet))
		return 1;
	unsigned jobs = get->options->jobs > 0 ? get->options->jobs : default_jobs();
	uint64_t limit = get->options->limit_rate;
	/* A server takes a link that is slower than LIMIT_RATE_MIN for dead. */
	if (limit > 0 && jobs > limit / LIMIT_RATE_MIN)
		jobs = (unsigned)(limit / LIMIT_RATE_MIN);
	return jobs;
}

/* The umask can only be read by setting it; no other thread runs yet. */
static mode_t current_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

/* --- What to fetch ------------------------------------------------------------------------------------------------- */

static enum status fail(struct get *get, enum status status, const char *what)
{
	struct failure failure;

	failure_set(&failure, FAILURE_LOCAL, status, "%s", what);
	report_failure(get->report, &failure);
	return status;
}

static enum status take_in(struct get *get)
{
	const struct intake intake = {
		.options = get->options,
		.name = get->destination.name,
		.plan = get->plan,
		.queue = get->queue,
		.folders = get->folders,
		.failed_list = get->failed_list,
		.report = get->report,
		.counters = &get->counters,
	};

	return intake_run(&intake);
}

/* --- The failed list ----------------------------------------------------------------------------------------------- */

static enum status open_failed_list(struct get *get)
{
	struct failure failure;

	if (!get->options->failed_list)
		return STATUS_OK;
	enum status status = failed_list_open(get->options->failed_list, &get->failed_list, &failure);
	if (status != STATUS_OK)
		report_failure(get->report, &failure);
	return status;
}

/* A run that did not start leaves the list as it was. */
static void write_failed_list(struct get *get)
{
	enum failed_list_sync sync = get->options->no_sync ? FAILED_LIST_NO_SYNC : FAILED_LIST_SYNC;
	struct failure failure;

	if (!get->failed_list)
		return;
	outcome_list_failures(&get->transfer);
	if (failed_list_write(get->failed_list, sync, &failure) != STATUS_OK)
		report_failure(get->report, &failure);
}

/* --- The run ------------------------------------------------------------------------------------------------------- */

static enum status open_destination(struct get *get)
{
	const struct options *options = get->options;
	struct failure failure;
	enum destination_sync sync = options->dry_run ? DESTINATION_DRY : options->no_sync ? DESTINATION_NO_SYNC : DESTINATION_SYNC;
	enum status status = destination_open(options->directory, options->output, sync, &get->destination, &failure);

	if (status != STATUS_OK) {
		report_failure(get->report, &failure);
		return status;
	}
	if (options->sha256.given && get->destination.outlet)
		status = outlet_want_sum(get->destination.outlet);
	return status == STATUS_OK ? STATUS_OK : fail(get, status, "starting");
}

static enum status prepare(struct get *get, mode_t mask)
{
	const struct folders_options folders = {.root = get->destination.folder, .umask = mask, .sync = !get->options->no_sync};
	const struct queue_options queue = {.jobs = jobs_of(get), .retry = get->options->retry};
	enum status status = plan_new(&get->plan);

	if (status == STATUS_OK)
		status = queue_new(&queue, &get->queue);
	if (status == STATUS_OK)
		status = folders_new(&folders, &get->folders);
	if (status == STATUS_OK && get->options->limit_rate > 0)
		status = limit_new(get->options->limit_rate, jobs_of(get), &get->limit);
	return status == STATUS_OK ? STATUS_OK : fail(get, status, "starting");
}

static struct transfer transfer_of(struct get *get, mode_t mask)
{
	return (struct transfer){
		.link = {
			.timeout = get->options->timeout,
			.congestion = get->options->congestion,
			.limit = get->limit,
			.links = jobs_of(get),
			.stop_fd = interrupt_fd(&get->interrupt),
			.trust = get->trust,
		},
		.destination = &get->destination,
		.plan = get->plan,
		.filter = &get->options->filter,
		.queue = get->queue,
		.folders = get->folders,
		.report = get->report,
		.failed_list = get->failed_list,
		.counters = &get->counters,
		.jobs = jobs_of(get),
		.umask = mask,
		.sync = !get->options->no_sync && !get->options->dry_run,
		.unnamed = beneath_names_later(),
		.no_clobber = get->options->no_clobber,
		.dry_run = get->options->dry_run,
		.fail_fast = get->options->fail_fast,
		.max_size = get->options->max_size,
		.verify = get->options->verify,
		.recursive = get->options->recursive,
	};
}

/* Reports how the run as a whole ended; every file has been reported. */
static void tell_end(struct get *get, enum status status)
{
	struct failure failure;

	if (status == STATUS_INTERRUPTED) {
		report_note(get->report, get->destination.outlet ? "interrupted: the same command begins anew" :
			"interrupted: the same command goes on from here");
	} else if (status == STATUS_INVALID || status == STATUS_UNSUPPORTED) {
		failure_set_lanes(&failure, status);
		report_failure(get->report, &failure);
	} else if (status != STATUS_OK && status != STATUS_EXISTS) {
		fail(get, status, "starting threads");
	}
}

static enum status fetch(struct get *get, mode_t mask)
{
	get->transfer = transfer_of(get, mask);
	enum status status = transfer_run(&get->transfer);
	/* Before the closing messages: writing those may block, when nobody reads stderr. */
	if (status != STATUS_EXISTS)
		write_failed_list(get);
	transfer_tell(&get->transfer);
	tell_end(get, status);
	return status;
}

/* Last: files opened or read before this may be FIFOs that wait for their other end, and until here a signal simply ends us. */
static enum status hold_signals(struct get *get)
{
	enum status status = interrupt_open(&get->interrupt, INTERRUPT_PATIENCE);

	return status == STATUS_OK ? STATUS_OK : fail(get, status, "starting");
}

static enum status open_trust(struct get *get)
{
	const struct options *options = get->options;
	const struct trust_options trust = {.pin = options->pin, .ca = options->ca, .token_file = options->token_file,
		.progress = get->progress};
	struct failure failure;
	enum status status = trust_open(&trust, &get->trust, &failure);

	if (status != STATUS_OK)
		report_failure(get->report, &failure);
	return status;
}

static enum status run(struct get *get)
{
	mode_t mask = current_umask();
	enum status status = open_trust(get);

	if (status == STATUS_OK)
		status = open_destination(get);
	if (status == STATUS_OK)
		status = open_failed_list(get);
	if (status == STATUS_OK)
		status = prepare(get, mask);
	if (status == STATUS_OK)
		status = take_in(get);
	if (status == STATUS_OK)
		status = hold_signals(get);
	return status == STATUS_OK ? fetch(get, mask) : status;
}

static void release(struct get *get)
{
	folders_free(get->folders);
	queue_free(get->queue);
	plan_free(get->plan);
	limit_free(get->limit);
	failed_list_close(get->failed_list);
	destination_close(&get->destination);
	trust_close(get->trust);
	report_free(get->report);
	progress_free(get->progress);
}

static enum status start(struct get *get)
{
	const struct options *options = get->options;
	enum progress_style style = options->verbosity < 0 ? PROGRESS_NONE : options->progress;
	enum status status = progress_start(style, &get->counters, &get->progress);

	if (status == STATUS_OK)
		status = report_new(options->json ? REPORT_JSON : REPORT_TEXT, options->verbosity, get->progress, &get->report);
	if (status == STATUS_OK && options->fail_fast)
		report_keep_first(get->report);
	if (status != STATUS_OK)
		progress_stop(get->progress);
	return status;
}

/* When two sources want one place that alone counts, whatever failures the listings had before. */
static int code_of(const struct get *get, enum status status)
{
	switch (status) {
	case STATUS_INTERRUPTED:
		return EXIT_INTERRUPTED;
	case STATUS_EXISTS:
		return EXIT_USAGE;
	default:
		return (int)report_exit_code(get->report);
	}
}

int command_get(const struct options *options)
{
	struct get get = {.options = options, .destination.folder = -1, .interrupt.fd = -1};
	struct failure failure;
	int code;

	atomic_init(&get.counters.listing, options->recursive);
	enum status status = start(&get);
	if (status == STATUS_OK) {
		/* From here on a run that cannot start is reported like any other. */
		status = run(&get);
		progress_stop(get.progress);
		report_end(get.report);
		/* A pending signal ends the process here: threads may still be using what is released below. */
		interrupt_close(&get.interrupt);
		code = code_of(&get, status);
	} else {
		failure_set(&failure, FAILURE_LOCAL, status, "starting");
		code = (int)failure_print(&failure);
	}
	release(&get);
	return code;
}
