/* A comparison: what is here held against what a server has, told as it is found. */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdint.h>

#include "catalog.h"
#include "failure.h"
#include "hasher.h"
#include "link.h"
#include "options.h"
#include "output.h"
#include "ranges.h"
#include "url.h"

struct compare {
	const struct options *options;
	struct output output;
	struct url url;
	struct link *link;
	struct hasher *hasher;
	const char *path; /* here, as the user gave it */
	int folder;       /* its descriptor if the URL names a folder; -1: the URL names a file */
};

enum compare_word {
	COMPARE_OK,
	COMPARE_DIFFERS,
	COMPARE_MISSING, /* not here */
	COMPARE_EXTRA,   /* here, and not at the server */
	COMPARE_FAILED,  /* could not be compared: FAILURE */
};

struct compare_result {
	const char *below; /* the path below both */
	enum compare_word word;
	uint64_t size;     /* at the server; RECORD_UNKNOWN */
	uint64_t pieces;
	const struct ranges *wrong;    /* of the pieces; NULL: none is known */
	const char *remark;            /* another difference; NULL: none */
	const struct failure *failure; /* of COMPARE_FAILED, else NULL */
};
void compare_tell(struct compare *compare, const struct compare_result *result);
void compare_fail(struct compare *compare, const char *below, const struct failure *failure);

/* Compares every file of CATALOG, piece by piece. STATUS_OK, or FAILURE says why the link is of no use any more. */
MUST_CHECK enum status compare_files(struct compare *compare, const struct catalog *catalog, struct failure *failure);

/* Reports folders of CATALOG that are missing here, and names here that are not in CATALOG. */
void compare_names(struct compare *compare, const struct catalog *catalog);

#endif
