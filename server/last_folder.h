/* The last folder: the one that a file was opened in, held for the next file of the same turn. */
#ifndef LAST_FOLDER_H
#define LAST_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "path.h"
#include "share.h"
#include "wire.h"

/*
 * It tells where a path leads, never whether that may be read: each request is judged by its whole path before.
 *
 * It lives for one turn of one connection, within which nothing is waited for. All requests that are answered in a turn had
 * arrived before it, and so before the folder was found: a request sent after a folder was renamed, replaced or removed takes
 * a new walk. A request sent before may still be served from the old place, as by any walk that was a little slower.
 */
struct last_folder {
	const struct share *share;  /* NULL: none is held */
	int fd;                     /* O_PATH */
	size_t confined;            /* bytes of the path that it was found beneath, as access_judge() has it */
	size_t length;
	char path[PATH_LENGTH_MAX]; /* below the share */
};

void last_folder_init(struct last_folder *last);
/* May be called again, and with NULL. */
void last_folder_release(struct last_folder *last);

/* Is it PATH of SHARE, found beneath the first CONFINED bytes? */
bool last_folder_is(const struct last_folder *last, const struct share *share, size_t confined, struct span path);

/* Releases the one before and takes over FD. */
void last_folder_keep(struct last_folder *last, int fd, const struct share *share, size_t confined, struct span path);

#endif
