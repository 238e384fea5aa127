/* The configuration: the user's folder with known servers, tokens and a certificate of one's own. */
#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include "pin.h"
#include "status.h"
#include "url.h"

/* A certificate and its key in PEM, which servers are shown that ask for one. */
#define CONFIGURATION_IDENTITY "identity.pem"

/* Where FILE of it lies, for messages: $XDG_CONFIG_HOME/ferry, else ~/.config/ferry, printable. Returns OUT. */
#define CONFIGURATION_SHOWN_SIZE 320
char *configuration_shown(const char *file, char out[CONFIGURATION_SHOWN_SIZE]);

/* The folder for reading; -1 where there is none, or it cannot be opened. The caller closes it. */
int configuration_find(void);

/* The pin that URL's server is known by: STATUS_NOT_FOUND where it is not. *LINE as known_servers_load(). */
MUST_CHECK enum status configuration_recall(const struct url *url, struct pin *pin, size_t *line);

/* Remembers PIN for URL's server, or with NULL forgets it: written whole and synced. The folder is made if need be. */
MUST_CHECK enum status configuration_learn(const struct url *url, const struct pin *pin, size_t *line);

#endif
