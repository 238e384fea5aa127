/* The source: the file behind a READ, DIGESTS or SUM, opened in one version and hashed piece by piece. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "content.h"
#include "digest.h"
#include "message.h"
#include "reply.h"
#include "status.h"

/*
 * A file whose last change lies within one tick of the file system's clock could change once more without getting
 * another time stamp: its version names nothing yet. It is neither read nor hashed before that tick has passed.
 */
struct source {
	bool is_open;
	int fd;                  /* content's, where there is one */
	struct content *content; /* NULL: a file of at most CONTENT_SIZE_MIN bytes, read whole each time */
	struct caps_part *part;  /* of the peer that CONTENT is counted for */
	struct stat stat;
	bool in_memory;          /* known to be read without waiting for any disk */
	struct version version;
	unsigned waits;
	int64_t wait_until;
};

/*
 * Opens PATH in the version WANTED ("any" included): STATUS_CHANGED where the file is another one by now. STATUS_OK with
 * *WAIT_UNTIL = 0: it is open; otherwise nothing is, and it is to be called again at that time; earlier calls do no harm.
 */
MUST_CHECK enum status source_open(struct source *source, struct turn *turn, struct span path, const struct version *wanted,
	int64_t *wait_until);
/* A zeroed source is fine. */
void source_release(struct source *source, struct services *services);

uint64_t source_size(const struct source *source);

/*
 * Judges the pieces FIRST .. *END - 1 and cuts *END at the file's. STATUS_RANGE where FIRST lies behind it, or where
 * WANTED is "any", which names piece 0 alone.
 */
MUST_CHECK enum status source_range(const struct source *source, const struct version *wanted, uint64_t first, uint64_t *end);

enum remembering {
	REMEMBER_AGREEING, /* another digest than the remembered one makes the content stale */
	REMEMBER_FRESH,    /* another digest replaces it and drops the others */
};

/* Writes the FILE frame, with the root if ROOT is not NULL. */
void source_describe(struct source *source, struct turn *turn, uint16_t number, const struct digest *root);

/* The same before anything is hashed: with the remembered root, unless it is memory that is in doubt. */
void source_announce(struct source *source, struct turn *turn, uint16_t number, enum remembering remembering);

/* Is the file still in its version? STATUS_CHANGED where not. */
MUST_CHECK enum status source_check(struct source *source, struct turn *turn);

/* The remembered digest of a piece. */
bool source_known(struct source *source, uint64_t piece, struct digest *digest);

/* The root, where all pieces are known. */
bool source_root(struct source *source, struct turn *turn, struct digest *root);

/* Reads LENGTH bytes at OFFSET, all of them: a file that ends early is STATUS_CHANGED. */
MUST_CHECK enum status source_read(const struct source *source, void *bytes, size_t length, uint64_t offset);

/* The part of the file that is a piece. */
struct file_range source_file_range(const struct source *source, uint64_t piece);

/* Reads and hashes a piece through the bench's buffer and takes no lock; the digest counts once source_remember agrees. */
MUST_CHECK enum status source_compute(const struct source *source, struct workbench *bench, uint64_t piece,
	struct digest *digest);

/* Checks the version and remembers a digest that was computed before. */
MUST_CHECK enum status source_remember(struct source *source, struct turn *turn, uint64_t piece, enum remembering remembering,
	const struct digest *digest);

/* Both, one after the other. */
MUST_CHECK enum status source_hash(struct source *source, struct turn *turn, uint64_t piece, enum remembering remembering,
	struct digest *digest);

#endif
