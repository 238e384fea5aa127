/* Turns the end of a file into a result for the report and the counters. */
#include "outcome.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "path.h"
#include "text.h"

/* The destination's own path, a slash, and its longest path below. */
#define PLACE_SIZE (2 * PLAN_PATH_SIZE + 1)

/* NULL for standard output, which has no name. */
static const char *place_of(const struct transfer *transfer, const char *landing, char out[PLACE_SIZE])
{
	const char *shown = transfer->destination->shown;
	size_t length = shown ? strlen(shown) : 0;

	if (transfer->destination->outlet)
		return shown;
	snprintf(out, PLACE_SIZE, "%s%s%s", shown, length > 0 && shown[length - 1] != '/' ? "/" : "", landing);
	return out;
}

char *outcome_shown(const struct transfer *transfer, const struct plan_node *node, char out[OUTCOME_SHOWN_SIZE])
{
	char landing[PLAN_PATH_SIZE], place[PLACE_SIZE];
	const char *path = place_of(transfer, plan_landing(node, landing), place);

	return text_escape(out, OUTCOME_SHOWN_SIZE, span_of(path ? path : "standard output"));
}

void outcome_local_failure(const struct transfer *transfer, const struct plan_node *node, enum status status, const char *cannot,
	struct failure *failure)
{
	char shown[OUTCOME_SHOWN_SIZE];

	failure_set(failure, FAILURE_LOCAL, status, "%s %s", cannot, outcome_shown(transfer, node, shown));
}

void outcome_exists(const struct transfer *transfer, const struct plan_node *node, struct failure *failure)
{
	outcome_local_failure(transfer, node, STATUS_EXISTS, "will not replace", failure);
}

static void publish(struct transfer *transfer, const struct result *result)
{
	report_result(transfer->report, result);
	if (transfer->fail_fast && result->failure.code != EXIT_OK)
		transfer_halt(transfer);
}

/* Is there nothing left to do for the file? */
static bool has_succeeded(const struct result *result)
{
	return result->failure.code == EXIT_OK && result->status != RESULT_NOT_TRIED && result->status != RESULT_PLANNED;
}

static void tell(struct transfer *transfer, struct plan_file *file, struct result *result)
{
	const struct plan_node *node = &file->node;
	char below[PLAN_PATH_SIZE], landing[PLAN_PATH_SIZE], place[PLACE_SIZE];

	if (report_tells(transfer->report, result)) {
		result->url = &node->source->url;
		result->below = span_of(plan_below(node, below));
		result->path = place_of(transfer, plan_landing(node, landing), place);
	}
	if (result->status == RESULT_FETCHED || result->status == RESULT_VERIFIED || result->status == RESULT_UNCHANGED)
		atomic_fetch_add_explicit(&transfer->counters->files_done, 1, memory_order_relaxed);
	atomic_store_explicit(&file->succeeded, has_succeeded(result), memory_order_relaxed);
	publish(transfer, result);
}

void outcome_download(struct transfer *transfer, struct download *download, enum result_status status)
{
	struct plan_file *file = download->file;
	struct result result = {
		.status = status,
		.bytes = download->described ? download->source.size : file->node.attributes_known ? file->size : UINT64_MAX,
		.fetched = download->fetched,
		.reused = download->reused,
		.root_known = download->rooted,
		.root = download->root,
		.sha256_known = download->summed,
		.sha256 = download->sum,
		.attempts = download->attempts,
		.nanoseconds = clock_now() - download->started,
		.failure = download->failure,
	};

	if (status == RESULT_UNCHANGED)
		result.reused = result.bytes;
	tell(transfer, file, &result);
	download_free(download);
}

static struct result result_of(const struct plan_file *file, enum result_status status)
{
	return (struct result){
		.status = status,
		.bytes = file->node.attributes_known ? file->size : UINT64_MAX,
		.reused = status == RESULT_UNCHANGED ? file->size : 0,
	};
}

void outcome_file(struct transfer *transfer, struct plan_file *file, enum result_status status, const struct failure *failure)
{
	struct result result = result_of(file, status);

	if (failure)
		result.failure = *failure;
	tell(transfer, file, &result);
}

/* Each attempt to reach the server counts as one for every file that waited for it. */
void outcome_abandoned(struct transfer *transfer, struct plan_file *file, const struct remote *remote)
{
	struct result result = result_of(file, RESULT_FAILED);

	result.attempts = remote->failures;
	result.failure = remote->failure;
	tell(transfer, file, &result);
}

/* The place where a listing's entry BELOW would land; false when that is not a legal path. */
static bool landing_of_entry(const struct plan_source *source, struct span below, char out[PLAN_PATH_SIZE])
{
	char folder[PLAN_PATH_SIZE];

	if (below.length == 0 && !source->url.contents)
		return path_join(out, span_of(plan_landing(&source->parent->node, folder)), span_of(source->name)) == STATUS_OK;
	return path_join(out, span_of(plan_landing(&source->base->node, folder)), below) == STATUS_OK;
}

void outcome_pause(const struct transfer *transfer, const struct failure *failure, int64_t pause)
{
	if (pause > 0)
		report_note(transfer->report, "%s; trying again in %.1f s", failure->text, (double)pause / (double)CLOCK_SECOND);
}

