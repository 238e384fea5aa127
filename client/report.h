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
	const char *path;      /* where it landed; NULL where there is none (-o -) */
	enum result_status status;
	uint64_t bytes;        /* size; -1 (UINT64_MAX) where unknown */
	uint64_t fetched;      /* file bytes received, repeats included */
	uint64_t reused;       /* bytes taken from disk; for unchanged the size */
	bool root_known;
	struct digest root;
	bool sha256_known;
	struct digest sha256;
	unsigned attempts;
	int64_t nanoseconds;
	struct failure failure; /* code EXIT_OK where nothing failed */
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
 * report_free(report), progress_free(progress), once no other thread has anything to tell
 *
 * Thread-safe; owns the run's exit code. Where stdout cannot be written (EPIPE, ENOSPC), that is said once and counts as
 * a failure of EXIT_LOCAL. The process must ignore SIGPIPE. PROGRESS (may be NULL) carries what goes to stderr.
 */
struct report;
MUST_CHECK enum status report_new(enum report_format format, int verbosity, struct progress *progress, struct report **report);
void report_free(struct report *report);

/* From here on the code is that of the first failure. */
void report_keep_first(struct report *report);

/* Is RESULT told, or only counted? Then nobody needs its url, below and path. */
bool report_tells(const struct report *report, const struct result *result);

void report_result(struct report *report, const struct result *result);
/* A failure that belongs to no file (a listing that broke off, an unusable URL). */
void report_failure(struct report *report, const struct failure *failure);
/* A remark for people on stderr, silenced by -q; untrusted parts have gone through text_escape(). */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * The last line for people, where something was skipped, was there already, failed or was not tried: how many of each.
 * After progress_stop(). Who tells something all the same, as a thread that outlives an interrupted run may, tells it below.
 */
void report_end(struct report *report);

/* The code so far; what was written to stdout and could not be is part of it. */
enum exit_code report_exit_code(struct report *report);

#endif
