/* One file of the digest index: which pieces of a version are known, and their digests. */
#ifndef INDEX_ENTRY_H
#define INDEX_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "known_digests.h"
#include "message.h"
#include "status.h"
#include "wire.h"

/*
 *  0       8        12        28     36      44
 *  | magic | format | version | size | known | bitmap | digests | SHA-256 over all before it |
 *
 * Integers are big-endian; format is 1. SIZE is that of the file, KNOWN the number of digests. Bit i % 8 of the bitmap's
 * byte i / 8 is for piece i; bits behind the last piece are 0. The digests are in the order of their pieces. An
 * entry may have been cut, damaged or put there by somebody else: nothing of it is used before all of it was checked.
 */

/* The name of VERSION's entry: the version in hex. */
#define INDEX_NAME_LENGTH 32
/* Follows in the name while an entry is being written, before random digits. */
#define INDEX_UNFINISHED ".new-"
void index_entry_name(const struct version *version, char name[INDEX_NAME_LENGTH + 1]);

/* Bytes of the entry for a file of FILE_SIZE with KNOWN_COUNT known pieces. */
uint64_t index_entry_length(uint64_t file_size, uint64_t known_count);

/*
 * Encodes the KNOWN digests of VERSION into heap memory, the caller's to free, all but the SHA-256 at its end, which needs no
 * KNOWN and takes longest: index_entry_seal() adds it. STATUS_NO_MEMORY.
 */
MUST_CHECK enum status index_entry_encode(const struct version *version, const struct known_digests *known,
	unsigned char **bytes, size_t *length);
MUST_CHECK enum status index_entry_seal(unsigned char *bytes, size_t length);

/*
 * Adds the digests in ENTRY, which is VERSION's, to KNOWN, which is empty. STATUS_MISMATCH, and nothing is added, if it is no
 * entry, or one of another version or size. STATUS_NO_MEMORY.
 */
MUST_CHECK enum status index_entry_decode(struct span entry, const struct version *version, struct known_digests *known);

#endif
