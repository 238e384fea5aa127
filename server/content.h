/* Contents: open versions of files with the piece digests known so far, shared by connections. */
#ifndef CONTENT_H
#define CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "digest.h"
#include "digest_index.h"
#include "message.h"
#include "status.h"

/*
 * A content is one state of one file: held open while somebody uses it, remembered with its digests afterwards. (Not
 * held open: that would keep the space of deleted files taken and shares from being unmounted, and the next user brings
 * a descriptor anyhow.) Contents exist for files of more than CONTENT_SIZE_MIN bytes; smaller ones are read and hashed
 * whole each time. There are at most MAX contents; the least recently used of the unused ones makes room for a new one.
 * A content whose fstat(2) differs is stale for good: it leaves the table, and its readers get STATUS_CHANGED. All
 * functions may be called by any thread.
 */
#define CONTENT_SIZE_MIN 65536

struct contents;
struct content;

/* INDEX remembers digests beyond the life of a content; NULL: none. It is not owned. */
MUST_CHECK enum status contents_new(size_t max, struct digest_index *index, struct contents **contents);
/* Every content must have been released. Known digests go to the index. */
void contents_free(struct contents *contents);

/*
 * The content for the file FD that STAT and VERSION describe: the one that is in the table, else a new one. FD is taken
 * over in any case. STATUS_BUSY when all places are in use.
 */
MUST_CHECK enum status contents_take(struct contents *contents, int fd, const struct stat *stat, const struct version *version,
	struct content **content);
/* Gives back what contents_take gave. */
void content_release(struct contents *contents, struct content *content);

int content_fd(const struct content *content);
/* When a read of the file last had to wait for the disk; 0: never. */
_Atomic int64_t *content_cold_at(struct content *content);

/* Compares the file with the version: STATUS_CHANGED, and stale for good, where it differs. */
MUST_CHECK enum status content_check(struct contents *contents, struct content *content);

/* The remembered digest of a piece. */
bool content_digest(struct content *content, uint64_t piece, struct digest *digest);

/*
 * Remembers a digest that was computed under content_check(s) before and after. One that differs from the
 * remembered one makes the content stale: STATUS_CHANGED.
 */
MUST_CHECK enum status content_remember(struct contents *contents, struct content *content, uint64_t piece,
	const struct digest *digest);

/*
 * The same for a FRESH request: where it differs from the remembered one, all other digests and the root are
 * dropped and this one is kept.
 */
MUST_CHECK enum status content_refresh(struct content *content, uint64_t piece, const struct digest *digest);

/* The root, where all pieces are known. It is computed once. */
bool content_root(struct content *content, struct lanes *lanes, struct digest *root);

#endif
