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
	ASK_STAT, /* there is a file here: is it the same? */
	ASK_KIND, /* it cannot be read, or stored (download->failure): what is it? */
};

struct errand {
	struct download *download;
	enum ask ask;
	bool begins;    /* nothing was asked in this batch yet */
	bool described; /* STAT was just answered */
	bool odd;       /* and what it told of is no file */
};

/*
 * Before the network is troubled: looks at what is here and decides what to ask. False: the errand is over, since the file
 * has ended with that, or because threads verify what is here and fetch the rest from now on.
 */
bool errand_prepare(struct worker *worker, struct errand *errand);

/*
 * Makes a described download ready for the bytes that follow: its partial, and the map of its pieces where there are several.
 * PLACE_SAME: somebody else has just finished it.
 */
MUST_CHECK enum status errand_begin(struct worker *worker, struct download *download, enum place *place,
	struct failure *failure);

/* The file ends so without a byte of it being fetched. */
void errand_leave(struct worker *worker, struct download *download, enum result_status result);

#endif
