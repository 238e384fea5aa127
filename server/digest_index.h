/* The digest index: piece digests of large files, remembered on disk from one run of the server to the next. */
#ifndef DIGEST_INDEX_H
#define DIGEST_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "known_digests.h"
#include "message.h"
#include "status.h"

/*
 * One small file (index_entry.h) for each version, all in one folder. It is written beside and renamed, so that several
 * servers may share the folder and a crash leaves nothing that could be mistaken for an entry; nothing is synced, since
 * all of it can be computed again. An entry that is short, foreign or damaged is removed when it is met. Files with other
 * names are never touched. Any thread may call.
 */
struct digest_index;

/* Beyond these the least recently used entries are removed. Servers that share the folder may exceed it by an eighth each. */
struct digest_index_limits {
	uint64_t files; /* 1..INDEX_FILES_MAX */
	uint64_t bytes;
};

/* FOLDER, a directory descriptor, is taken over in any case. STATUS_NO_MEMORY. */
MUST_CHECK enum status digest_index_new(int folder, struct digest_index_limits limits, struct digest_index **index);
/* NULL is fine. */
void digest_index_free(struct digest_index *index);

/* The folder that it works in. */
int digest_index_folder(const struct digest_index *index);

/* Adds the remembered digests of VERSION to KNOWN, which is empty. */
void digest_index_recall(struct digest_index *index, const struct version *version, struct known_digests *known);

/*
 * Saving takes three steps, so that the caller holds no lock of its own while the disk works:
 *
 * moment = digest_index_moment(index);
 * digest_index_encode(index, version, known, &draft);   holding the lock of KNOWN
 * digest_index_save(index, moment, &draft);
 *
 * Nothing is saved once anything was forgotten after MOMENT: a digest that was found wrong must not come back.
 */
struct digest_draft {
	struct version version;
	unsigned char *bytes;
	size_t length;
};
uint64_t digest_index_moment(struct digest_index *index);
/* STATUS_LIMIT: it would fill most of the index alone. STATUS_NO_MEMORY. */
MUST_CHECK enum status digest_index_encode(const struct digest_index *index, const struct version *version,
	const struct known_digests *known, struct digest_draft *draft);
/* Takes DRAFT's bytes over in any case. The first failure in a row is logged. */
MUST_CHECK enum status digest_index_save(struct digest_index *index, uint64_t moment, struct digest_draft *draft);

/* Removes VERSION's entry: it is wrong, or names a state that is past. */
void digest_index_forget(struct digest_index *index, const struct version *version);

#endif
