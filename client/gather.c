/* Plans files and folders as they are listed, and reports those that cannot be planned. */
#include "gather.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "outcome.h"
#include "overlap.h"
#include "path.h"

/* --- Failures ------------------------------------------------------------------------------------------------------ */

void gather_fail(const struct gather *gather, struct span below, enum failure_origin origin, enum status status, const char *what)
{
	char *name = url_text(&gather->source->url, below);
	struct failure failure;

	failure_set(&failure, origin, status, "%.400s%s", name ? name : "a file", what);
	free(name);
	outcome_entry(gather->transfer, gather->source, below, RESULT_FAILED, &failure);
}

/* Two sources would land on one name: nothing is fetched. If one listing names a file twice, its server lies: that entry fails. */
static enum status fail_taken(struct gather *gather, struct span below, const struct plan_node *taken)
{
	if (taken->source != gather->source) {
		overlap_tell(gather->transfer->report, taken, &gather->source->url, below);
		gather->refused = true;
		return STATUS_EXISTS;
	}
	gather_fail(gather, below, FAILURE_SERVER, STATUS_INVALID, " is named twice by its server");
	return STATUS_OK;
}

/* --- Into the plan ------------------------------------------------------------------------------------------------- */

static void collect(struct gather *gather, struct plan_file *file)
{
	struct progress_counters *counters = gather->transfer->counters;

	file->next = NULL;
	if (gather->last)
		gather->last->next = file;
	else
		gather->files = file;
	gather->last = file;
	atomic_fetch_add_explicit(&counters->files_known, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&counters->bytes_known, file->size, memory_order_relaxed);
}

enum status gather_hand_over(struct gather *gather)
{
	return gather->held ? STATUS_OK : gather_end(gather);
}

enum status gather_end(struct gather *gather)
{
	enum status status = queue_add(gather->transfer->queue, gather->files);

	gather->files = gather->last = NULL;
	return status;
}

/*
 * One line of a manifest may name a file that the listing of another line brings, too, as the failed list does to give it its
 * SHA-256: the same URL for the same place is one file, not two.
 */
static bool is_named_again(const struct gather *gather, const struct plan_node *taken, const struct digest *sum, struct span below)
{
	char own[PLAN_PATH_SIZE], other[PLAN_PATH_SIZE];
	const struct plan_source *source = gather->source;

	if (taken->kind != PLAN_FILE || taken->source == source || !source->from_manifest || !taken->source->from_manifest)
		return false;
	const struct digest *first = plan_sum((const struct plan_file *)taken);
	if (sum && (!first || !digest_equal(first, sum)))
		return false;
	return taken->source->remote == source->remote && path_join(own, span_of(source->url.path), below) == STATUS_OK &&
		strcmp(own, plan_request_path(taken, other)) == 0;
}

/* A folder that is no longer one, or that cannot be read, need not be made. */
static void give_up(struct plan_node *taken)
{
	if (taken->kind == PLAN_FOLDER)
		((struct plan_folder *)taken)->only_for_files = true;
	taken->listing_pass = PLAN_PASS_TOLD;
}

/* A file became a folder, or a folder a file, since the last reading of the listing: it is fetched as neither. */
static void fail_changed(struct gather *gather, struct plan_node *taken, struct span below)
{
	give_up(taken);
	gather_fail(gather, below, FAILURE_SERVER, STATUS_CHANGED, "");
}

/* The name is taken: by this very entry, if the listing is read once more after a broken link. Then all is well. */
static enum status handle_taken_name(struct gather *gather, struct plan_node *taken, enum plan_kind kind, struct span below)
{
	if (taken->source != gather->source || taken->listing_pass == gather->pass)
		return fail_taken(gather, below, taken);
	if (taken->listing_pass == PLAN_PASS_TOLD)
		return STATUS_OK;
	if (taken->kind != kind)
		fail_changed(gather, taken, below);
	else
		taken->listing_pass = gather->pass;
	return STATUS_OK;
}

/* *FOLDER is the folder there, new or old; NULL when something else has the name. */
static enum status add_folder(struct gather *gather, const struct plan_entry *planned, struct span below, struct plan_folder **folder)
{
	struct plan_node *taken;
	enum status status = plan_add_folder(gather->transfer->plan, planned, folder, &taken);

	if (status == STATUS_OK)
		return STATUS_OK;
	*folder = NULL;
	return status == STATUS_EXISTS ? handle_taken_name(gather, taken, PLAN_FOLDER, below) : status;
}

