/* What the bar says: one line of text from a set of figures, never wider than it may be. */
#ifndef PROGRESS_LINE_H
#define PROGRESS_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress_figures {
	uint64_t files_known;
	uint64_t files_done;
	uint64_t bytes_known;
	uint64_t bytes_fetched;
	uint64_t bytes_verified;
	uint64_t bytes_kept;
	bool listing;     /* more files and bytes may become known */
	bool finished;    /* the last line: what was done and how fast on average */
	uint64_t rate;    /* bytes per second; 0: not known yet */
	int64_t elapsed;  /* nanoseconds */
};

#define PROGRESS_LINE_MAX 256 /* no line is longer, whatever the width */
#define PROGRESS_LINE_SIZE (PROGRESS_LINE_MAX + 1)

/*
 * Writes at most WIDTH characters (ASCII: one column each) and a NUL into OUT. The least important parts are dropped first:
 * the split by origin, the bar, files, time left, bytes, rate. Returns the length.
 */
size_t progress_line(char out[PROGRESS_LINE_SIZE], size_t width, const struct progress_figures *figures);

#endif
