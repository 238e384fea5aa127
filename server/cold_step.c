/* Decides whether a step may wait for the disk, and steps it with a permit if so. */
#include "cold_step.h"

#include "clock.h"
#include "file_range.h"

/* Reading or hashing a piece that lies in memory never takes so long, unless others have the processor. */
#define WAITED (2 * CLOCK_MS)
/* A reply that waits this long may have something else to send. */
#define LOOK_AGAIN CLOCK_SECOND

static struct file_range_room room_of(const struct workbench *bench)
{
	return (struct file_range_room){.bytes = bench->hashing, .size = WORKBENCH_HASHING};
}

/* The reading that the next step would have to wait for. */
static enum reply_reading next_reading(struct reply *reply, const struct workbench *bench, struct file_range *range)
{
	if (!reply->class->reads || reply->warmed)
		return REPLY_READS_NOTHING;
	enum reply_reading reading = reply->class->reads(reply, range);
	if (reading == REPLY_READS_NOTHING || reading == REPLY_READS_FOLDER)
		return reading;
	return file_range_is_hot(range, room_of(bench)) ? REPLY_READS_NOTHING : reading;
}

static enum reply_result wait_and_step(struct reply *reply, struct turn *turn, enum reply_reading reading,
	const struct file_range *range)
{
	if (reading == REPLY_SENDS_FILE) {
		/* Sending takes no permit, and thus a turn of its own, once all of it is there. */
		file_range_warm(range, room_of(turn->bench));
		reply->warmed = true;
		return REPLY_YIELD;
	}
	if (reading == REPLY_READS_FILE)
		file_range_ask(range);
	return reply->class->step(reply, turn);
}

/* The caller has a permit. The kernel may say that it would wait where it would not: only the time taken tells what was cold. */
static enum reply_result step_with_permit(struct reply *reply, struct turn *turn, enum reply_reading reading,
	const struct file_range *range)
{
	int64_t began = clock_now();

	/* While it waits, folders may be moved: the next file is looked for anew. */
	last_folder_release(turn->last_folder);
	enum reply_result result = wait_and_step(reply, turn, reading, range);
	int64_t now = clock_now();

	if (reading != REPLY_READS_FOLDER && range->cold_at && now - began > WAITED)
		atomic_store(range->cold_at, now);
	return result;
}

enum reply_result cold_step(struct reply *reply, struct cold_waiter *waiter, struct turn *turn)
{
	struct cold *cold = &turn->services->cold;
	struct file_range range;
	enum reply_reading reading = next_reading(reply, turn->bench, &range);

	if (reading == REPLY_READS_NOTHING) {
		cold_withdraw(cold, waiter);
		reply->warmed = false;
		return reply->class->step(reply, turn);
	}
	if (!cold_enter(cold, waiter, turn->bench->slot))
		return reply_park(turn, clock_now() + LOOK_AGAIN);
	enum reply_result result = step_with_permit(reply, turn, reading, &range);
	cold_leave(cold);
	return result;
}
