/* Results: one line of JSON or text per file as it ends, and the exit code of the run. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "failure.h"
#include "progress.h"
#include "url.h"

enum result_status {
	RESULT_FETCHED,
	RESULT_VERIFIED,
	RESULT_UNCHANGED,
	RESULT_EXISTS,
	RESULT_SKIPPED,
	RESULT_PLANNED,
	RESULT_FAILED,
	RESULT_NOT_TRIED,
	RESULT_COUNT
};

struct result {
	const struct url *url; /* with BELOW the source */
	struct span below;
	const char *path;      /* where it landed; NULL: nowhere (-o -) */
	enum result_status status;
	uint64_t bytes;        /* size; UINT64_MAX: unknown */
	uint64_t fetched;      /* file bytes received, repeats included */
	uint64_t reused;       /* bytes taken from disk; for an unchanged file its size */
	bool root_known;
	struct digest root;
	bool sha256_known;
	struct digest sha256;
	unsigned attempts;
	int64_t nanoseconds;
	struct failure failure; /* its code is EXIT_OK when nothing failed */
};

enum report_format {
	REPORT_TEXT, /* failures on stderr, with -v a line per file; nothing on stdout */
	REPORT_JSON, /* one object per file on stdout, flushed; failures also on stderr */
};

/*
 * struct progress *progress; struct report *report;
 * progress_start(style, &counters, &progress)
 * report_new(format, verbosity, progress, &report)
 * report_result(report, &result), report_failure(report, &failure) ...
 * progress_stop(progress)
 * report_end(report)
 * code = report_exit_code(report)
 * report_free(report), progress_free(progress), once no other thread has anything to report
 *
 * Thread-safe; owns the run's exit code. When stdout cannot be written (EPIPE, ENOSPC), this is reported once and counts as a
 * failure of EXIT_LOCAL. The process must ignore SIGPIPE. Everything for stderr goes through PROGRESS (may be NULL).
 */
struct report;
MUST_CHECK enum status report_new(enum report_format format, int verbosity, struct progress *progress, struct report **report);
void report_free(struct report *report);

/* From here on the code is that of the first failure. */
void report_keep_first(struct report *report);

/* Will RESULT be printed? If not it is only counted, and needs no url, below and path. */
bool report_tells(const struct report *report, const struct result *result);

void report_result(struct report *report, const struct result *result);
/* A failure that belongs to no file (a listing that broke off, an unusable URL). */
void report_failure(struct report *report, const struct failure *failure);
/* A remark for people on stderr, silenced by -q; untrusted parts have gone through text_escape(). */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * The last line for people, if files were skipped, existed, failed or were not tried: how many of each. After progress_stop().
 * A thread that outlives an interrupted run may still print something below it.
 */
void report_end(struct report *report);

/* The code so far, a failure to write to stdout included. */
enum exit_code report_exit_code(struct report *report);

#endif
