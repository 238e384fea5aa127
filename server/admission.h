/* Admission: what a client shows of itself, a token or a certificate, and what it is told where that is not enough. */
#ifndef ADMISSION_H
#define ADMISSION_H

#include <stdint.h>

#include "services.h"
#include "status.h"
#include "stream.h"
#include "visitor.h"
#include "wire.h"

/* Who comes in, and how. */
struct admission {
	struct services *services;
	struct visitor *visitor;
	const struct stream *stream;
};

/* After the greeting: a certificate that is known here becomes the visitor's claim; any other one counts for nothing. */
MUST_CHECK enum status admission_greet(const struct admission *admission);

/*
 * The payload of an AUTH frame becomes the visitor's claim. STATUS_REFUSED: the token is not known, has expired, or came in
 * the clear from elsewhere. STATUS_PROTOCOL.
 */
MUST_CHECK enum status admission_take(const struct admission *admission, struct span payload);

/* Before each request: STATUS_REFUSED where the visitor has shown a token that is good no more. */
MUST_CHECK enum status admission_check(const struct admission *admission);

/* What ERROR says in words about FAILURE of request NUMBER, or of the connection where that is 0. */
const char *admission_words(const struct admission *admission, uint16_t number, enum status failure);

#endif
