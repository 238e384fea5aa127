/* What a bad network does to the bytes that a server sends: exactly here, exactly this often. */
#include "damage.h"

#include <string.h>

#include "frame.h"

#define FRESH 0x01u
#define DIGEST_SIZE (DATA_TRAILER_SIZE - 1)

void damage_start(struct damage *damage, struct damage_plan *plan)
{
	memset(damage, 0, sizeof *damage);
	damage->plan = plan;
}

/* --- Frames ------------------------------------------------------------------------------------------------------------ */

/* Takes a byte; true when it completes a header. */
static bool walk(struct frame_walk *frame, unsigned char byte)
{
	const unsigned char *header = frame->header;
	if (frame->header_length == FRAME_HEADER_SIZE) {
		if (++frame->payload_seen == frame->payload_length)
			frame->header_length = 0;
		return false;
	}
	frame->header[frame->header_length++] = byte;
	if (frame->header_length < FRAME_HEADER_SIZE)
		return false;
	frame->payload_seen = 0;
	frame->payload_length = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
	if (frame->payload_length == 0)
		frame->header_length = 0;
	return true;
}

static unsigned number(const struct frame_walk *frame)
{
	return (unsigned)frame->header[6] << 8 | frame->header[7];
}

void damage_watch(struct damage *damage, const unsigned char *bytes, size_t length)
{
	struct frame_walk *request = &damage->requests;
	for (size_t i = 0; i < length; i++) {
		if (!walk(request, bytes[i]))
			continue;
		unsigned char bit = (unsigned char)(1u << number(request) % 8);
		if (request->header[4] == FRAME_READ && request->header[5] & FRESH)
			atomic_fetch_or(&damage->fresh[number(request) / 8], bit);
		else
			atomic_fetch_and(&damage->fresh[number(request) / 8], (unsigned char)~bit);
	}
}

/* --- Flips -------------------------------------------------------------------------------------------------------------- */

static bool is_fresh(const struct damage *damage)
{
	unsigned request = number(&damage->answers);
	return damage->fresh[request / 8] >> request % 8 & 1;
}

/* A place that differs from frame to frame, never the status byte between the bytes and their digest. */
static uint32_t somewhere(long count, uint32_t piece_length)
{
	uint32_t place = (uint32_t)((uint64_t)count * 2654435761u % (piece_length + DIGEST_SIZE));
	return place < piece_length ? place : place + 1;
}

/* Where this frame, whose header is complete, shall be hit. */
static uint32_t place_of_flip(const struct damage *damage)
{
	const struct damage_plan *plan = damage->plan;
	uint32_t piece_length = damage->answers.payload_length - DATA_TRAILER_SIZE;

	if (damage->answers.header[4] != FRAME_DATA || damage->answers.payload_length < DATA_TRAILER_SIZE)
		return UINT32_MAX;
	if (plan->spare_fresh && is_fresh(damage))
		return UINT32_MAX;
	if (plan->flip_anywhere)
		return somewhere(plan->flipped, piece_length);
	if (plan->flip_pieces && piece_length > 0)
		return piece_length / 2;
	return plan->flip_trailers ? piece_length + DATA_TRAILER_SIZE / 2 : UINT32_MAX;
}

static void answer_byte(struct damage *damage, unsigned char *byte)
{
	struct frame_walk *answer = &damage->answers;
	bool in_payload = answer->header_length == FRAME_HEADER_SIZE;
	bool hit = in_payload && answer->payload_seen == damage->place;

	if (walk(answer, *byte))
		damage->place = place_of_flip(damage);
	if (!hit || atomic_fetch_sub(&damage->plan->flips_left, 1) <= 0)
		return;
	*byte ^= 0x10;
	damage->plan->flipped++;
}

static bool does_nothing(const struct damage_plan *plan)
{
	return !plan->flip_pieces && !plan->flip_trailers && !plan->flip_anywhere && plan->flip_at == UINT64_MAX;
}

void damage_apply(struct damage *damage, unsigned char *bytes, size_t length)
{
	if (does_nothing(damage->plan))
		return;
	for (size_t i = 0; i < length; i++, damage->seen++) {
		answer_byte(damage, &bytes[i]);
		if (damage->seen == damage->plan->flip_at)
			bytes[i] ^= 0x10;
	}
}
