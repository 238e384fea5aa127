/* Shares: the named directories that are served, held open from the start; where a request's path leads. */
#ifndef SHARE_H
#define SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "beneath.h"
#include "own_folder.h"
#include "settings.h"
#include "status.h"
#include "wire.h"

struct share {
	char *name;   /* NULL for the lone unnamed share */
	int folder;   /* directory descriptor, O_PATH */
	enum beneath_symlinks symlinks;
	bool hides;   /* names that begin with a dot are not served */
	bool in_memory; /* all files on DEVICE; no other one gets its number as long as FOLDER is open */
	dev_t device;
};

struct shares {
	struct share *list;
	size_t count;
	struct own_folders own; /* never shown */
};

/* Opens every share of the settings; on failure *failed is the one that could not be opened. */
MUST_CHECK enum status shares_open(struct shares *shares, const struct settings *settings, const struct share_settings **failed);
void shares_release(struct shares *shares);

/*
 * Finds the share that PATH, a legal path, leads into, and the rest of the path below it. *SHARE is NULL for the root
 * of a server with named shares: there is nothing but the list of shares.
 */
MUST_CHECK enum status shares_find(const struct shares *shares, struct span path, const struct share **share, struct span *rest);

/* Is it known that the file in SHARE that looks like STAT is read without waiting for a disk? */
bool share_is_memory(const struct share *share, const struct stat *stat);

/*
 * Keeps the folder FD, one of ferryd's own, from being shown, whatever path leads there. STATUS_EXISTS: it is a share itself,
 * nothing of which would be left, or holds one, which would show its contents. To be called before the server starts.
 */
MUST_CHECK enum status shares_hide(struct shares *shares, int fd);

/* The same for the folder that PATH leads to; if there is none, for one that is made there later. */
MUST_CHECK enum status shares_hide_path(struct shares *shares, const char *path);

#endif
