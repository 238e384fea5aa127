/* How the descriptors that the process may hold are shared out. */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include <stddef.h>

#include "settings.h"

/*
 * Lowers the caps on connections and on folders that are being listed to what COUNT descriptors allow, and those of one address in
 * proportion, with a log line for each: an eighth is kept for folders, a few for ourselves, a quarter for contents. Sets how many
 * connections of one address may read contents at once: a quarter of them.
 */
void descriptors_fit(struct settings *settings, size_t count);

/* How many contents there may be at once. */
size_t descriptors_contents(size_t count);

#endif
