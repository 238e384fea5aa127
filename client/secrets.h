/* Secrets: the tokens that a server is shown, from where a user may keep them; never from the command line. */
#ifndef SECRETS_H
#define SECRETS_H

#include "failure.h"
#include "status.h"
#include "url.h"
#include "wire.h"

/*
 * The first of these that is there counts: the file of --token-file, $FERRY_TOKEN, the server's line in the file "tokens" of
 * the configuration folder. Nobody but its owner may read that file. It has one line per server: URL, a blank, TOKEN; the URL's
 * scheme counts, its path does not.
 */
struct secrets;

#define SECRETS_FILE "tokens"

/* FOLDER is that of the configuration, or -1; FILE may be NULL. On failure FAILURE says what is wrong. */
MUST_CHECK enum status secrets_open(int folder, const char *file, struct secrets **secrets, struct failure *failure);
/* Clears them. NULL is fine. */
void secrets_close(struct secrets *secrets);

/* The token for URL's server; empty when there is none. */
struct span secrets_find(const struct secrets *secrets, const struct url *url);

#endif
