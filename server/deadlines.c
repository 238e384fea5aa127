/* Computes deadlines from the settings and from moments that the client cannot move. */
#include "deadlines.h"

#include "clock.h"
#include "log.h"

/* How long a connection is still read from after its final ERROR. */
#define LINGER (2 * CLOCK_SECOND)

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static const struct settings *settings_of(const struct deadlines *deadlines)
{
	return deadlines->conversation->services->settings;
}

void deadlines_init(struct deadlines *deadlines, const struct conversation *conversation, int fd)
{
	int64_t now = clock_now();

	*deadlines = (struct deadlines){.conversation = conversation, .fd = fd, .accepted = now, .active = now};
}

void deadlines_note(struct deadlines *deadlines, bool received, uint64_t handed_before)
{
	const struct output *output = &deadlines->conversation->output;
	uint64_t handed = output_handed(output);
	bool pending = output_is_pending(output);
	uint32_t frame = conversation_partial_frame(deadlines->conversation);
	int64_t now = clock_now();

	if (received || handed != handed_before)
		deadlines->active = now;
	if (frame != deadlines->frame)
		deadlines->frame_since = now;
	deadlines->frame = frame;
	if ((handed != handed_before || pending || deadlines->rate.since) &&
		minimum_rate_note(&deadlines->rate, deadlines->fd, handed, pending, settings_of(deadlines)->rate_bytes, now))
		deadlines->active = now;
}

void deadlines_linger(struct deadlines *deadlines)
{
	deadlines->lingers = clock_now();
}

/* Until when it may be idle; CLOCK_NEVER: it is not idle. */
static int64_t idle_until(const struct deadlines *deadlines)
{
	const struct conversation *conversation = deadlines->conversation;
	const struct settings *settings = settings_of(deadlines);

	if (!conversation_is_idle(conversation))
		return CLOCK_NEVER;
	return deadlines->active + (conversation->goodbye ? settings->frame_deadline : settings->idle_deadline);
}

int64_t deadlines_end(const struct deadlines *deadlines)
{
	const struct conversation *conversation = deadlines->conversation;
	const struct settings *settings = settings_of(deadlines);
	int64_t deadline = CLOCK_NEVER;

	if (deadlines->lingers)
		return deadlines->lingers + LINGER;
	if (conversation->state == CONVERSATION_GREETING || conversation->judged == 0) /* a refusal, too, may wait for a handshake */
		return deadlines->accepted + settings->greeting_deadline;
	if (deadlines->frame)
		deadline = earlier(deadline, deadlines->frame_since + settings->frame_deadline);
	/* A client that still has much to receive is not idle. */
	return deadlines->rate.since ? deadline : earlier(deadline, idle_until(deadlines));
}

/* By when the client must have received the minimum. */
static int64_t rate_due(const struct deadlines *deadlines)
{
	return deadlines->rate.since ? deadlines->rate.since + settings_of(deadlines)->rate_window : CLOCK_NEVER;
}

/* When to check that: also at the time when, with everything received, the client would have been idle for too long. */
static int64_t check_at(const struct deadlines *deadlines)
{
	int64_t due = rate_due(deadlines), idle = idle_until(deadlines);

	return deadlines->rate.since && idle > clock_now() ? earlier(due, idle) : due;
}

int64_t deadlines_wake(const struct deadlines *deadlines, int64_t park_until)
{
	return earlier(park_until, check_at(deadlines));
}

static bool has_come(const struct deadlines *deadlines, int64_t deadline, int64_t now)
{
	if (deadline > now)
		return false;
	log_line(LOG_INFO, "event=deadline peer=%s", deadlines->conversation->visitor->text);
	return true;
}

bool deadlines_passed(const struct deadlines *deadlines)
{
	return has_come(deadlines, deadlines_end(deadlines), clock_now());
}

bool deadlines_too_slow(const struct deadlines *deadlines)
{
	/* The turn to check it may come a millisecond early. */
	return has_come(deadlines, rate_due(deadlines), clock_now() + CLOCK_MS);
}
