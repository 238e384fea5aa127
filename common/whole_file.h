/* Small files that are read whole and replaced whole: never half of one, never a length that was only claimed. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <stddef.h>

#include "status.h"

enum whole_file_readers {
	WHOLE_FILE_ANYBODY,
	WHOLE_FILE_OWNER, /* STATUS_REFUSED where group or others have any permission: it holds a secret */
};

/*
 * Reads the regular file NAME in FOLDER; *TEXT, of *LENGTH bytes and a NUL behind them, is the caller's to free.
 * STATUS_TOO_LARGE for more than MAX bytes, STATUS_NOT_REGULAR, and the failures of opening and reading.
 */
MUST_CHECK enum status whole_file_read(int folder, const char *name, size_t max, enum whole_file_readers readers, char **text,
	size_t *length);

/* The same for a path that the user of this machine gave. */
MUST_CHECK enum status whole_file_read_path(const char *path, size_t max, char **text, size_t *length);

/*
 * Replaces or makes NAME, readable by its owner alone: written beside, synced, renamed, and FOLDER synced. If anything fails,
 * NAME is as it was. Files that root makes, the lock too, belong to the owner of FOLDER.
 */
MUST_CHECK enum status whole_file_replace(int folder, const char *name, const void *bytes, size_t length);

/*
 * Waits until nobody else holds the lock of NAME in FOLDER, which is to be taken before a file is read, changed and written
 * back. Closing *LOCK gives it back.
 */
MUST_CHECK enum status whole_file_lock(int folder, const char *name, int *lock);

#endif
