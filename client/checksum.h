/* The SHA-256 that the user gave of a file: held against it before it gets its name, or before it is left alone. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stdint.h>

#include "digest.h"
#include "download.h"
#include "status.h"

/*
 * Compares DOWNLOAD, all of whose bytes are there and proven, with the sum that the user gave: STATUS_MISMATCH when it has another
 * one, STATUS_OK when none was given. Its sum is remembered in DOWNLOAD.
 */
MUST_CHECK enum status checksum_download(struct download *download);

/*
 * Does the file NAME in FOLDER, of SIZE bytes, have this sum? STATUS_MISMATCH if not, STATUS_CHANGED if it has another size. With
 * CHECKSUM_SYNC the bytes of a file that has it are synced: we promise that even for a file that we did not write. Syncing its
 * name is up to the caller.
 */
enum checksum_sync {
	CHECKSUM_SYNC,
	CHECKSUM_NO_SYNC,
};
MUST_CHECK enum status checksum_file(int folder, const char *name, uint64_t size, const struct digest *sum, enum checksum_sync sync);

#endif
