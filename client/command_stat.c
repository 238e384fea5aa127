/* ferry stat: what a path is, as the server knows it. */
#include <inttypes.h>
#include <stdio.h>

#include "amount.h"
#include "commands.h"
#include "digest.h"
#include "exchange.h"
#include "failure.h"
#include "hex.h"
#include "output.h"
#include "path.h"
#include "record.h"

static void print_hex(const unsigned char *bytes, size_t length)
{
	hex_print(stdout, (struct span){bytes, length});
	putchar('\n');
}

static void print_table(const struct url *url, const struct file *file)
{
	char time[AMOUNT_TIME_SIZE], size[AMOUNT_SIZE];

	printf("url       ");
	url_print(stdout, url, span_of(""));
	printf("\nkind      %s\n", record_kind_word(file->kind));
	if (file->kind == ENTRY_FILE)
		printf("size      %" PRIu64 " bytes (%s)\n", file->size, amount_bytes(size, file->size));
	printf("modified  %s\n", amount_time(time, file->mtime));
	printf("mode      %04o\n", file->mode);
	if (file->kind != ENTRY_FILE)
		return;
	printf("version   ");
	print_hex(file->version.bytes, sizeof file->version.bytes);
	printf("pieces    %" PRIu64 "\n", piece_count(file->size));
	printf("root      ");
	if (file->root_known)
		print_hex(file->root.bytes, sizeof file->root.bytes);
	else
		puts("not computed yet");
}

static void print_object(struct output *output, const struct url *url, const struct file *file)
{
	const struct failure none = {.code = EXIT_OK};
	bool regular = file->kind == ENTRY_FILE;
	struct record record;

	record_init(&record);
	record_url(&record, "url", url, span_of(""));
	record_kind(&record, "kind", file->kind);
	record_number(&record, "size", regular ? file->size : RECORD_UNKNOWN);
	record_time(&record, "mtime", file->mtime);
	record_mode(&record, "mode", file->mode);
	record_hex(&record, "version", regular ? file->version.bytes : NULL, sizeof file->version.bytes);
	record_number(&record, "pieces", regular ? piece_count(file->size) : RECORD_UNKNOWN);
	record_digest(&record, "root", file->root_known ? &file->root : NULL);
	record_failure(&record, &none);
	output_record(output, &record);
}

static void print_failure(struct output *output, const struct options *options, const struct failure *failure)
{
	static const char *const unknown[] = {"kind", "size", "mtime", "mode", "version", "pieces", "root"};
	struct record record;

	output_failure(output, failure);
	if (!options->json)
		return;
	record_init(&record);
	record_text(&record, "url", options->operands[0]);
	for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
		record_null(&record, unknown[i]);
	record_failure(&record, failure);
	output_record(output, &record);
}

/* A file that may be looked at but not read, or that has just changed, is shown without its root. */
static enum status look(struct link *link, const struct url *url, struct file *file, struct failure *failure)
{
	enum status status = exchange_stat(link, url, file, failure);

	if (status != STATUS_OK || file->kind != ENTRY_FILE || file->root_known)
		return status;
	status = exchange_root(link, url, file, failure);
	return status == STATUS_REFUSED ? STATUS_OK : status;
}

int command_stat(const struct options *options)
{
	struct output output = {.code = EXIT_OK};
	struct failure failure;
	struct link *link;
	struct url url;
	struct file file;

	if (exchange_open(options->operands[0], options, &url, &link, &failure) != STATUS_OK) {
		print_failure(&output, options, &failure);
		output_flush(&output);
		return output.code;
	}
	if (look(link, &url, &file, &failure) != STATUS_OK)
		print_failure(&output, options, &failure);
	else if (options->json)
		print_object(&output, &url, &file);
	else
		print_table(&url, &file);
	output_flush(&output);
	link_close(link);
	url_release(&url);
	return output.code;
}
