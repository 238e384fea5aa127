/* Admission: the token or certificate that a client shows, and the words of a refusal. */
#ifndef ADMISSION_H
#define ADMISSION_H

#include <stdint.h>

#include "services.h"
#include "status.h"
#include "stream.h"
#include "visitor.h"
#include "wire.h"

/* A visitor and the stream by which it comes. */
struct admission {
	struct services *services;
	struct visitor *visitor;
	const struct stream *stream;
};

/* After the greeting: a certificate that is known here becomes the visitor's claim; any other one is ignored. */
MUST_CHECK enum status admission_greet(const struct admission *admission);

/*
 * The payload of an AUTH frame becomes the visitor's claim. STATUS_REFUSED: the token is not known, has expired, or came in
 * the clear from another machine. STATUS_PROTOCOL.
 */
MUST_CHECK enum status admission_take(const struct admission *admission, struct span payload);

/* Before each request: STATUS_REFUSED if the visitor's token is no longer valid. */
MUST_CHECK enum status admission_check(const struct admission *admission);

/* The text of an ERROR about FAILURE of request NUMBER, or of the connection where that is 0. */
const char *admission_words(const struct admission *admission, uint16_t number, enum status failure);

#endif
