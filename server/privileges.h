/* Privileges: the user that the server becomes once everything that only root can open is open. */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"
#include "status.h"

/* Is USER a name or a number that the system knows? Inside the sandbox that cannot be looked up. */
bool privileges_know(const char *user);

/*
 * Becomes USER, a name or a number that the system knows, with its groups and for good; NULL changes nothing. Only root can;
 * others can only stay the user that they are (STATUS_REFUSED). Those of the FOLDERS that are root's own, with their contents,
 * are given to the user before. To be called before the first thread.
 */
MUST_CHECK enum status privileges_drop(const char *user, const int *folders, size_t folder_count, struct complaint *complaint);

#endif
