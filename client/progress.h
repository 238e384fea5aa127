/* The bar, or plain lines where stderr is no terminal: files, bytes, rate, time left. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdatomic.h>
#include <stdint.h>

#include "status.h"

enum progress_style {
	PROGRESS_AUTO,  /* bar on a terminal, lines elsewhere */
	PROGRESS_BAR,
	PROGRESS_LINES, /* one finished line every few seconds */
	PROGRESS_NONE,
};

/* Counters that transfer threads add to; read by the progress thread without locks. All but listing and bytes_known only grow. */
struct progress_counters {
	atomic_uint_fast64_t files_known; /* so far; grows while a listing streams */
	atomic_uint_fast64_t files_done;  /* fetched, verified or kept; one that failed never is */
	atomic_uint_fast64_t bytes_known; /* of the files known, those kept included */
	atomic_uint_fast64_t bytes_received; /* of contents, proven or not: the rate's */
	atomic_uint_fast64_t bytes_fetched;  /* received and proven */
	atomic_uint_fast64_t bytes_verified; /* proven on disk */
	atomic_uint_fast64_t bytes_kept;     /* unchanged files */
	atomic_bool listing;                 /* more may become known */
};

/*
 * A thread of its own draws, with all signals blocked; every other message to stderr goes through progress_print so that
 * lines do not mix. COUNTERS must outlive progress_stop(). PROGRESS_NONE draws nothing and still takes messages.
 */
struct progress;
MUST_CHECK enum status progress_start(enum progress_style style, const struct progress_counters *counters, struct progress **progress);
/* Draws the last state, ends the line, joins the thread; messages are still taken. Once. PROGRESS may be NULL. */
void progress_stop(struct progress *progress);
/* Once it was stopped and no thread has a message any more. NULL is fine. */
void progress_free(struct progress *progress);

/* Clears the bar, writes TEXT and a newline to stderr, draws the bar again. PROGRESS may be NULL. */
void progress_print(struct progress *progress, const char *text);

/* Clears the bar and draws nothing until progress_go_on(), so that the user can be asked a question. PROGRESS may be NULL. */
void progress_hold(struct progress *progress);
void progress_go_on(struct progress *progress);

#endif
