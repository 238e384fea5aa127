/* Prints digests in the form that sha256sum -c reads, or as JSON objects. */
#include "sum.h"

#include <stdio.h>

#include "hex.h"
#include "path.h"
#include "record.h"
#include "text.h"

/* "HEX  NAME", or "TREE (NAME) = HEX"; a backslash before the line says that the name is escaped. */
static void print_line(const struct sum *sum, struct span name, const struct digest *digest)
{
	const struct span bytes = {digest->bytes, sizeof digest->bytes};

	if (text_sum_name_is_escaped(name))
		putchar('\\');
	if (sum->options->tree) {
		printf("TREE (");
		text_print_sum_name(stdout, name);
		printf(") = ");
		hex_print(stdout, bytes);
	} else {
		hex_print(stdout, bytes);
		printf("  ");
		text_print_sum_name(stdout, name);
	}
	putchar('\n');
}

/* DIGEST may be NULL: there is none. */
static void print_object(struct sum *sum, const struct sum_item *item, const struct digest *digest,
	const struct failure *failure)
{
	struct record record;

	record_init(&record);
	if (item->url)
		record_url(&record, "url", item->url, item->below);
	else
		record_text(&record, "url", item->given);
	record_path(&record, item->name);
	record_number(&record, "bytes", item->size);
	record_digest(&record, "sha256", sum->options->tree ? NULL : digest);
	record_digest(&record, "root", sum->options->tree ? digest : NULL);
	record_failure(&record, failure);
	output_record(&sum->output, &record);
}

void sum_tell(struct sum *sum, const struct sum_item *item, const struct digest *digest)
{
	const struct failure none = {.code = EXIT_OK};

	if (sum->options->json)
		print_object(sum, item, digest, &none);
	else
		print_line(sum, item->name, digest);
	output_flush(&sum->output);
}

void sum_fail(struct sum *sum, const struct sum_item *item, const struct failure *failure)
{
	output_failure(&sum->output, failure);
	if (sum->options->json) {
		print_object(sum, item, NULL, failure);
		output_flush(&sum->output);
	}
}

void sum_refuse_folder(struct sum *sum, const struct sum_item *item, const char *operand)
{
	char shown[FAILURE_TEXT_SIZE / 2];
	struct failure failure;

	text_escape(shown, sizeof shown, span_of(operand));
	failure_set(&failure, FAILURE_USAGE, STATUS_IS_FOLDER, "%s is a folder: use -r for all files in it", shown);
	sum_fail(sum, item, &failure);
}
