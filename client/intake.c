/* Takes in operands, manifests and lists of sums, and refuses the wrong ones before anything is fetched. */
#include "intake.h"

#include <stdlib.h>

#include "manifest.h"
#include "outcome.h"
#include "overlap.h"
#include "path.h"
#include "text.h"

/* --- What is wrong ------------------------------------------------------------------------------------------------- */

static enum status fail(const struct intake *intake, enum status status)
{
	struct failure failure;

	failure_set(&failure, FAILURE_LOCAL, status, "planning");
	report_failure(intake->report, &failure);
	return status;
}

static enum status refuse_url(const struct intake *intake, const char *text, const char *problem)
{
	char shown[OUTCOME_SHOWN_SIZE];
	struct failure failure;

	text_escape(shown, sizeof(shown), span_of(text));
	failure_set(&failure, FAILURE_USAGE, STATUS_INVALID, "cannot use URL %s: %s", shown, problem);
	report_failure(intake->report, &failure);
	return STATUS_INVALID;
}

static enum status refuse_twin(const struct intake *intake, const struct plan_node *taken, const struct url *url, const char *below)
{
	overlap_tell(intake->report, taken, url, span_of(below));
	return STATUS_EXISTS;
}

/* --- Into the plan ------------------------------------------------------------------------------------------------- */

/* Plans one file; that it really is one, only the server can tell. */
static enum status add_file(const struct intake *intake, const struct plan_entry *entry, const char *below)
{
	struct plan_file *file;
	struct plan_node *taken;
	enum status status = plan_add_file(intake->plan, entry, &file, &taken);

	if (status == STATUS_EXISTS)
		return refuse_twin(intake, taken, &entry->source->url, below);
	if (status == STATUS_OK)
		status = queue_add(intake->queue, file);
	if (status != STATUS_OK)
		return fail(intake, status);
	atomic_fetch_add(&intake->counters->files_known, 1);
	return STATUS_OK;
}

/* One URL and all that the user said about it. */
struct wish {
	const char *text;
	const char *destination; /* NULL: none of its own */
	const struct digest *sum;
	bool from_manifest;
};

static enum status add_source(const struct intake *intake, const struct wish *wish, struct plan_source **source)
{
	struct url url;
	const char *problem;
	struct remote *remote;
	struct plan_node *taken;
	enum status status = options_url(intake->options, wish->text, &url, &problem);

	if (status != STATUS_OK)
		return refuse_url(intake, wish->text, problem);
	status = queue_remote(intake->queue, &url, &remote);
	if (status == STATUS_OK)
		status = plan_add_source(intake->plan, &url, wish->destination, source, &taken);
	if (status == STATUS_OK) {
		(*source)->remote = remote;
		(*source)->from_manifest = wish->from_manifest;
	} else if (status == STATUS_EXISTS)
		status = refuse_twin(intake, taken, &url, "");
	else
		status = fail(intake, status);
	url_release(&url);
	return status;
}

/* With -r the listing thread will ask whether it is a file or a folder. */
static void list_later(struct plan_source *source, const struct wish *wish)
{
	source->listed = true;
	source->summed = wish->sum;
	if (wish->sum)
		source->sum = *wish->sum;
}

static enum status take(const struct intake *intake, const struct wish *wish)
{
	struct plan_source *source;
	enum status status = add_source(intake, wish, &source);

	if (status != STATUS_OK)
		return status;
	if (intake->options->recursive) {
		list_later(source, wish);
		return STATUS_OK;
	}
	if (source->url.contents)
		return refuse_url(intake, wish->text, "it names a folder's contents, which need -r");
	const struct plan_entry entry = {
		.source = source,
		.parent = source->parent,
		.name = span_of(intake->name ? intake->name : source->name),
		.sum = wish->sum,
		.named_by_url = true,
	};
	return add_file(intake, &entry, "");
}

/* --- Lists --------------------------------------------------------------------------------------------------------- */

static enum status open_list(const struct intake *intake, const char *path, enum manifest_kind kind, struct manifest **list)
{
	struct failure failure;
	enum status status = manifest_open(path, kind, list, &failure);

	if (status != STATUS_OK)
		report_failure(intake->report, &failure);
	return status;
}

/* STATUS has ended the reading; COUNT lines named a file. */
static enum status close_list(const struct intake *intake, struct manifest *list, enum status status, size_t count,
	struct failure *failure)
{
	if (status == STATUS_END && count == 0)
		status = manifest_refuse(list, failure, "it names no file");
	if (status != STATUS_END && failure->code != EXIT_OK)
		report_failure(intake->report, failure);
	manifest_close(list);
	return status == STATUS_END ? STATUS_OK : status;
}

static enum status take_manifest(const struct intake *intake)
{
	struct failure failure = {.code = EXIT_OK};
	struct manifest_item item;
	struct manifest *list;
	size_t count = 0;
	enum status status = open_list(intake, intake->options->input, MANIFEST_URLS, &list);

