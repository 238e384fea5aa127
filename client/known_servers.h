/* Known servers: the pins that the user has accepted, in one file, written whole and synced. */
#ifndef KNOWN_SERVERS_H
#define KNOWN_SERVERS_H

#include <stdint.h>
#include <stdio.h>

#include "pin.h"
#include "status.h"
#include "wire.h"

/*
 * One line per server: HOST PORT PIN, separated by blanks; empty lines and lines that begin with '#' are comments. HOST is as
 * in a URL, without brackets, and compared without regard to case; no server is there twice.
 */
struct known_server {
	char *host;
	uint16_t port;
	struct pin pin;
};

struct known_servers {
	struct known_server *list;
	size_t count;
};

#define KNOWN_SERVERS_FILE "known-servers"
#define KNOWN_SERVERS_MAX 10000u
#define KNOWN_SERVERS_TEXT_MAX (8u << 20)

/* STATUS_INVALID for a text with any other line: *LINE is its number. */
MUST_CHECK enum status known_servers_parse(struct span text, struct known_servers *servers, size_t *line);
void known_servers_write(FILE *out, const struct known_servers *servers);
void known_servers_release(struct known_servers *servers);

/* NULL when the server is not known. */
const struct pin *known_servers_find(const struct known_servers *servers, const char *host, uint16_t port);

/* Adds a server, or replaces the pin of a known one. STATUS_LIMIT, STATUS_NO_MEMORY. */
MUST_CHECK enum status known_servers_set(struct known_servers *servers, const char *host, uint16_t port, const struct pin *pin);
MUST_CHECK enum status known_servers_remove(struct known_servers *servers, const char *host, uint16_t port);

/* The file in FOLDER; a missing file has no servers. *LINE is 0 when the file could not be read. */
MUST_CHECK enum status known_servers_load(int folder, struct known_servers *servers, size_t *line);
MUST_CHECK enum status known_servers_save(int folder, const struct known_servers *servers);

#endif
