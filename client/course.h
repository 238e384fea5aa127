/* How the conversation about a run of pieces goes: what fetching and verifying have in common. */
#ifndef COURSE_H
#define COURSE_H

#include <stdbool.h>

#include "download.h"
#include "failure.h"
#include "message.h"
#include "queue.h"
#include "status.h"
#include "worker.h"

/* How a run has gone so far. */
struct course {
	enum run_end end;
	bool stop; /* the rest of the answer is not wanted */
	struct failure failure;
};

/* The file has failed. */
void course_fail(struct course *course, const struct failure *failure);

/* The server sent an ERROR frame: ERROR is its meaning, FAILURE explains it. */
void course_error(struct course *course, struct worker *worker, enum status error, const struct failure *failure);

/*
 * Asks for RUN in the version that it was planned with; ENCODE is read_request_encode or digests_request_encode. The status is
 * the link's.
 */
typedef void course_encoder(struct writer *writer, uint16_t number, const struct pieces_request *request);
MUST_CHECK enum status course_ask(struct worker *worker, const struct download *download, const struct piece_run *run,
	course_encoder *encode);

/*
 * Receives the FILE that opens an answer about pieces of DOWNLOAD, and compares it with the version that the run was planned
 * with. When an ERROR came instead, it is noted in COURSE and the answer is over. The status is the link's.
 */
MUST_CHECK enum status course_open(struct course *course, struct worker *worker, struct download *download);

/* An ERROR frame of an answer about DOWNLOAD. The status is the link's. */
MUST_CHECK enum status course_refuse(struct course *course, struct worker *worker, const struct download *download,
	struct span payload);

/*
 * Gives RUN back and does the duty that the queue returns. STATUS is the link's: a broken link is reported to the queue first, so
 * that the thread that takes the run up waits out the pause.
 */
void course_end(const struct course *course, struct worker *worker, struct download *download, const struct piece_run *run,
	enum status status);

#endif
