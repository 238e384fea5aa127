/* Keeps the folder of the digest index within its limits: the least recently used entries go first. */
#ifndef INDEX_SWEEP_H
#define INDEX_SWEEP_H

#include <stdint.h>

#include "status.h"

/*
 * Removes entries, those with the oldest modification time first, until at most FILES of them with BYTES in all are
 * left in FOLDER; FILES is at most INDEX_FILES_MAX. Entries that a crash left half written are removed too, an hour later. Files
 * with other names are not ours: they are neither counted nor removed. Others may add and remove entries meanwhile.
 */
#define INDEX_FILES_MAX 1000000u
MUST_CHECK enum status index_sweep(int folder, uint64_t files, uint64_t bytes);

#endif