/* An entry is not in the plan, but it has a place where it would land. */
static void tell_entry(struct transfer *transfer, struct plan_source *source, struct result *result)
{
	char landing[PLAN_PATH_SIZE], place[PLACE_SIZE];
	bool lands = landing_of_entry(source, result->below, landing);

	result->url = &source->url;
	result->bytes = UINT64_MAX;
	if (lands && *landing)
		result->path = place_of(transfer, landing, place);
	if (result->failure.code != EXIT_OK && result->below.length == 0)
		atomic_store(&source->failed, true);
	else if (result->failure.code != EXIT_OK && transfer->failed_list)
		failed_list_add(transfer->failed_list, &source->url, result->below, lands ? landing : NULL, NULL);
	publish(transfer, result);
}

void outcome_entry(struct transfer *transfer, struct plan_source *source, struct span below, enum result_status status,
	const struct failure *failure)
{
	struct result result = {.below = below, .status = status};

	if (failure)
		result.failure = *failure;
	tell_entry(transfer, source, &result);
}

void outcome_unlisted(struct transfer *transfer, struct plan_source *source)
{
	const struct remote *remote = source->remote;
	struct result result = {.status = RESULT_FAILED, .below = span_of(""), .attempts = remote->failures, .failure = remote->failure};

	tell_entry(transfer, source, &result);
}

void outcome_untried(struct transfer *transfer, struct plan_source *source)
{
	struct result result = {.status = RESULT_NOT_TRIED, .below = span_of("")};

	tell_entry(transfer, source, &result);
}

/* --- Folders ------------------------------------------------------------------------------------------------------- */

void outcome_folder(struct transfer *transfer, const struct plan_folder *folder)
{
	char below[PLAN_PATH_SIZE], landing[PLAN_PATH_SIZE], place[PLACE_SIZE];
	struct result result = {.url = &folder->node.source->url, .status = RESULT_FAILED, .bytes = UINT64_MAX};

	result.below = span_of(plan_below(&folder->node, below));
	result.path = place_of(transfer, plan_landing(&folder->node, landing), place);
	outcome_local_failure(transfer, &folder->node, folder->unfinished, "cannot complete folder", &result.failure);
	report_result(transfer->report, &result);
}

/*
 * NODE's place below the folder of -d, the folder of -o included. If that cannot be written as a path, the folder is left out: the
 * next run has to name it by -d.
 */
static const char *listed_landing(const struct destination *destination, const struct plan_node *node, char out[PLAN_PATH_SIZE])
{
	char landing[PLAN_PATH_SIZE];

	if (destination->outlet)
		return NULL;
	if (destination->inside && path_join(out, span_of(destination->inside), span_of(plan_landing(node, landing))) == STATUS_OK)
		return out;
	return plan_landing(node, out);
}

/* Does the source get one line for everything? It failed as a whole, or was not listed to its end. */
static bool is_listed_whole(const struct plan_source *source)
{
	return source->listed && (atomic_load(&source->failed) || !atomic_load(&source->ended));
}

/*
 * Does the source of NODE, or a folder of it above NODE, get a line of its own? That line fetches everything below it, and two
 * lines for one place would be refused.
 */
static bool comes_with_another(const struct plan_node *node)
{
	if (is_listed_whole(node->source))
		return true;
	for (const struct plan_folder *folder = node->parent; folder; folder = folder->node.parent) {
		if (folder->unfinished != STATUS_OK && folder->node.source == node->source)
			return true;
	}
	return false;
}

static bool is_there(const struct transfer *transfer, struct plan_folder *folder)
{
	int fd;

	if (!transfer->folders || folders_look(transfer->folders, folder, &fd) != STATUS_OK)
		return false;
	folders_leave(transfer->folders, folder);
	return true;
}

/* A folder that this run did not make, and that no file of the list will make. A dry run makes none. */
static bool is_left_out(const struct transfer *transfer, struct plan_folder *folder)
{
	if (transfer->completed || !folder->node.attributes_known || folder->holds || folder->only_for_files)
		return false;
	return !transfer->dry_run || !is_there(transfer, folder);
}

static void list_folder(struct transfer *transfer, const struct plan_folder *folder)
{
	char below[PLAN_PATH_SIZE], landing[PLAN_PATH_SIZE];

	if (!comes_with_another(&folder->node))
		failed_list_add(transfer->failed_list, &folder->node.source->url, span_of(plan_below(&folder->node, below)),
			plan_landing(&folder->node, landing), NULL);
}

static void list_file(const struct plan_file *file, void *context)
{
	struct transfer *transfer = context;
	char below[PLAN_PATH_SIZE], landing[PLAN_PATH_SIZE];

	if (atomic_load_explicit(&file->succeeded, memory_order_relaxed))
		return;
	/* A file with a SHA-256 needs its own line: that of its folder or source would lose the sum. */
	if ((!plan_sum(file) || file->node.named_by_url) && comes_with_another(&file->node))
		return;
	failed_list_add(transfer->failed_list, &file->node.source->url, span_of(plan_below(&file->node, below)),
		listed_landing(transfer->destination, &file->node, landing), plan_sum(file));
}

void outcome_list_failures(struct transfer *transfer)
{
	char landing[PLAN_PATH_SIZE];

	plan_each_file(transfer->plan, list_file, transfer);
	for (struct plan_folder *folder = plan_folders(transfer->plan); folder; folder = folder->older) {
		if (folder->unfinished != STATUS_OK || is_left_out(transfer, folder))
			list_folder(transfer, folder);
	}
	for (struct plan_source *source = plan_sources(transfer->plan); source; source = source->next) {
		if (is_listed_whole(source))
			failed_list_add(transfer->failed_list, &source->url, span_of(""),
				landing_of_entry(source, span_of(""), landing) ? landing : NULL, source->summed ? &source->sum : NULL);
	}
}
