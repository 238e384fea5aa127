/* The failed list: what failed or was not tried, written as a manifest that fetches it. */
#ifndef FAILED_LIST_H
#define FAILED_LIST_H

#include <stdbool.h>

#include "digest.h"
#include "failure.h"
#include "folding.h"
#include "status.h"
#include "url.h"

/*
 * failed_list_open(path, &list, &failure)          before anything is fetched: a missing folder is reported at once
 * failed_list_add(list, &url, below, landing, sum) as often as needed
 * failed_list_write(list, sync, &failure)          once, at the end
 * failed_list_close(list)
 *
 * The file is replaced as a whole; one of our own streams (own_stream.h), or a path that is no regular file, is written directly.
 * Lines are sorted and unique: the same failures make the same list. Any thread may add, one at a time.
 */
struct failed_list;
MUST_CHECK enum status failed_list_open(const char *path, struct failed_list **list, struct failure *failure);
void failed_list_close(struct failed_list *list);

/*
 * Will the list (NULL: there is none) be put into FOLDER, under NAME? It would replace a file there. The name alone can rule it
 * out before the folder is known. False when the list is written directly.
 */
bool failed_list_is_called(const struct failed_list *list, const char *name, enum folding folding);
bool failed_list_lies_in(const struct failed_list *list, int folder);

/*
 * BELOW URL was not fetched, would have landed at LANDING (NULL: nowhere), and SUM is its SHA-256 (NULL: unknown). When memory
 * is short, or all lines together exceed 256 MiB, failed_list_write reports it.
 */
void failed_list_add(struct failed_list *list, const struct url *url, struct span below, const char *landing,
	const struct digest *sum);

enum failed_list_sync {
	FAILED_LIST_SYNC, /* its bytes and its name are on disk afterwards */
	FAILED_LIST_NO_SYNC,
};
MUST_CHECK enum status failed_list_write(struct failed_list *list, enum failed_list_sync sync, struct failure *failure);

#endif
