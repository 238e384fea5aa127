/* What a command that shows things prints: data on stdout, failures on stderr, and the exit code of both. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>

#include "failure.h"
#include "record.h"

/*
 * Starts zeroed. Data may also be printed to stdout directly: output_flush() finds out whether it was written. When BROKEN is
 * set, the failure has been reported and the command should end.
 */
struct output {
	enum exit_code code;
	bool broken; /* stdout cannot be written */
};

/* "ferry: TEXT" on stderr; its code joins. */
void output_failure(struct output *output, const struct failure *failure);

/* RECORD as a line on stdout, and releases it. */
void output_record(struct output *output, struct record *record);

/* Writes everything printed so far. */
void output_flush(struct output *output);

#endif