static enum status add_file(struct gather *gather, const struct plan_entry *planned, struct span below)
{
	struct plan_file *file;
	struct plan_node *taken;
	enum status status = plan_add_file(gather->transfer->plan, planned, &file, &taken);

	if (status == STATUS_OK)
		collect(gather, file);
	if (status == STATUS_EXISTS && is_named_again(gather, taken, planned->sum, below))
		return STATUS_OK;
	return status == STATUS_EXISTS ? handle_taken_name(gather, taken, PLAN_FILE, below) : status;
}

/* --- What is left out ---------------------------------------------------------------------------------------------- */

/* Does ENTRY, in the place of TAKEN, add anything to an earlier reading? A planned file reports its own end. */
static bool is_news(const struct plan_entry *entry, const struct plan_node *taken)
{
	if (taken->source != entry->source)
		return true;
	return taken->kind != PLAN_FILE && taken->listing_pass != PLAN_PASS_TOLD &&
	       (taken->kind == PLAN_FOLDER || entry->listing_pass == PLAN_PASS_TOLD);
}

/* The listing of another source that left the name out will not be read again. */
static void note(const struct plan_entry *entry, struct plan_node *taken)
{
	if (taken->kind == PLAN_LEFT_OUT) {
		taken->source = entry->source;
		taken->listing_pass = entry->listing_pass;
	} else if (taken->kind == PLAN_FOLDER && taken->source == entry->source) {
		give_up(taken);
	}
}

/* PLANNED becomes neither file nor folder. *NEWS: no earlier reading has reported that. */
static enum status leave_out(struct gather *gather, const struct plan_entry *planned, uint8_t pass, bool *news)
{
	struct plan_entry entry = *planned;
	struct plan_node *taken;

	entry.listing_pass = pass;
	enum status status = plan_leave_out(gather->transfer->plan, &entry, &taken);
	*news = status == STATUS_OK || (status == STATUS_EXISTS && is_news(&entry, taken));
	if (status != STATUS_EXISTS)
		return status;
	if (*news)
		note(&entry, taken);
	return STATUS_OK;
}

static enum status skip(struct gather *gather, const struct plan_entry *planned, struct span below)
{
	bool news;
	enum status status = leave_out(gather, planned, gather->pass, &news);

	if (news)
		outcome_entry(gather->transfer, gather->source, below, RESULT_SKIPPED, NULL);
	return status;
}

static enum status fail_unreadable(struct gather *gather, const struct plan_entry *planned, struct span below, enum status why)
{
	bool news;
	enum status status = leave_out(gather, planned, PLAN_PASS_TOLD, &news);

	if (news)
		gather_fail(gather, below, FAILURE_SERVER, why, "");
	return status;
}

/* Reports STATUS_NAME_TOO_LONG as PLANNED's own failure; the listing goes on. */
static enum status excuse_length(struct gather *gather, const struct plan_entry *planned, struct span below, enum status status)
{
	bool news;

	if (status != STATUS_NAME_TOO_LONG)
		return status;
	status = leave_out(gather, planned, PLAN_PASS_TOLD, &news);
	if (news)
		gather_fail(gather, below, FAILURE_LOCAL, STATUS_NAME_TOO_LONG, " cannot be written");
	return status;
}

bool gather_gives_up(const struct gather *gather, struct plan_folder *folder)
{
	if (folder->node.source != gather->source)
		return true;
	bool told = folder->node.listing_pass == PLAN_PASS_TOLD;
	folder->node.listing_pass = PLAN_PASS_TOLD;
	return !told;
}

/* --- Entries ------------------------------------------------------------------------------------------------------- */

/* Is the whole path, the URL's and BELOW, within the limits of paths? */
static bool is_legal(const struct gather *gather, struct span below)
{
	char path[PATH_LENGTH_MAX + 1];

	return path_join(path, span_of(gather->source->url.path), below) == STATUS_OK && path_check(span_of(path)) == STATUS_OK;
}

static enum status plan_folder(struct gather *gather, const struct plan_entry *planned, struct span below, struct plan_folder **folder)
{
	if (!filter_enters(gather->transfer->filter, below))
		return STATUS_OK;
	enum status status = add_folder(gather, planned, below, folder);
	if (*folder)
		(*folder)->only_for_files = !filter_takes_folder(gather->transfer->filter, below);
	return status;
}

static enum status plan_file(struct gather *gather, const struct plan_entry *planned, struct span below)
{
	return filter_takes(gather->transfer->filter, below) ? add_file(gather, planned, below) : STATUS_OK;
}

