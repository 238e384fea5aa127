/* Which names and paths are legal; nothing is ever cleaned, only refused. */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "status.h"
#include "wire.h"

/*
 * A path is relative, '/' between components, no leading, trailing or double slash; the empty path is the root
 * itself. A component has 1..255 bytes, is neither "." nor "..", and holds neither '/' nor NUL. All other bytes are
 * legal, control bytes and invalid UTF-8 included.
 */
#define PATH_NAME_MAX 255   /* bytes of a component */
#define PATH_LENGTH_MAX 4095 /* bytes of a path */
#define PATH_DEPTH_MAX 64   /* components of a path */

/* Is this one legal component? */
bool path_name_legal(struct span name);

/* STATUS_OK, or STATUS_INVALID, STATUS_NAME_TOO_LONG, STATUS_LIMIT (too deep). */
MUST_CHECK enum status path_check(struct span path);

/* Number of components of a legal path; 0 for the root. */
size_t path_depth(struct span path);

/* Splits off the first component: returns it and leaves the rest in PATH; empty when nothing is left. */
struct span path_first(struct span *path);

/* The last component of a legal path; empty for the root. */
struct span path_last(struct span path);

/* All but the last component; empty when there is at most one. */
struct span path_folder(struct span path);

/* Copies a legal path with a terminating NUL; OUT has PATH_LENGTH_MAX + 1 bytes. */
void path_copy(char *out, struct span path);

/* Writes FOLDER/NAME (or just NAME where FOLDER is empty), NUL-terminated; STATUS_NAME_TOO_LONG where it does not fit. */
MUST_CHECK enum status path_join(char out[PATH_LENGTH_MAX + 1], struct span folder, struct span name);

/* A span over a C string. */
struct span span_of(const char *text);

#endif
