/* A reply: the generator that answers one request, step by step. */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file_range.h"
#include "frame.h"
#include "last_folder.h"
#include "output.h"
#include "services.h"
#include "status.h"
#include "visitor.h"
#include "wire.h"
#include "workbench.h"

/* One connection's turn at a worker, as far as it concerns a reply. */
struct turn {
	struct services *services;
	struct workbench *bench;
	const struct visitor *visitor;
	struct output *output;
	struct last_folder *last_folder; /* NULL: none is held */
	/* Set by a step. */
	int64_t park_until;  /* with REPLY_PARK */
	enum status failure; /* with REPLY_FAILED */
};

enum reply_result {
	REPLY_MORE,   /* step again as soon as the output is ready */
	REPLY_YIELD,  /* the same, but a quantum's worth of work was done: others first */
	REPLY_PARK,   /* nothing to do before turn->park_until; an earlier step does no harm */
	REPLY_DONE,   /* the last frame was written */
	REPLY_FAILED, /* turn->failure is to be sent as an ERROR */
};

struct reply;

/* How the next step uses the disk. */
enum reply_reading {
	REPLY_READS_NOTHING,
	REPLY_READS_FILE,   /* reads the range */
	REPLY_SENDS_FILE,   /* begins to send the range, which is read in later turns */
	REPLY_READS_FOLDER, /* only reading it will tell whether it lies in memory */
};

/*
 * A step is called only while output_ready(): it may write OUTPUT_ROOM bytes and put a range of a file behind them, or
 * hash one piece, or read one batch of a folder; then it returns. It never waits.
 */
struct reply_class {
	const char *name; /* for the log */
	enum reply_result (*step)(struct reply *reply, struct turn *turn);
	/* NULL: REPLY_READS_NOTHING throughout. */
	enum reply_reading (*reads)(struct reply *reply, struct file_range *range);
	/* Releases what the reply holds; its own memory is freed by reply_free(). NULL: nothing. */
	void (*release)(struct reply *reply, struct services *services);
};

struct reply {
	const struct reply_class *class;
	struct span path;     /* the request's, inside this allocation; not checked yet */
	size_t memory;        /* bytes of heap that it holds */
	uint16_t number;
	bool inside_frame;    /* between a DATA header and its trailer: no other frame may come now */
	uint32_t frame_bytes; /* of the request, for the window */
	uint64_t worked;      /* bytes hashed or sent, entries listed: for PROGRESS */
	bool warmed;          /* the bytes that the next step begins to send were brought into memory */
	/* The connection's. */
	int64_t started;
	bool admitted;        /* it has had its turn among the requests */
	struct ticket ticket; /* for that */
	int64_t last_word;    /* when it last wrote something */
	uint64_t file_bytes;  /* of the output, when it started */
};

/*
 * A zeroed reply of SIZE bytes, which begin with a struct reply, and a copy of PATH; NULL without memory.
 */
struct reply *reply_new(const struct reply_class *class, size_t size, struct span path);
/* NULL is fine. */
void reply_free(struct reply *reply, struct services *services);

/* Is it its turn among the requests? If not, turn->park_until says when to ask again, as budget_ask() does. */
bool reply_may_begin(struct reply *reply, struct turn *turn);

/* Sets turn->failure; returns REPLY_FAILED. */
enum reply_result reply_fail(struct turn *turn, enum status failure);

/* Waits until turn->park_until; if that is CLOCK_NEVER, as from a budget that refuses, the client gets BUSY. */
enum reply_result reply_wait(struct turn *turn);
/* The same, until UNTIL. */
enum reply_result reply_park(struct turn *turn, int64_t until);

/*
 * One constructor per request: decodes PAYLOAD and makes the reply, which starts to work with its first step.
 * STATUS_PROTOCOL for a malformed request, STATUS_NO_MEMORY.
 */
typedef enum status reply_constructor(const struct frame *frame, struct span payload, struct reply **reply);
MUST_CHECK reply_constructor reply_stat_new;
MUST_CHECK reply_constructor reply_list_new;
MUST_CHECK reply_constructor reply_digests_new;
MUST_CHECK reply_constructor reply_read_new;
MUST_CHECK reply_constructor reply_sum_new;
MUST_CHECK reply_constructor reply_ping_new;

#endif
