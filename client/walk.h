/* A walk through a folder here and all that is below it, name by name. */
#ifndef WALK_H
#define WALK_H

#include <stdbool.h>

#include "path.h"
#include "status.h"

/*
 * VISIT is called for every name but "." and "..", with the descriptor of the folder that has it; walk->below is the whole path
 * to it. To enter a folder VISIT calls walk_folder(). FAIL is called for walk->below, a folder, when it cannot be read, or has a
 * name that makes a path too long or too deep.
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
