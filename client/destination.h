/* Where the run's files go: the folder that is held open, or one outlet that is written directly. */
#ifndef DESTINATION_H
#define DESTINATION_H

#include "failure.h"
#include "outlet.h"
#include "status.h"

/*
 * -d DIR      FOLDER is DIR, made with its parents
 * -o FILE     FOLDER is FILE's folder (inside DIR), NAME its last component
 * -o DEVICE   OUTLET is the device or FIFO, opened; not for writing in a dry run
 * -o STREAM   OUTLET is a descriptor that we have already: "-" is standard output, and see own_stream.h
 * neither     FOLDER is the current one
 */
struct destination {
	int folder;            /* -1 with an outlet, and if it is missing in a dry run */
	char *shown;           /* how FOLDER, or the outlet, is written in messages and results; "" for the current folder */
	char *inside;          /* the folder of -o as a legal path below DIR or the current folder; NULL: it is not one */
	char *name;            /* NULL: each source's own */
	struct outlet *outlet; /* NULL: files below FOLDER */
};

enum destination_sync {
	DESTINATION_SYNC,
	DESTINATION_NO_SYNC, /* --no-sync: folders that are made are not synced either */
	DESTINATION_DRY,     /* nothing is made or opened for writing */
};

/* DIRECTORY and OUTPUT are the options' values or NULL. Opening a FIFO waits for its reader. */
MUST_CHECK enum status destination_open(const char *directory, const char *output, enum destination_sync sync,
	struct destination *destination, struct failure *failure);
void destination_close(struct destination *destination);

/* The descriptor of this process that OUTPUT means, or OWN_STREAM_NONE. */
int destination_stream(const char *directory, const char *output);

#endif
