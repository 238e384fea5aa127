/* The requests: which frame asks for which reply. */
#include "requests.h"

#include <stddef.h>

static const struct request {
	enum frame_type type;
	reply_constructor *start;
} requests[] = {
	{FRAME_STAT, reply_stat_new},
	{FRAME_LIST, reply_list_new},
	{FRAME_DIGESTS, reply_digests_new},
	{FRAME_READ, reply_read_new},
	{FRAME_SUM, reply_sum_new},
	{FRAME_PING, reply_ping_new},
};

static const struct request *find(uint8_t type)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (requests[i].type == type)
			return &requests[i];
	}
	return NULL;
}

enum status request_start(const struct frame *frame, struct span payload, struct reply **reply)
{
	const struct request *request = find(frame->type);

	if (!request)
		return STATUS_PROTOCOL;
	enum status status = request->start(frame, payload, reply);
	if (status == STATUS_OK) {
		(*reply)->number = frame->number;
		(*reply)->frame_bytes = FRAME_HEADER_SIZE + frame->length;
	}
	return status;
}
