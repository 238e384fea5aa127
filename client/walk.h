/* A walk through a folder here and all that is below it, name by name. */
#ifndef WALK_H
#define WALK_H

#include <stdbool.h>

#include "path.h"
#include "status.h"

/*
 * VISIT gets every name but "." and "..", with the descriptor of the folder that it stands in, and walk->below as the whole
 * path to it. It goes on into a folder by walk_folder(). FAIL is told what could not be read, or makes too long or deep a path:
 * of what walk->below leads to.
 */
struct walk {
	void *context;
	void (*visit)(struct walk *walk, int folder, const char *name);
	void (*fail)(struct walk *walk, enum status status);
	const bool *over; /* true: the walk ends */
	char below[PATH_LENGTH_MAX + 1]; /* "" at the start */
};

/* Visits what is in the folder FD, which is taken over. */
void walk_folder(struct walk *walk, int fd);

#endif
