/* Fuzzes the frame header and every message decoder: what one accepts must encode to the very bytes it came from. */
/* Threats C5 and S13 of docs/security.md. */
#include "target.h"

#include "recode.h"

static void recode(const unsigned char *bytes, size_t length, const struct frame *frame)
{
	struct span payload = {bytes + FRAME_HEADER_SIZE, length - FRAME_HEADER_SIZE};
	unsigned char *again = malloc(length);
	struct writer writer;

	CHECK(again);
	writer_init(&writer, again, length);
	CHECK(recoder_of(frame->type));
	if (recoder_of(frame->type)(frame, payload, &writer) == STATUS_OK) {
		CHECK(!writer.failed && writer_length(&writer) == length);
		CHECK(memcmp(again, bytes, length) == 0);
		/* Where it does not fit it fails as a whole. */
		writer_init(&writer, again, length - 1);
		CHECK(recoder_of(frame->type)(frame, payload, &writer) == STATUS_OK && writer.failed && writer_left(&writer) == 0);
	}
	free(again);
}

/* What stands between our numbers and those of the wire. */
static void check_tables(const unsigned char header[FRAME_HEADER_SIZE])
{
	struct reader reader;
	int64_t seconds;

	reader_init(&reader, header, FRAME_HEADER_SIZE);
	memcpy(&seconds, header, sizeof(seconds));
	uint16_t number = reader_u16(&reader);
	enum status status = error_status_of(number);
	CHECK(status != STATUS_OK && (status == STATUS_UNSUPPORTED || error_code_of(status) == number));
	CHECK(error_code_of((enum status)(number % 64)) != 0);
	CHECK(frame_next_number(number) == (uint16_t)(number + 1) || (number == UINT16_MAX && frame_next_number(number) == 1));
	struct file_time time = file_time_of((struct timespec){.tv_sec = seconds, .tv_nsec = number});
	CHECK(time.seconds <= FILE_TIME_SECONDS_MAX && time.seconds >= -FILE_TIME_SECONDS_MAX);
}

static void judge_header(const unsigned char *bytes, enum frame_side side, enum frame_phase phase)
{
	unsigned char again[FRAME_HEADER_SIZE];
	struct writer writer;
	struct frame frame;

	if (frame_decode(bytes, side, phase, &frame) != STATUS_OK)
		return;
	CHECK(frame.length <= FRAME_DATA_MAX);
	writer_init(&writer, again, sizeof(again));
	frame_encode(&writer, &frame);
	CHECK(memcmp(again, bytes, sizeof(again)) == 0);
}

/* The first byte says who speaks and when (bits 0 and 1); the rest is a frame, whose length is made to fit afterwards. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length < 1 + FRAME_HEADER_SIZE)
		return 0;
	enum frame_side side = bytes[0] & 1 ? FRAME_FROM_SERVER : FRAME_FROM_CLIENT;
	enum frame_phase phase = bytes[0] & 2 ? FRAME_OPEN : FRAME_GREETING;
	unsigned char *copy = target_copy(bytes + 1, --length);
	struct frame frame;
	struct writer writer;

	check_tables(copy);
	judge_header(copy, side, phase);
	writer_init(&writer, copy, sizeof(uint32_t));
	writer_u32(&writer, (uint32_t)(length - FRAME_HEADER_SIZE));
	if (frame_decode(copy, side, phase, &frame) == STATUS_OK)
		recode(copy, length, &frame);
	free(copy);
	return 0;
}
