/* A file that is to be begun: what is here of it, and what to ask the server first. */
#ifndef ERRAND_H
#define ERRAND_H

#include <stdbool.h>

#include "download.h"
#include "failure.h"
#include "landing.h"
#include "report.h"
#include "status.h"
#include "worker.h"

enum ask {
	ASK_READ, /* any version, the first piece */
	ASK_STAT, /* its size and time: is the file here the same? */
	ASK_KIND, /* its kind: it cannot be read, or stored (download->failure) */
};

struct errand {
	struct download *download;
	enum ask ask;
	bool begins;    /* nothing was asked in this batch yet */
	bool described; /* STAT was just answered */
	bool odd;       /* STAT told of something that is no file */
};

/*
 * Looks at what is here, before anything is sent, and decides what to ask. False: the errand is over, because the file has
 * ended, or because from now on threads verify the pieces here and fetch the rest.
 */
bool errand_prepare(struct worker *worker, struct errand *errand);

/*
 * Makes a described download ready for the bytes that follow: its partial, and the map of its pieces if there are several.
 * PLACE_SAME: somebody else has just finished it.
 */
MUST_CHECK enum status errand_begin(struct worker *worker, struct download *download, enum place *place,
	struct failure *failure);

/* The file ends with RESULT, and without its bytes being fetched. */
void errand_leave(struct worker *worker, struct download *download, enum result_status result);

#endif
