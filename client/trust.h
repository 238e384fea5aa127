/* Trust: which server is the one that is meant, and what it is shown of the user. */
#ifndef TRUST_H
#define TRUST_H

#include "failure.h"
#include "status.h"
#include "stream.h"
#include "url.h"
#include "wire.h"

/*
 * A server with TLS is trusted for one of these reasons, and the first that applies decides alone:
 *
 *   --pin      its key has this pin; nothing is remembered
 *   --ca       its certificate comes from one of these authorities and names the host
 *   known      its key has the pin that the user has accepted before; another pin is never accepted
 *   system     its certificate comes from an authority that this machine trusts and names the host
 *   the user   says yes, on a terminal: remembered, written whole and synced, before anything is sent; a no holds for this run
 *
 * Any thread may call. A trust outlives the links that were opened with it.
 */
struct progress;
struct trust;

struct trust_options {
	const char *pin;           /* NULL: none */
	const char *ca;            /* path of a PEM file, NULL: none */
	const char *token_file;    /* NULL: none */
	struct progress *progress; /* borrowed: the bar, cleared for a question; NULL: none */
};

/* Reads the options, $FERRY_TOKEN and the user's configuration. On failure FAILURE says what is wrong with them. */
MUST_CHECK enum status trust_open(const struct trust_options *options, struct trust **trust, struct failure *failure);
/* NULL is fine. */
void trust_close(struct trust *trust);

/* Puts TLS on the stream of a connection to URL's host. */
MUST_CHECK enum status trust_secure(struct trust *trust, const struct url *url, struct stream *stream, struct failure *failure);

/*
 * After the handshake on STREAM: is this the server that URL means? STATUS_OK: yes. STATUS_CHANGED: the user has just accepted
 * it, which may have taken longer than a server waits: connect again. STATUS_UNTRUSTED, or the reason why we cannot know, with
 * FAILURE. STOP_FD as in link_options.
 */
MUST_CHECK enum status trust_judge(struct trust *trust, const struct url *url, const struct stream *stream, int stop_fd,
	struct failure *failure);

/* The token for URL's server, a secret; empty when there is none. */
struct span trust_token(const struct trust *trust, const struct url *url);

#endif
