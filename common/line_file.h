/* Files of lines, with a record on each: read whole, with the number of a wrong line, and replaced whole. */
#ifndef LINE_FILE_H
#define LINE_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "status.h"
#include "whole_file.h"
#include "wire.h"

/*
 * Empty lines, and lines that begin with '#', are comments. A NUL byte is wrong anywhere, in comments too: the text behind it
 * would be lost.
 */
struct line_file {
	const char *name; /* in its folder */
	size_t text_max;  /* bytes */
	enum whole_file_readers readers;
	/* One line, without its end, into STORE. It may be taken apart and is gone afterwards. STATUS_INVALID: it is wrong. */
	enum status (*take)(void *store, char *line);
	void (*write)(FILE *out, const void *store); /* NULL: people alone write it */
};

/*
 * Hands the lines to FILE's take() in their order, up to the first that fails: its status, and in *LINE its number. Where
 * the file itself could not be read *LINE is 0. A missing file is one without lines. The text is cleared from memory.
 */
MUST_CHECK enum status line_file_load(const struct line_file *file, int folder, void *store, size_t *line);
/* The same for a text at hand. */
MUST_CHECK enum status line_file_parse(const struct line_file *file, struct span text, void *store, size_t *line);

/* Replaces the file by the output of write(), whole and synced. */
MUST_CHECK enum status line_file_save(const struct line_file *file, int folder, const void *store);

#endif
