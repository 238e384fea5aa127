/* Why something did not succeed: exit code, word for scripts, sentence for people, and whether trying again can help. */
#ifndef FAILURE_H
#define FAILURE_H

#include <stdbool.h>

#include "status.h"

/* The exit codes of ferry; the README's table fixes them. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_OTHER = 1,
	EXIT_USAGE = 2,
	EXIT_NOT_FOUND = 3,
	EXIT_REFUSED = 4,
	EXIT_NETWORK = 5,
	EXIT_UNTRUSTED = 6,
	EXIT_MISMATCH = 7,
	EXIT_CHANGED = 8,
	EXIT_LOCAL = 9,
	EXIT_BUSY = 10,
	EXIT_PROTOCOL = 11,
	EXIT_MIXED = 12,
	EXIT_INTERRUPTED = 130,
};

/* Where a status arose: the same "not found" means 3 at the server and 9 here. */
enum failure_origin {
	FAILURE_USAGE,   /* always EXIT_USAGE, whatever the status */
	FAILURE_SERVER,  /* an ERROR or an unreadable entry: the status is error_status_of() its code */
	FAILURE_NETWORK, /* a link broke, or could not be made */
	FAILURE_LOCAL,   /* this machine: EXIT_LOCAL but for memory, locks and proof */
	FAILURE_DIFFERENCE, /* the file here differs from the server's: always EXIT_MISMATCH */
};

#define FAILURE_TEXT_SIZE 640

struct failure {
	enum exit_code code; /* EXIT_OK: nothing failed */
	const char *name;    /* exit_code_name(code): one lower-case word for scripts, e.g. "not-found" */
	bool retry;          /* can trying again help? */
	unsigned retry_after_ms; /* the pause that a busy server asked for, else 0 */
	char text[FAILURE_TEXT_SIZE]; /* printable: untrusted parts have gone through text_escape() */
};

/*
 * Fills in FAILURE from a status, never one of success, and a sentence (printf) without full stop or newline. ": " and the
 * status' text are added, unless the sentence has to say it all: usage, a difference, STATUS_INVALID, _PROTOCOL, _VERSION,
 * _UNSUPPORTED, _UNTRUSTED.
 */
void failure_set(struct failure *failure, enum failure_origin origin, enum status status, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Standard output could not be written; STATUS_LOST: its reader went away. Always EXIT_LOCAL. */
void failure_set_stdout(struct failure *failure, enum status status);

/* Digests cannot be computed: STATUS comes from lanes_new(), maybe through its caller. */
void failure_set_lanes(struct failure *failure, enum status status);

/* "ferry: TEXT" on stderr, for commands that draw no progress; returns the code. */
enum exit_code failure_print(const struct failure *failure);

/* The word for scripts that belongs to an exit code. */
const char *exit_code_name(enum exit_code code);

/* One code for a run: EXIT_OK, the common code of all failures, or EXIT_MIXED; independent of their order. */
enum exit_code exit_code_join(enum exit_code so_far, enum exit_code next);

#endif
