/* Lists of files in a file: manifests, and sums as sha256sum writes them; read line by line. */
#ifndef MANIFEST_H
#define MANIFEST_H

#include "digest.h"
#include "failure.h"
#include "status.h"

/*
 * manifest_open(path, MANIFEST_URLS, &manifest, &failure)
 * while ((status = manifest_next(manifest, &item, &failure)) == STATUS_OK) ...
 * STATUS_END: all was read; else FAILURE says which line is wrong, and how
 * manifest_close(manifest)
 *
 * MANIFEST_URLS   URL [TAB destination [TAB sha256]]; in the destination %09, %0A, %0D and %25 stand for TAB, newline, CR
 *                 and % (any %XX is decoded), and an empty one counts as none
 * MANIFEST_SUMS   HEX, two spaces or a space and *, NAME; or SHA256 (NAME) = HEX. A backslash before the line says that
 *                 \\, \n and \r in NAME stand for backslash, newline and CR. A leading ./ of NAME is dropped
 *
 * A CR before the newline belongs to the end of the line, as for sha256sum -c. Blank lines and those that begin with # are
 * skipped. Destinations and names are legal paths (path_check).
 */
enum manifest_kind {
	MANIFEST_URLS,
	MANIFEST_SUMS,
};

/* Valid until the next call. */
struct manifest_item {
	const char *name;        /* the URL as it was written, or the path below one */
	const char *destination; /* NULL: none was given */
	const struct digest *sum; /* NULL: none was given */
};

/* PATH "-" is standard input. A list that cannot be read is a failure of EXIT_LOCAL, one with a wrong line of EXIT_USAGE. */
struct manifest;
MUST_CHECK enum status manifest_open(const char *path, enum manifest_kind kind, struct manifest **manifest, struct failure *failure);
void manifest_close(struct manifest *manifest);

MUST_CHECK enum status manifest_next(struct manifest *manifest, struct manifest_item *item, struct failure *failure);

/* Fills in FAILURE: PROBLEM (a clause) is wrong with the current line, or with the whole list before the first. STATUS_INVALID. */
MUST_CHECK enum status manifest_refuse(const struct manifest *manifest, struct failure *failure, const char *problem);

#endif