/* A server lists a folder before its contents; but a folder whose failure was reported may have no node. */
static enum status miss_folder(const struct gather *gather, const struct plan_node *instead)
{
	return instead && instead->source == gather->source && instead->listing_pass == PLAN_PASS_TOLD ? STATUS_OK : STATUS_PROTOCOL;
}

enum status gather_entry(struct gather *gather, const struct entry *entry, struct span below, struct plan_folder **folder)
{
	const struct filter *filter = gather->transfer->filter;

	*folder = NULL;
	if (!is_legal(gather, below))
		return STATUS_PROTOCOL;
	const struct plan_node *instead;
	const struct plan_entry planned = {
		.source = gather->source,
		.parent = plan_find_folder(gather->transfer->plan, gather->source->base, path_folder(below), &instead),
		.name = path_last(below),
		.mode = entry->mode,
		.mtime = entry->mtime,
		.size = entry->size,
		.attributes_known = true,
		.listing_pass = gather->pass,
	};
	if (!planned.parent)
		return miss_folder(gather, instead);
	switch (entry->kind) {
	case ENTRY_FILE:
		return excuse_length(gather, &planned, below, plan_file(gather, &planned, below));
	case ENTRY_FOLDER:
		return excuse_length(gather, &planned, below, plan_folder(gather, &planned, below, folder));
	case ENTRY_SYMLINK:
	case ENTRY_OTHER:
		return filter_takes(filter, below) ? skip(gather, &planned, below) : STATUS_OK;
	case ENTRY_UNREADABLE:
		/* It may be a folder with wanted files in it. */
		if (!filter_enters(filter, below))
			return STATUS_OK;
		return fail_unreadable(gather, &planned, below, error_status_of(entry->reason));
	}
	return STATUS_PROTOCOL;
}

/* --- The source itself --------------------------------------------------------------------------------------------- */

/* A URL without a slash at its end lands as a folder, or a file, of its own name. */
static struct plan_entry entry_of_source(const struct gather *gather, const struct file *file)
{
	return (struct plan_entry){
		.source = gather->source,
		.parent = gather->source->parent,
		.name = span_of(gather->source->name),
		.mode = file->mode,
		.mtime = file->mtime,
		.size = file->size,
		.sum = gather->source->summed ? &gather->source->sum : NULL,
		.attributes_known = true,
		.named_by_url = file->kind == ENTRY_FILE,
		.listing_pass = gather->pass,
	};
}

static enum status begin_folder(struct gather *gather, const struct file *file)
{
	const struct plan_entry planned = entry_of_source(gather, file);
	struct plan_folder *base;
	struct plan_node *taken;
	enum status status;

	if (gather->source->summed) {
		gather_fail(gather, span_of(""), FAILURE_USAGE, STATUS_IS_FOLDER, " is a folder: a SHA-256 can be that of a file alone");
		return STATUS_END;
	}
	if (gather->source->url.contents)
		return STATUS_OK;
	status = plan_add_folder(gather->transfer->plan, &planned, &base, &taken);
	/* A second reading finds the same one. It is not written again: threads that already fetch read it without a lock. */
	if (status == STATUS_OK && gather->source->base != base)
		gather->source->base = base;
	if (status != STATUS_EXISTS)
		return status;
	status = fail_taken(gather, span_of(""), taken);
	return status == STATUS_OK ? STATUS_END : status;
}

static enum status begin_file(struct gather *gather, const struct file *file)
{
	const struct plan_entry planned = entry_of_source(gather, file);
	enum status status;

	if (gather->source->url.contents) {
		gather_fail(gather, span_of(""), FAILURE_SERVER, STATUS_NOT_FOLDER, "");
		return STATUS_END;
	}
	status = add_file(gather, &planned, span_of(""));
	if (status == STATUS_OK)
		status = gather_hand_over(gather);
	return status == STATUS_OK ? STATUS_END : status;
}

enum status gather_source(struct gather *gather, const struct file *file)
{
	if (file->kind == ENTRY_FOLDER)
		return begin_folder(gather, file);
	if (file->kind == ENTRY_FILE)
		return begin_file(gather, file);
	/* The same failures as the server's answer to a READ of it. */
	if (file->kind == ENTRY_SYMLINK)
		gather_fail(gather, span_of(""), FAILURE_SERVER, STATUS_REFUSED, " (a symlink is not followed here)");
	else
		gather_fail(gather, span_of(""), FAILURE_SERVER, STATUS_NOT_REGULAR, "");
	return STATUS_END;
}
