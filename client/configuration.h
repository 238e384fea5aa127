/* The configuration: the user's folder with known servers, tokens and a certificate of one's own. */
#ifndef CONFIGURATION_H
#define CONFIGURATION_H

#include "pin.h"
#include "status.h"
#include "url.h"

/* A certificate and its key in PEM, shown to servers that ask for one. */
#define CONFIGURATION_IDENTITY "identity.pem"

/* The path of FILE in $XDG_CONFIG_HOME/ferry, else ~/.config/ferry, printable, for messages. Returns OUT. */
#define CONFIGURATION_SHOWN_SIZE 320
char *configuration_shown(const char *file, char out[CONFIGURATION_SHOWN_SIZE]);

/* The folder, opened for reading; -1 when there is none or it cannot be opened. The caller closes it. */
int configuration_find(void);

/* The known pin of URL's server, or STATUS_NOT_FOUND. *LINE as in known_servers_load(). */
MUST_CHECK enum status configuration_recall(const struct url *url, struct pin *pin, size_t *line);

/* Remembers PIN for URL's server, or forgets it (NULL): the file is written whole and synced, its folder made if need be. */
MUST_CHECK enum status configuration_learn(const struct url *url, const struct pin *pin, size_t *line);

#endif
