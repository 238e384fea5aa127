/* Landlock: the rights that the process keeps over files, by folder, from now on and for ever. */
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include <stddef.h>

#include "status.h"

enum sandbox_use {
	SANDBOX_LIST, /* files may be read and folders listed */
	SANDBOX_READ, /* files may be read */
	SANDBOX_KEEP, /* files may be read, listed, made, written, renamed and removed */
};

struct sandbox_place {
	int folder; /* with everything below it; O_PATH will do */
	enum sandbox_use use;
};

/* The newest version of Landlock's interface that this file knows; newer kernels offer it too. */
#define SANDBOX_FILES_VERSION_MAX 6

/* The version that the kernel offers, at most the newest that is known here; 0 where it has no Landlock. */
int sandbox_files_version(void);

/*
 * Confines this thread, and all that it will start, to the places; versions from 4 on also forbid to connect and to bind, from
 * 6 on to signal other processes and to reach abstract sockets. VERSION is the kernel's or an older one. Needs
 * no_new_privs, or a capability. Open descriptors stay usable.
 */
MUST_CHECK enum status sandbox_files_confine(const struct sandbox_place *places, size_t count, int version);

#endif
