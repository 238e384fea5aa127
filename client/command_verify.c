/* ferry verify: compares a file or a folder here with what a server has, piece by piece. */
#include <fcntl.h>
#include <unistd.h>

#include "commands.h"
#include "compare.h"
#include "exchange.h"
#include "folder_listing.h"
#include "path.h"
#include "record.h"
#include "text.h"
#include "trusted.h"

static enum status take(struct compare *compare, const struct folder_listing *listing, const struct entry *entry,
	struct catalog *catalog)
{
	char below[PATH_LENGTH_MAX + 1];
	struct failure failure;

	if (listing->count > FOLDER_LISTING_KEPT_MAX)
		return STATUS_LIMIT;
	if (entry->kind == ENTRY_UNREADABLE) {
		path_copy(below, entry->name);
		folder_listing_explain(listing, entry, &failure);
		compare_fail(compare, below, &failure);
	}
	return catalog_add(catalog, entry->kind, entry->name, entry->size);
}

static enum status list(struct compare *compare, struct catalog *catalog, struct failure *failure)
{
	struct folder_listing listing;
	struct entry entry;
	enum status status = folder_listing_start(&listing, compare->link, &compare->url, true, failure);

	while (status == STATUS_OK) {
		status = folder_listing_next(&listing, &entry, failure);
		if (status != STATUS_OK)
			break;
		status = take(compare, &listing, &entry, catalog);
		if (status != STATUS_OK)
			failure_set(failure, FAILURE_LOCAL, status, "the names of %s", compare->url.host);
	}
	catalog_sort(catalog);
	return status == STATUS_END ? STATUS_OK : status;
}

static enum status open_folder(struct compare *compare, struct failure *failure)
{
	char shown[FAILURE_TEXT_SIZE / 2];
	enum status status = trusted_open(compare->path, O_RDONLY | O_DIRECTORY, 0, &compare->folder);

	if (status != STATUS_OK)
		failure_set(failure, FAILURE_LOCAL, status, "cannot open folder %s", text_escape(shown, sizeof shown, span_of(compare->path)));
	return status;
}

/* A folder that is missing here is a difference like any other. */
static enum status tell_no_folder(struct compare *compare, enum status status)
{
	struct compare_result result = {.below = "", .word = COMPARE_MISSING, .size = RECORD_UNKNOWN, .pieces = RECORD_UNKNOWN};

	if (status == STATUS_NOT_FOLDER) {
		result.word = COMPARE_DIFFERS;
		result.remark = "it is no folder here";
	}
	compare_tell(compare, &result);
	return STATUS_OK;
}

static enum status compare_folders(struct compare *compare, struct catalog *catalog, struct failure *failure)
{
	enum status status = open_folder(compare, failure);

	if (status == STATUS_NOT_FOUND || status == STATUS_NOT_FOLDER)
		return tell_no_folder(compare, status);
	if (status == STATUS_OK)
		status = list(compare, catalog, failure);
	if (status == STATUS_OK)
		status = compare_files(compare, catalog, failure);
	if (status == STATUS_OK)
		compare_names(compare, catalog);
	return status;
}

static enum status run(struct compare *compare, struct catalog *catalog, struct failure *failure)
{
	struct file file;
	enum status status = exchange_stat(compare->link, &compare->url, &file, failure);

	if (status != STATUS_OK)
		return status;
	if (file.kind == ENTRY_FOLDER)
		return compare_folders(compare, catalog, failure);
	/* For anything but a file the server will say why it has no digests. */
	status = catalog_add(catalog, ENTRY_FILE, span_of(""), file.kind == ENTRY_FILE ? file.size : RECORD_UNKNOWN);
	if (status == STATUS_OK)
		return compare_files(compare, catalog, failure);
	failure_set(failure, FAILURE_LOCAL, status, "starting");
	return status;
}

static enum status start(struct compare *compare, struct failure *failure)
{
	enum status status = hasher_new(HASHER_TREE, &compare->hasher);

	if (status == STATUS_OK)
		return exchange_open(compare->options->operands[0], compare->options, &compare->url, &compare->link, failure);
	failure_set_lanes(failure, status);
	return status;
}

int command_verify(const struct options *options)
{
	struct compare compare = {.options = options, .path = options->operands[1], .folder = -1};
	struct catalog catalog = {0};
	struct failure failure;
	enum status status = start(&compare, &failure);

	if (status == STATUS_OK)
		status = run(&compare, &catalog, &failure);
	if (status != STATUS_OK)
		compare_fail(&compare, "", &failure);
	link_close(compare.link);
	url_release(&compare.url);
	catalog_release(&catalog);
	hasher_free(compare.hasher);
	if (compare.folder >= 0)
		close(compare.folder);
	return compare.output.code;
}
