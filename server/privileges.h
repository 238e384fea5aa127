/* Privileges: whom the server becomes once everything that only root can open is open. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"
#include "status.h"

/* Is USER a name or a number that the system knows? Inside the sandbox nobody can tell. */
bool privileges_know(const char *user);

/*
 * Becomes USER, a name or a number that the system knows, with its groups and for good; NULL changes nothing. Only root can,
 * others can only be who they are (STATUS_REFUSED). The FOLDERS of root's own, and what lies in them, are given to the user
 * before. To be called before the first thread.
 */
MUST_CHECK enum status privileges_drop(const char *user, const int *folders, size_t folder_count, struct complaint *complaint);

#endif
