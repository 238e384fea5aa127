/* Prints every result once, for scripts and for people, and sums them up in one exit code. */
#include "report.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "amount.h"
#include "clock.h"
#include "path.h"
#include "record.h"
#include "text.h"

#define LINE_MAX_SIZE 1024 /* a remark or a failure with its "ferry: " */

static const char *const words[RESULT_COUNT] = {
	[RESULT_FETCHED] = "fetched",
	[RESULT_VERIFIED] = "verified",
	[RESULT_UNCHANGED] = "unchanged",
	[RESULT_EXISTS] = "exists",
	[RESULT_SKIPPED] = "skipped",
	[RESULT_PLANNED] = "planned",
	[RESULT_FAILED] = "failed",
	[RESULT_NOT_TRIED] = "not-tried",
};

struct report {
	enum report_format format;
	int verbosity;
	struct progress *progress;
	pthread_mutex_t lock;
	/* guarded by lock */
	enum exit_code code;
	bool first_counts; /* only the first failure counts for CODE */
	bool stdout_failed;
	uint64_t counts[RESULT_COUNT];
};

enum status report_new(enum report_format format, int verbosity, struct progress *progress, struct report **report)
{
	struct report *made = calloc(1, sizeof *made);

	if (!made)
		return STATUS_NO_MEMORY;
	made->format = format;
	made->verbosity = verbosity;
	made->progress = progress;
	made->code = EXIT_OK;
	pthread_mutex_init(&made->lock, NULL);
	*report = made;
	return STATUS_OK;
}

void report_free(struct report *report)
{
	if (!report)
		return;
	pthread_mutex_destroy(&report->lock);
	free(report);
}

/* Caller holds lock. */
static void tell_failure(struct report *report, const struct failure *failure)
{
	char line[LINE_MAX_SIZE];

	snprintf(line, sizeof line, "ferry: %s", failure->text);
	progress_print(report->progress, line);
}

/* "fetched a/b (1.2 MiB in 12 ms)"; with the source's URL if there is no path. */
static void write_line(FILE *out, const struct result *result)
{
	char bytes[AMOUNT_SIZE], took[AMOUNT_SIZE];

	fprintf(out, "%s ", words[result->status]);
	if (result->path)
		text_print(out, span_of(result->path));
	else
		url_print(out, result->url, result->below);
	if (result->status == RESULT_FETCHED || result->status == RESULT_VERIFIED)
		fprintf(out, " (%s in %s)", amount_bytes(bytes, result->bytes), amount_took(took, result->nanoseconds));
	if (result->status == RESULT_PLANNED)
		fprintf(out, " (%s)", amount_bytes(bytes, result->bytes));
}

/* With -v; the results of a dry run also without, since they are its purpose. */
static bool is_shown(const struct report *report, const struct result *result)
{
	return report->verbosity >= (result->status != RESULT_PLANNED);
}

/* Caller holds lock. */
static void tell_result(struct report *report, const struct result *result)
{
	char *text = NULL;
	size_t length;
	FILE *out;

	if (result->failure.code != EXIT_OK) {
		tell_failure(report, &result->failure);
		return;
	}
	if (!is_shown(report, result) || !(out = open_memstream(&text, &length)))
		return;
	write_line(out, result);
	if (fclose(out) == 0)
		progress_print(report->progress, text);
	free(text);
}

/* Caller holds lock. */
static void count_code(struct report *report, enum exit_code code)
{
	if (!report->first_counts || report->code == EXIT_OK)
		report->code = exit_code_join(report->code, code);
}

void report_keep_first(struct report *report)
{
	pthread_mutex_lock(&report->lock);
	report->first_counts = true;
	pthread_mutex_unlock(&report->lock);
}

void report_note(struct report *report, const char *format, ...)
{
	char line[LINE_MAX_SIZE];
	va_list arguments;

	if (report->verbosity < 0)
		return;
	int start = snprintf(line, sizeof line, "ferry: ");
	va_start(arguments, format);
	vsnprintf(line + start, sizeof line - (size_t)start, format, arguments);
	va_end(arguments);
	pthread_mutex_lock(&report->lock);
	progress_print(report->progress, line);
	pthread_mutex_unlock(&report->lock);
}

void report_end(struct report *report)
{
	static const enum result_status rare[] = {RESULT_SKIPPED, RESULT_EXISTS, RESULT_FAILED, RESULT_NOT_TRIED};
	char line[LINE_MAX_SIZE], counts[LINE_MAX_SIZE / 2];
	uint64_t total = 0, odd = 0;

	pthread_mutex_lock(&report->lock);
	int used = 0;
	for (size_t i = 0; i < RESULT_COUNT; i++)
		total += report->counts[i];
	for (size_t i = 0; i < sizeof rare / sizeof rare[0]; i++) {
		uint64_t count = report->counts[rare[i]];
		odd += count;
		if (count > 0)
			used += snprintf(counts + used, sizeof counts - (size_t)used, "%s%" PRIu64 " %s", used > 0 ? ", " : "", count,
				words[rare[i]]);
	}
	/* A single result has had a line of its own. */
	if (odd > 0 && total > 1 && report->verbosity >= 0) {
		snprintf(line, sizeof line, "ferry: of %" PRIu64 " files: %s", total, counts);
		progress_print(report->progress, line);
	}
	pthread_mutex_unlock(&report->lock);
}

static enum status print_result(const struct result *result)
{
	struct record record;

	record_init(&record);
	record_url(&record, "url", result->url, result->below);
	record_path(&record, result->path ? span_of(result->path) : (struct span){0});
	record_text(&record, "status", words[result->status]);
	record_number(&record, "bytes", result->bytes);
	record_number(&record, "fetched", result->fetched);
	record_number(&record, "reused", result->reused);
	record_digest(&record, "root", result->root_known ? &result->root : NULL);
	record_digest(&record, "sha256", result->sha256_known ? &result->sha256 : NULL);
	record_number(&record, "attempts", result->attempts);
	record_number(&record, "ms", (uint64_t)(result->nanoseconds / CLOCK_MS));
	record_failure(&record, &result->failure);
	enum status status = record_print(&record, stdout);
	if (status == STATUS_OK)
		status = record_flush(stdout);
	record_release(&record);
	return status;
}

/* Caller holds lock. */
static void note_stdout(struct report *report, enum status status)
{
	struct failure failure;

	failure_set_stdout(&failure, status);
	count_code(report, failure.code);
	report->stdout_failed = true;
	tell_failure(report, &failure);
}

bool report_tells(const struct report *report, const struct result *result)
{
	return result->failure.code != EXIT_OK || report->format == REPORT_JSON || is_shown(report, result);
}

void report_result(struct report *report, const struct result *result)
{
	pthread_mutex_lock(&report->lock);
	report->counts[result->status]++;
	count_code(report, result->failure.code);
	tell_result(report, result);
	if (report->format == REPORT_JSON && !report->stdout_failed) {
		enum status status = print_result(result);
		if (status != STATUS_OK)
			note_stdout(report, status);
	}
	pthread_mutex_unlock(&report->lock);
}

void report_failure(struct report *report, const struct failure *failure)
{
	pthread_mutex_lock(&report->lock);
	count_code(report, failure->code);
	tell_failure(report, failure);
	pthread_mutex_unlock(&report->lock);
}

enum exit_code report_exit_code(struct report *report)
{
	pthread_mutex_lock(&report->lock);
	enum exit_code code = report->code;
	pthread_mutex_unlock(&report->lock);
	return code;
}
