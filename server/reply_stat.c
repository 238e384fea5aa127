/* STAT: the kind, size, times and version of a path. */
#include "file_state.h"
#include "message.h"
#include "reply.h"
#include "resolve.h"

static enum reply_result step(struct reply *reply, struct turn *turn)
{
	struct stat stat;
	enum status status = resolve_stat(turn->services, turn->visitor, reply->path, &stat);

	if (status != STATUS_OK)
		return reply_fail(turn, status);
	struct file file = file_of_stat(&stat);
	if (file.kind == ENTRY_FILE)
		version_of_stat(turn->bench->lanes, &stat, &file.version);
	file_encode(output_writer(turn->output), reply->number, &file);
	return REPLY_DONE;
}

static const struct reply_class stat_class = {.name = "stat", .step = step};

enum status reply_stat_new(const struct frame *frame, struct span payload, struct reply **reply)
{
	struct stat_request request;
	enum status status = stat_request_decode(payload, &request);

	(void)frame;
	if (status != STATUS_OK)
		return status;
	*reply = reply_new(&stat_class, sizeof(**reply), request.path);
	return *reply ? STATUS_OK : STATUS_NO_MEMORY;
}
