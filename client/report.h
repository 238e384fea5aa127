/* Results: one line of JSON or text per file as it ends, and the exit code of the run. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "digest.h"
#include "failure.h"
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
	REPORT_JSON, /* one object per file on stdout, failures also on stderr */
};

/* Thread-safe; owns the run's exit code. Writing to stdout fails (EPIPE): the code becomes EXIT_LOCAL. */
struct report;
MUST_CHECK enum status report_new(enum report_format format, int verbosity, struct report **report);
void report_free(struct report *report);

void report_result(struct report *report, const struct result *result);
/* A failure that belongs to no file (a listing that broke off, an unusable URL). */
void report_failure(struct report *report, const struct failure *failure);
/* A remark for people on stderr, silenced by -q. */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum exit_code report_exit_code(struct report *report);

#endif