	if (status != STATUS_OK)
		return status;
	while (status == STATUS_OK && (status = manifest_next(list, &item, &failure)) == STATUS_OK) {
		const struct wish wish = {.text = item.name, .destination = item.destination, .sum = item.sum, .from_manifest = true};
		status = take(intake, &wish);
		count++;
	}
	return close_list(intake, list, status, count, &failure);
}

/* ITEM's name is below the source, in folders that no listing has told of. */
static enum status take_summed(const struct intake *intake, struct plan_source *source, const struct manifest_item *item)
{
	struct plan_entry entry = {.source = source, .name = path_last(span_of(item->name)), .sum = item->sum};
	struct plan_node *taken;
	char path[PATH_LENGTH_MAX + 1];
	enum status status = path_join(path, span_of(source->url.path), span_of(item->name));

	if (status == STATUS_OK)
		status = plan_make_folders(intake->plan, source, source->base, path_folder(span_of(item->name)), &entry.parent, &taken);
	if (status == STATUS_EXISTS)
		return refuse_twin(intake, taken, &source->url, item->name);
	return status == STATUS_OK ? add_file(intake, &entry, item->name) : fail(intake, status);
}

/* The folder itself has a name in the destination, unless the URL ends in a slash. */
static enum status make_base(const struct intake *intake, struct plan_source *source)
{
	struct plan_node *taken;
	enum status status;

	if (source->url.contents)
		return STATUS_OK;
	status = plan_make_folders(intake->plan, source, source->parent, span_of(source->name), &source->base, &taken);
	return status == STATUS_OK ? STATUS_OK : fail(intake, status);
}

static enum status take_sums(const struct intake *intake)
{
	struct failure failure = {.code = EXIT_OK};
	struct manifest_item item;
	struct manifest *list;
	struct plan_source *source;
	size_t count = 0;
	const struct wish wish = {.text = intake->options->operands[0]};
	enum status status = add_source(intake, &wish, &source);

	if (status == STATUS_OK)
		status = make_base(intake, source);
	if (status == STATUS_OK)
		status = open_list(intake, intake->options->sums, MANIFEST_SUMS, &list);
	if (status != STATUS_OK)
		return status;
	source->listed = intake->options->recursive;
	while (status == STATUS_OK && (status = manifest_next(list, &item, &failure)) == STATUS_OK) {
		if (filter_reaches(&intake->options->filter, span_of(item.name)) && filter_takes(&intake->options->filter, span_of(item.name)))
			status = take_summed(intake, source, &item);
		count++;
	}
	return close_list(intake, list, status, count, &failure);
}

/* --- The failed list's place --------------------------------------------------------------------------------------- */

struct search {
	const struct intake *intake;
	const struct plan_file *found; /* the file that would be replaced by the failed list; NULL: none */
};

/* Only in folders that exist: the failed list's folder does. */
static void search_file(const struct plan_file *file, void *context)
{
	struct search *search = context;
	const struct intake *intake = search->intake;
	int folder;

	if (search->found || !failed_list_is_called(intake->failed_list, file->name, FOLDING_UNKNOWN))
		return;
	/* If the folder cannot be opened, the file's own failure will say so. */
	if (folders_look(intake->folders, file->node.parent, &folder) != STATUS_OK)
		return;
	if (failed_list_lies_in(intake->failed_list, folder))
		search->found = file;
	folders_leave(intake->folders, file->node.parent);
}

static enum status refuse_list(const struct intake *intake, const struct plan_file *file)
{
	char below[PLAN_PATH_SIZE], shown[OUTCOME_SHOWN_SIZE];
	struct failure failure;
	char *url = url_text(&file->node.source->url, span_of(plan_below(&file->node, below)));

	failure_set(&failure, FAILURE_USAGE, STATUS_EXISTS, "%.200s and the failed list would both be written to %.150s",
		url ? url : "a URL", text_escape(shown, sizeof(shown), span_of(intake->options->failed_list)));
	free(url);
	report_failure(intake->report, &failure);
	return STATUS_EXISTS;
}

static enum status check_list(const struct intake *intake)
{
	struct search search = {.intake = intake};

	if (intake->failed_list)
		plan_each_file(intake->plan, search_file, &search);
	return search.found ? refuse_list(intake, search.found) : STATUS_OK;
}

/* --- The whole ----------------------------------------------------------------------------------------------------- */

static enum status take_operands(const struct intake *intake)
{
	const struct options *options = intake->options;
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < options->operand_count; i++) {
		const struct wish wish = {.text = options->operands[i], .sum = options->sha256.given ? &options->sha256.digest : NULL};
		status = take(intake, &wish);
	}
	return status;
}

enum status intake_run(const struct intake *intake)
{
	enum status status = intake->options->sums ? take_sums(intake) : take_operands(intake);

	if (status == STATUS_OK && intake->options->input)
		status = take_manifest(intake);
	return status == STATUS_OK ? check_list(intake) : status;
}
