/* The requests: which frame asks for which reply. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "frame.h"
#include "reply.h"
#include "status.h"
#include "wire.h"

/* Makes the reply to the request FRAME. STATUS_PROTOCOL: malformed. STATUS_NO_MEMORY: busy, for this request only. */
MUST_CHECK enum status request_start(const struct frame *frame, struct span payload, struct reply **reply);

#endif
