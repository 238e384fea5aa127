/* What a test and the preloaded shim share: what shall happen at which call, and the log of the calls that happened. */
#ifndef PLAN_H
#define PLAN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The test makes a memfd of PLAN_SIZE bytes, writes a struct plan at its beginning, and starts a program with
 * LD_PRELOAD=shim.so and FAULT_PLAN=<the descriptor>. The shim maps it, so that what it wrote outlives any kill.
 */
#define PLAN_SIZE ((size_t)1 << 30) /* sparse: pages that no log reached cost nothing */
#define PLAN_VARIABLE "FAULT_PLAN"

/* Calls that change what a disk holds come first. */
enum call {
	CALL_OPEN, /* with a way to write, to make or to cut */
	CALL_WRITE,
	CALL_TRUNCATE,
	CALL_ALLOCATE,
	CALL_CLONE,
	CALL_SYNC,
	CALL_SYNC_ALL, /* of a whole file system */
	CALL_WRITE_BACK, /* begins what only CALL_SYNC ends */
	CALL_RENAME,
	CALL_LINK,
	CALL_UNLINK,
	CALL_MAKE_FOLDER,
	CALL_TIMES,
	CALL_MODE,
	CALL_CHANGES, /* how many change something; those below only look */
	CALL_OPEN_TO_READ = CALL_CHANGES,
	CALL_READ,
	CALL_STAT,
	CALL_SEEK,
	CALL_LOCK,
	CALL_SEND,
	CALL_LIST,
	CALL_CLOSE,
	CALL_COUNT
};

enum plan_act {
	PLAN_WATCH, /* numbers and logs, nothing else */
	PLAN_KILL_BEFORE,
	PLAN_KILL_AFTER,
	PLAN_STOP_BEFORE, /* SIGSTOP: the test changes something and continues the program */
	PLAN_FAIL,
	PLAN_SHORTEN, /* reads, writes and sends move half of what they were asked for */
};

enum plan_log {
	PLAN_LOG_NOTHING,
	PLAN_LOG_CALLS, /* the calls that change something */
	PLAN_LOG_DATA,  /* and the bytes that they wrote */
};

enum plan_numbers {
	PLAN_NUMBER_CHANGES, /* only calls that change something have numbers */
	PLAN_NUMBER_ALL,     /* every call on regular files and folders has one */
};

struct plan {
	enum plan_act act;
	enum plan_numbers numbers;
	uint64_t at;    /* the number of the call, counted from 1; 0: none */
	bool lasting;   /* PLAN_FAIL, PLAN_SHORTEN: from then on every call of that kind; EINTR every other one */
	int error;      /* PLAN_FAIL: the errno */
	enum plan_log log;
	bool clones;    /* play FICLONE where the file system has none */
	int64_t tick;   /* nanoseconds: times of files are cut to multiples of it; 0: as they are */
	bool one_time;  /* files seem to have been changed when their bytes were modified, which a test can set */

	/* Written by the shim. */
	_Atomic uint64_t count; /* calls numbered so far */
	_Atomic uint64_t hits;  /* calls that met the plan's act */
	enum call met;          /* the kind of the call number AT */
	_Atomic uint64_t log_length;
	bool overflow;          /* the log was too small: what it holds is no whole story */

	_Atomic int64_t clock;  /* what CLOCK_REALTIME says, in nanoseconds since 1970; 0: the true time */
};

/* The log begins here; its records follow each other, each a multiple of 8 bytes. */
#define PLAN_LOG_OFFSET 4096

struct record {
	uint32_t size; /* with the strings and the data that follow */
	uint16_t call; /* enum call */
	bool made;     /* CALL_OPEN: the file is new */
	int32_t system_call;
	int64_t result; /* what the system call returned; -errno where it failed */
	uint64_t number;
	uint64_t file;   /* inode that was worked on or opened */
	uint64_t offset; /* CALL_WRITE, CALL_ALLOCATE: where; CALL_TRUNCATE: the new size */
	uint64_t length; /* CALL_WRITE: as asked for; CALL_ALLOCATE: how much */
	uint32_t flags;  /* of open, fallocate, rename and unlink; the mode of CALL_MODE and CALL_MAKE_FOLDER */
	uint32_t path_length; /* absolute: the path that was named, or where the descriptor led; a terminator follows */
	uint32_t other_length; /* CALL_RENAME, CALL_LINK: the second path, likewise */
	uint32_t data_length; /* CALL_WRITE: what arrived; CALL_CLONE: all of it; CALL_TIMES: two timespecs */
};

static inline const char *record_path(const struct record *record)
{
	return (const char *)(record + 1);
}

static inline const char *record_other(const struct record *record)
{
	return record_path(record) + record->path_length + 1;
}

static inline const unsigned char *record_data(const struct record *record)
{
	return (const unsigned char *)record_other(record) + record->other_length + 1;
}

/* The first record when PREVIOUS is NULL; NULL after the last. */
static inline const struct record *plan_next(const struct plan *plan, const struct record *previous)
{
	const char *log = (const char *)plan + PLAN_LOG_OFFSET;
	const char *next = previous ? (const char *)previous + previous->size : log;
	return next < log + plan->log_length ? (const struct record *)next : NULL;
}

#endif
