/* A listing as it comes: one LIST and the entries of its answer, each checked before anybody sees it. */
#ifndef FOLDER_LISTING_H
#define FOLDER_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "failure.h"
#include "link.h"
#include "message.h"
#include "status.h"
#include "url.h"

/*
 * struct folder_listing listing;
 * folder_listing_start(&listing, link, &url, recursive, &failure)
 * while ((status = folder_listing_next(&listing, &entry, &failure)) == STATUS_OK) ...
 * STATUS_END: complete, the count agrees; else FAILURE says what happened (see exchange.h)
 *
 * Refused, in addition to the entries that entry_decode() refuses: a name of several components in a plain listing, and one that
 * together with the URL makes a path beyond the protocol's limits. No memory grows with the number of entries: a caller that
 * keeps their names has to stop at FOLDER_LISTING_KEPT_MAX.
 */
#define FOLDER_LISTING_KEPT_MAX (16u << 20)

struct folder_listing {
	struct link *link;
	const struct url *url;
	bool recursive;
	uint64_t count;
	struct reader entries;
};

MUST_CHECK enum status folder_listing_start(struct folder_listing *listing, struct link *link, const struct url *url, bool recursive,
	struct failure *failure);

/* ENTRY's name points into the link's buffer until the next call. */
MUST_CHECK enum status folder_listing_next(struct folder_listing *listing, struct entry *entry, struct failure *failure);

/* Will the next call wait for the server? Then output should be flushed first. */
bool folder_listing_waits(const struct folder_listing *listing);

/* Fills in FAILURE with the reason why ENTRY is unreadable. */
void folder_listing_explain(const struct folder_listing *listing, const struct entry *entry, struct failure *failure);

#endif
