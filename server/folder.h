/* A folder that is being listed: its names batch by batch, and which of them are folders to descend into. */
#ifndef FOLDER_H
#define FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "services.h"
#include "share.h"
#include "status.h"
#include "visitor.h"
#include "wire.h"

/*
 * folder_open
 * folder_read                     next batch, STATUS_END after the last
 *     folder_name, folder_pass    one name after the other, until NULL
 *     folder_subfolder            those that were passed as FOLDER_DESCEND, one after the other, until NULL
 * folder_close
 *
 * Nothing is read twice, and one batch is all that is held however large the folder is. While a subfolder is open, its
 * parent holds no more than the names of the other subfolders of the batch. "." and ".." do not appear, nor do names that
 * begin with a dot where the share does not serve them.
 */
struct folder {
	int fd;         /* -1: the list of shares */
	const struct visitor *visitor; /* the one that lists: the list of shares has only those that it may read */
	const struct share *share;     /* that it lies in; NULL: the list of shares */
	bool ended;
	unsigned unshown; /* names of the batch that do not appear in it */
	char *batch;    /* heap: names, each with its NUL */
	size_t end;
	size_t next;    /* the name to look at */
	size_t kept;    /* end of the subfolders' names, which move to the front */
	size_t descend; /* the subfolder to descend into */
};

/* Opens the folder of a request. STATUS_BUSY: too many are open in the visitor's listings, or in all together. */
MUST_CHECK enum status folder_open(struct folder *folder, struct services *services, const struct visitor *visitor,
	struct span path);

/* Opens the subfolder NAME of PARENT; never through a symlink. */
MUST_CHECK enum status folder_open_below(struct folder *folder, struct services *services, const struct folder *parent,
	const char *name);
/* A zeroed folder with fd -1 is fine. */
void folder_close(struct folder *folder, struct services *services);

MUST_CHECK enum status folder_read(struct folder *folder, const struct services *services);

const char *folder_name(const struct folder *folder);
/* Looks at NAME, a symlink is not followed. */
MUST_CHECK enum status folder_stat(const struct folder *folder, const struct services *services, const char *name,
	struct stat *stat);

enum folder_pass {
	FOLDER_PASS,
	FOLDER_DESCEND,
};
void folder_pass(struct folder *folder, enum folder_pass pass);

const char *folder_subfolder(struct folder *folder);

/* Bytes of heap that it holds. */
size_t folder_memory(const struct folder *folder);

#endif
