/* What a bad network does to the bytes that a server sends: exactly here, exactly this often. */
#include "damage.h"

#include "frame.h"

void damage_start(struct damage *damage, struct damage_plan *plan)
{
	*damage = (struct damage){.plan = plan};
}

static void header_byte(struct damage *damage, unsigned char byte)
{
	const unsigned char *header = damage->header;
	damage->header[damage->header_length++] = byte;
	if (damage->header_length < FRAME_HEADER_SIZE)
		return;
	damage->payload_seen = 0;
	damage->payload_length = (uint32_t)header[0] << 24 | (uint32_t)header[1] << 16 | (uint32_t)header[2] << 8 | header[3];
	if (damage->payload_length == 0)
		damage->header_length = 0;
}

/* One byte in the middle of the piece, or the middle of the digest behind it. */
static bool is_target(const struct damage *damage)
{
	uint32_t piece_length = damage->payload_length - DATA_TRAILER_SIZE;
	if (damage->header[4] != FRAME_DATA || damage->payload_length < DATA_TRAILER_SIZE)
		return false;
	if (damage->plan->flip_pieces && piece_length > 0 && damage->payload_seen == piece_length / 2)
		return true;
	return damage->plan->flip_trailers && damage->payload_seen == piece_length + DATA_TRAILER_SIZE / 2;
}

static void payload_byte(struct damage *damage, unsigned char *byte)
{
	if (is_target(damage) && atomic_fetch_sub(&damage->plan->flips_left, 1) > 0)
		*byte ^= 0x10;
	if (++damage->payload_seen == damage->payload_length)
		damage->header_length = 0;
}

void damage_apply(struct damage *damage, unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++, damage->seen++) {
		bool in_header = damage->header_length < FRAME_HEADER_SIZE;
		if (in_header)
			header_byte(damage, bytes[i]);
		else
			payload_byte(damage, &bytes[i]);
		if (damage->seen == damage->plan->flip_at)
			bytes[i] ^= 0x10;
	}
}
