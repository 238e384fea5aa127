/* PING: the same bytes back. */
#include <string.h>

#include "message.h"
#include "reply.h"

struct ping_reply {
	struct reply reply;
	size_t length;
	unsigned char bytes[PING_BYTES_MAX];
};

static enum reply_result step(struct reply *reply, struct turn *turn)
{
	const struct ping_reply *ping = (const struct ping_reply *)reply;
	struct span bytes = {.bytes = ping->bytes, .length = ping->length};

	pong_encode(output_writer(turn->output), reply->number, &(struct ping){.bytes = bytes});
	return REPLY_DONE;
}

static const struct reply_class ping_class = {.name = "ping", .step = step};

enum status reply_ping_new(const struct frame *frame, struct span payload, struct reply **reply)
{
	struct ping request;
	enum status status = ping_decode(payload, &request);

	(void)frame;
	if (status != STATUS_OK)
		return status;
	struct ping_reply *ping = (struct ping_reply *)reply_new(&ping_class, sizeof(*ping), span_of(""));
	if (!ping)
		return STATUS_NO_MEMORY;
	memcpy(ping->bytes, request.bytes.bytes, request.bytes.length);
	ping->length = request.bytes.length;
	*reply = &ping->reply;
	return STATUS_OK;
}
