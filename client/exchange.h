/* One request to a server and the frames that answer it, every failure explained: for the commands that show things. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "failure.h"
#include "link.h"
#include "message.h"
#include "options.h"
#include "status.h"
#include "url.h"

/*
 * Functions return STATUS_OK, or fill in FAILURE: STATUS_REFUSED means that the server answered with ERROR and the link
 * is still usable, any other status that it is not.
 */

/* Parses TEXT by options_url() and connects. On failure URL is released and LINK untouched. */
MUST_CHECK enum status exchange_open(const char *text, const struct options *options, struct url *url, struct link **link,
	struct failure *failure);

/* A request's frame is written into such a buffer by one of the encoders and sent by exchange_send(). */
struct exchange_request {
	unsigned char bytes[FRAME_REQUEST_SIZE];
	struct writer writer;
};
void exchange_begin(struct exchange_request *request);
MUST_CHECK enum status exchange_send(struct link *link, const struct exchange_request *request, struct failure *failure);

/* The next frame of the answer to the request about BELOW under URL; never an ERROR. */
MUST_CHECK enum status exchange_receive(struct link *link, const struct url *url, struct span below, struct frame *frame,
	struct span *payload, struct failure *failure);

/* The answer breaks the protocol: fills in FAILURE and returns STATUS_PROTOCOL. */
MUST_CHECK enum status exchange_misfit(struct link *link, struct failure *failure);

/* STAT of URL's own path and its answer. STATUS_REFUSED also for a file whose URL ends in a slash, which names a folder's contents. */
MUST_CHECK enum status exchange_stat(struct link *link, const struct url *url, struct file *file, struct failure *failure);

/*
 * Adds the root to FILE, a regular one from exchange_stat(), if the server knows it. STAT does not tell it, so this asks for the
 * digest of one piece. STATUS_REFUSED also when the file has changed since.
 */
MUST_CHECK enum status exchange_root(struct link *link, const struct url *url, struct file *file, struct failure *failure);

#endif
