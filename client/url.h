/* ferry:// URLs: what they name, and how they are written. */
#ifndef URL_H
#define URL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "status.h"
#include "wire.h"

/*
 * ferry[s]://HOST[:PORT]/PATH. Only %XX is special in PATH; '?', '#' and spaces are literal. Refused: a bad escape, %00,
 * %2F, "." and ".." components, empty components, user@, an empty host, paths beyond path_check(). A PATH that ends in
 * '/' names a directory's contents.
 */
struct url {
	bool tls;
	char *host; /* name or address; no brackets; a zone as %zone */
	uint16_t port;
	char *path; /* decoded, without leading or trailing slash; "" is the root */
	bool contents; /* ended in '/' (or names the root) */
};

/* Is TEXT meant as a URL, not as a path on this machine? True for ferry:// and ferrys://, well-formed or not. */
bool url_is_meant(const char *text);

/*
 * STATUS_INVALID with *PROBLEM set to a static clause that completes "cannot use URL ...: " and says what to do;
 * STATUS_NO_MEMORY likewise. URL is untouched then.
 */
MUST_CHECK enum status url_parse(const char *text, struct url *url, const char **problem);
MUST_CHECK enum status url_copy(const struct url *url, struct url *copy);
void url_release(struct url *url);

/*
 * Prints the URL of BELOW under URL (empty: URL itself, its final slash included), percent-encoded so that it can be parsed
 * again; with the port unless it is the default.
 */
void url_print(FILE *out, const struct url *url, struct span below);

/* The same, as a string that the caller frees; NULL when memory is short. */
char *url_text(const struct url *url, struct span below);

/* The URL of the server alone, as a string that the caller frees; NULL when memory is short. */
char *url_server_text(const struct url *url);

/* Do both have the same scheme, host and port? */
bool url_same_server(const struct url *a, const struct url *b);

#endif
