/* The way of one call through the shim: begin, the kernel's own call, end. */
#ifndef SHIM_H
#define SHIM_H

#include "plan.h"

/*
 * struct attempt attempt = {.call = CALL_WRITE, ...};
 * if (!attempt_begin(&attempt)) return -1;          errno is set: the plan lets it fail
 * return attempt_end(&attempt, kernel(SYS_pwrite64, fd, bytes, attempt.length, offset));
 *
 * Calls that change something happen one at a time between begin and end, so that the log's order is theirs.
 */
struct attempt {
	enum call call;
	long system_call;
	int fd;     /* what is worked on; -1 where a path says it */
	int folder; /* where PATH begins */
	const char *path;
	int other_folder;
	const char *other;
	uint64_t offset;
	uint64_t length; /* a plan may cut it short */
	unsigned flags;
	const void *data;

	/* Set by attempt_begin. */
	uint64_t number; /* 0: not counted */
	bool makes;
};

bool attempt_begin(struct attempt *attempt);
long attempt_end(struct attempt *attempt, long result);

/* libc's syscall(2), which sets errno; the one that programs see is the shim's own. */
long kernel(long number, ...) __attribute__((visibility("hidden")));

/* Is FD a regular file or a folder? Sockets and pipes are left alone. */
bool on_disk(int fd);

/* The plan of this program; NULL without one. */
struct plan *shim_plan(void);

#endif
