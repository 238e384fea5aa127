/* The SHA-256 that the user gave of a file: held against it before it gets its name, or before it is left alone. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stdint.h>

#include "digest.h"
#include "download.h"
#include "status.h"

/*
 * All bytes of DOWNLOAD are there and proven: are they what the user asked for? STATUS_MISMATCH where not. True of every file
 * without a sum. What it has is remembered in DOWNLOAD.
 */
MUST_CHECK enum status checksum_download(struct download *download);

/*
 * Has the file NAME in FOLDER, of SIZE bytes, this sum? STATUS_MISMATCH where not, STATUS_CHANGED where it has another size. The
 * bytes of one that has it are put on stable storage, where that is wanted: we promise that, whoever wrote it. Its name is the
 * caller's business.
 */
enum checksum_sync {
	CHECKSUM_SYNC,
	CHECKSUM_NO_SYNC,
};
MUST_CHECK enum status checksum_file(int folder, const char *name, uint64_t size, const struct digest *sum, enum checksum_sync sync);

#endif
