/* Makes and frees replies, and ends their steps. */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

struct reply *reply_new(const struct reply_class *class, size_t size, struct span path)
{
	struct reply *reply = calloc(1, size + path.length);

	if (!reply)
		return NULL;
	unsigned char *copy = (unsigned char *)reply + size;
	if (path.length > 0)
		memcpy(copy, path.bytes, path.length);
	reply->class = class;
	reply->memory = size + path.length;
	reply->path = (struct span){.bytes = copy, .length = path.length};
	return reply;
}

void reply_free(struct reply *reply, struct services *services)
{
	if (reply && reply->class->release)
		reply->class->release(reply, services);
	free(reply);
}

bool reply_may_begin(struct reply *reply, struct turn *turn)
{
	int64_t until = 0;

	if (!reply->admitted)
		until = caps_ask(&turn->services->caps, turn->visitor->part, CAP_REQUESTS, &reply->ticket, 1, clock_now());
	reply->admitted = until == 0;
	turn->park_until = until;
	return reply->admitted;
}

enum reply_result reply_fail(struct turn *turn, enum status failure)
{
	turn->failure = failure;
	return REPLY_FAILED;
}

enum reply_result reply_wait(struct turn *turn)
{
	return turn->park_until == CLOCK_NEVER ? reply_fail(turn, STATUS_BUSY) : REPLY_PARK;
}

enum reply_result reply_park(struct turn *turn, int64_t until)
{
	turn->park_until = until;
	return reply_wait(turn);
}
