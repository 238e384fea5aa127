/* strace as a second witness: did the shim see every call that changed something? */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>

#include "plan.h"

/*
 * Runs COMMAND under strace and the shim, whose plan it sets to watching. The files that strace writes go into the
 * existing, empty FOLDER. Returns false when the two tell different stories; WHAT is the first call that only one of
 * them saw. Ends the test program when strace can't run.
 */
#define TRACE_WHAT_MAX 256

struct plan_page;
bool trace_agrees(const char *const *command, const struct plan_page *page, const char *preload, const char *folder,
	char what[TRACE_WHAT_MAX]);

/* One line of strace -y: does it change what a disk holds? NAME and RESULT are told for those that do. */
struct traced {
	char name[32];
	long result; /* -1 for any failure */
};
bool trace_line(const char *line, struct traced *traced);

#endif
