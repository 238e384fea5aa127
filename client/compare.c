/* Prints what a comparison finds: a line or a JSON object for each file. */
#include "compare.h"

#include <stdio.h>
#include <string.h>

#include "path.h"
#include "record.h"
#include "text.h"

#define PLACE_SIZE (2 * PATH_LENGTH_MAX + 2)
#define DETAIL_SIZE (RANGES_TEXT_SIZE + 100)

static const char *const words[] = {
	[COMPARE_OK] = "ok",
	[COMPARE_DIFFERS] = "differs",
	[COMPARE_MISSING] = "missing",
	[COMPARE_EXTRA] = "extra",
	[COMPARE_FAILED] = "failed",
};

/* As the end of a sentence. */
static const char *const phrases[] = {
	[COMPARE_DIFFERS] = "differs",
	[COMPARE_MISSING] = "is missing",
	[COMPARE_EXTRA] = "is extra",
};

static const char *place_of(const struct compare *compare, const char *below, char out[PLACE_SIZE])
{
	size_t length = strlen(compare->path);

	if (!*below)
		return compare->path;
	snprintf(out, PLACE_SIZE, "%s%s%s", compare->path, length > 0 && compare->path[length - 1] == '/' ? "" : "/", below);
	return out;
}

/* ": pieces 3, 7-9 of 20; it is shorter here", or as much of it as applies. Returns OUT. */
static char *detail(const struct compare_result *result, char out[DETAIL_SIZE])
{
	char wrong[RANGES_TEXT_SIZE];
	bool pieces = result->wrong && result->wrong->count > 0;
	int length = 0;

	out[0] = '\0';
	if (pieces)
		length = snprintf(out, DETAIL_SIZE, ": pieces %s of %llu", ranges_text(result->wrong, wrong),
			(unsigned long long)result->pieces);
	if (result->remark)
		snprintf(out + length, DETAIL_SIZE - (size_t)length, "%s %s", pieces ? ";" : ":", result->remark);
	return out;
}

/* "differs copy/a: pieces 3, 7-9 of 20; it is shorter here" */
static void print_line(const struct compare *compare, const struct compare_result *result)
{
	char place[PLACE_SIZE], details[DETAIL_SIZE];

	printf("%s ", words[result->word]);
	text_print(stdout, span_of(place_of(compare, result->below, place)));
	puts(detail(result, details));
}

/* "copy/a differs: pieces 3, 7-9 of 20; it is shorter here" */
static void explain(const struct compare *compare, const struct compare_result *result, struct failure *failure)
{
	char place[PLACE_SIZE], details[DETAIL_SIZE], shown[FAILURE_TEXT_SIZE / 2];

	text_escape(shown, sizeof shown, span_of(place_of(compare, result->below, place)));
	failure_set(failure, FAILURE_DIFFERENCE, STATUS_MISMATCH, "%s %s%s", shown, phrases[result->word], detail(result, details));
}

static void print_object(struct compare *compare, const struct compare_result *result, const struct failure *failure)
{
	char place[PLACE_SIZE];
	struct record record;

	record_init(&record);
	if (compare->url.host)
		record_url(&record, "url", &compare->url, span_of(result->below));
	else
		record_text(&record, "url", compare->options->operands[0]);
	record_path(&record, span_of(place_of(compare, result->below, place)));
	record_text(&record, "status", words[result->word]);
	record_number(&record, "bytes", result->size);
	record_number(&record, "pieces", result->pieces);
	record_ranges(&record, "wrong", result->wrong);
	record_failure(&record, failure);
	output_record(&compare->output, &record);
}

/* A difference is the answer to the user's question: it goes to stdout as data, and counts for the exit code. */
void compare_tell(struct compare *compare, const struct compare_result *result)
{
	struct failure failure = {.code = EXIT_OK};

	if (result->failure)
		failure = *result->failure;
	else if (result->word != COMPARE_OK)
		explain(compare, result, &failure);
	compare->output.code = exit_code_join(compare->output.code, failure.code);
	if (compare->options->json)
		print_object(compare, result, &failure);
	else if (result->word != COMPARE_FAILED && (result->word != COMPARE_OK || compare->options->verbosity > 0))
		print_line(compare, result);
	output_flush(&compare->output);
}

void compare_fail(struct compare *compare, const char *below, const struct failure *failure)
{
	failure_print(failure);
	compare_tell(compare, &(struct compare_result){.below = below, .word = COMPARE_FAILED, .size = RECORD_UNKNOWN,
		.pieces = RECORD_UNKNOWN, .failure = failure});
}
