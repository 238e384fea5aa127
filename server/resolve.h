/* From a request's path to the file or folder there: the one way that every request takes. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "last_folder.h"
#include "message.h"
#include "services.h"
#include "share.h"
#include "status.h"
#include "visitor.h"
#include "wire.h"

/*
 * The path is checked, its share is found, VISITOR must be allowed to read there, and the rest of the path is opened beneath
 * the share's folder. The root of a server with named shares is a folder that exists nowhere: it can be looked at and listed,
 * nothing else. STATUS_REFUSED: VISITOR's token is no longer valid, or the system denies us.
 */

struct opened_file {
	int fd;
	struct stat stat;
	bool in_memory; /* known to be read without waiting for any disk */
};

/* Opens a regular file. STATUS_NOT_REGULAR for anything else. LAST, which may be NULL, saves walks to the same folder. */
MUST_CHECK enum status resolve_file(const struct services *services, const struct visitor *visitor, struct span path,
	struct last_folder *last, struct opened_file *file);

/* Opens a folder; *FD is -1 for the list of shares. STATUS_NOT_FOLDER for anything else. */
MUST_CHECK enum status resolve_folder(const struct services *services, const struct visitor *visitor, struct span path, int *fd);

/*
 * Looks at whatever is there. A symlink at the end is followed if its share follows symlinks and it leads to something inside;
 * otherwise the symlink itself is looked at. The list of shares looks like an empty folder.
 */
MUST_CHECK enum status resolve_stat(const struct services *services, const struct visitor *visitor, struct span path,
	struct stat *stat);

/* May VISITOR see SHARE, one of the services', in the list of shares? */
bool resolve_shows_share(const struct services *services, const struct visitor *visitor, const struct share *share);

#endif
