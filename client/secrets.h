/* Secrets: the tokens that a server is shown, from where a user may keep them; never from the command line. */
#ifndef SECRETS_H
#define SECRETS_H

#include "failure.h"
#include "status.h"
#include "url.h"
#include "wire.h"

/*
 * The first that is there counts: the file of --token-file, $FERRY_TOKEN, the line for that server in the file "tokens" of
 * the configuration folder. That file is its owner's alone and has a line for each server, URL and TOKEN with a blank
 * between them; the URL's path means nothing, its scheme does.
 */
struct secrets;

#define SECRETS_FILE "tokens"

/* FOLDER, the configuration's, may be -1; FILE may be NULL. FAILURE tells what is wrong. */
MUST_CHECK enum status secrets_open(int folder, const char *file, struct secrets **secrets, struct failure *failure);
/* Clears them. NULL is fine. */
void secrets_close(struct secrets *secrets);

/* The token for URL's server; empty where there is none. */
struct span secrets_find(const struct secrets *secrets, const struct url *url);

#endif
