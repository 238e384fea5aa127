/* The conversation: greeting, requests judged as they arrive, replies in their order. */
#ifndef CONVERSATION_H
#define CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>

#include "cold.h"
#include "input.h"
#include "output.h"
#include "peers.h"
#include "reply.h"
#include "services.h"
#include "status.h"
#include "stream.h"
#include "visitor.h"
#include "window.h"
#include "workbench.h"

/*
 *              HELLO            requests, then GOODBYE
 *  GREETING ----------> OPEN --------------------------> answered all
 *      |                  |
 *      +---> FAILING <----+   a DATA frame that was begun is finished, all else is dropped
 *               |
 *               v
 *             OVER            ERROR was written, nothing else will be
 *
 * It knows nothing of deadlines and of the end of the socket: these are the connection's business.
 */
enum conversation_state {
	CONVERSATION_GREETING,
	CONVERSATION_OPEN,
	CONVERSATION_FAILING,
	CONVERSATION_OVER,
};

struct conversation {
	struct services *services;
	struct peer *peer;     /* NULL for a refusal, which gets BUSY and nothing else */
	struct visitor *visitor; /* the connection's */
	enum conversation_state state;
	bool goodbye;          /* GOODBYE came: nothing may follow */
	uint16_t number;       /* of the request judged last */
	uint32_t judged;       /* frames */
	enum status failure;   /* FAILING: the one to send */
	struct input input;
	struct window window;
	struct output output;
	struct cold_waiter cold;
	struct reply *reply;   /* the front one; the requests behind it wait in the input */
};

void conversation_init(struct conversation *conversation, struct services *services, struct peer *peer,
	struct visitor *visitor, struct stream *stream);
void conversation_release(struct conversation *conversation);

/* A turn begins and ends: the worker's buffers are lent in between. STATUS_NO_MEMORY: bytes were lost, close. */
void conversation_begin(struct conversation *conversation, struct workbench *bench);
MUST_CHECK enum status conversation_end(struct conversation *conversation);

/*
 * Receives once and judges the input; a breach of the protocol makes the conversation fail. STATUS_WANT_READ: nothing
 * there. STATUS_END: the peer's stream ended. Anything else: it is lost.
 */
MUST_CHECK enum status conversation_receive(struct conversation *conversation, struct workbench *bench);

/* Makes it end with this ERROR, as soon as the frame on its way is complete. */
void conversation_fail(struct conversation *conversation, enum status failure);

/* Why a turn ended. */
enum pace {
	PACE_GO_ON,    /* it did not: for use inside only */
	PACE_QUANTUM,  /* it could go on, but others come first */
	PACE_WAIT,     /* for the peer: requests, or room to send */
	PACE_PARK,     /* nothing to do before *PARK_UNTIL */
	PACE_ANSWERED, /* GOODBYE came and everything was answered */
	PACE_OVER,     /* ERROR was written */
	PACE_LOST,     /* nothing can be sent any more */
};
/*
 * Answers the requests that are there. If output_is_pending() afterwards, room to send comes before anything else. LAST_FOLDER
 * is this turn's, and is released after it.
 */
enum pace conversation_serve(struct conversation *conversation, struct workbench *bench, struct last_folder *last_folder,
	int64_t *park_until);

/* Bytes of heap that it holds between two turns. */
size_t conversation_memory(const struct conversation *conversation);

/* Nothing asked, nothing to send? */
bool conversation_is_idle(const struct conversation *conversation);

/* The frame, counted from 1, that has begun and is not complete; 0: none. */
uint32_t conversation_partial_frame(const struct conversation *conversation);

#endif
