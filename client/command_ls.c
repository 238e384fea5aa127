/* ferry ls: the names in a folder as they come, in constant memory. */
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "exchange.h"
#include "failure.h"
#include "folder_listing.h"
#include "output.h"
#include "path.h"
#include "record.h"
#include "text.h"

struct ls {
	const struct options *options;
	struct url url;
	struct link *link;
	bool terminal; /* stdout is one: no byte of a name may control it */
	struct output output;
};

/* As sha256sum writes names: a backslash before the line says that the name is escaped. */
static void print_name(const struct ls *ls, const struct entry *entry)
{
	if (text_name_needs_escape(entry->name))
		putchar('\\');
	if (ls->terminal)
		text_print(stdout, entry->name);
	else
		text_print_sum_name(stdout, entry->name);
	if (entry->kind == ENTRY_FOLDER)
		putchar('/');
	if (entry->kind == ENTRY_SYMLINK)
		putchar('@');
	putchar('\n');
}

/* Of an unreadable entry only the kind is known. */
static void print_object(struct ls *ls, const struct entry *entry, const struct failure *failure)
{
	bool readable = entry->kind != ENTRY_UNREADABLE;
	struct record record;

	record_init(&record);
	record_url(&record, "url", &ls->url, entry->name);
	record_path(&record, entry->name);
	record_kind(&record, "kind", entry->kind);
	record_number(&record, "size", entry->kind == ENTRY_FILE ? entry->size : RECORD_UNKNOWN);
	if (readable) {
		record_time(&record, "mtime", entry->mtime);
		record_mode(&record, "mode", entry->mode);
	} else {
		record_null(&record, "mtime");
		record_null(&record, "mode");
	}
	record_failure(&record, failure);
	output_record(&ls->output, &record);
}

/* The listing as a whole failed: an object too, so that a script that reads stdout alone sees it. */
static void fail(struct ls *ls, const struct failure *failure)
{
	static const char *const unknown[] = {"path", "path_hex", "kind", "size", "mtime", "mode"};
	struct record record;

	output_failure(&ls->output, failure);
	if (!ls->options->json)
		return;
	record_init(&record);
	record_text(&record, "url", ls->options->operands[0]);
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		record_null(&record, unknown[i]);
	record_failure(&record, failure);
	output_record(&ls->output, &record);
	output_flush(&ls->output);
}

static void print_entry(struct ls *ls, const struct folder_listing *listing, const struct entry *entry)
{
	struct failure failure = {.code = EXIT_OK};

	if (entry->kind == ENTRY_UNREADABLE) {
		folder_listing_explain(listing, entry, &failure);
		output_failure(&ls->output, &failure);
	}
	if (ls->options->json) {
		print_object(ls, entry, &failure);
	} else if (entry->kind == ENTRY_UNREADABLE) {
		return;
	} else if (ls->options->null_separated) {
		fwrite(entry->name.bytes, 1, entry->name.length, stdout);
		putchar('\0');
	} else {
		print_name(ls, entry);
	}
}

/* STATUS_END when the listing is complete; STATUS_OK when nobody reads our output any more. */
static enum status list(struct ls *ls, struct failure *failure)
{
	struct folder_listing listing;
	struct entry entry;
	enum status status = folder_listing_start(&listing, ls->link, &ls->url, ls->options->recursive, failure);

	while (status == STATUS_OK && !ls->output.broken) {
		status = folder_listing_next(&listing, &entry, failure);
		if (status == STATUS_OK)
			print_entry(ls, &listing, &entry);
		/* Once per frame that brings names: without delay, but not one by one. */
		if (status == STATUS_OK && folder_listing_waits(&listing))
			output_flush(&ls->output);
	}
	return status;
}

int command_ls(const struct options *options)
{
	struct ls ls = {.options = options, .terminal = isatty(STDOUT_FILENO)};
	struct failure failure;

	if (exchange_open(options->operands[0], options, &ls.url, &ls.link, &failure) != STATUS_OK) {
		fail(&ls, &failure);
		return ls.output.code;
	}
	enum status status = list(&ls, &failure);
	if (status != STATUS_END && status != STATUS_OK)
		fail(&ls, &failure);
	link_close(ls.link);
	url_release(&ls.url);
	return ls.output.code;
}
