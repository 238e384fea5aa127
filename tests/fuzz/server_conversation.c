/* Fuzzes whole conversations with the server: whatever a client sends, what it hears are sound frames in their order. */
#include "target.h"

#include <errno.h>

#include "recode.h"
#include "script.h"

#define GREETED 1u  /* HELLO is said before the input */
#define NUMBERED 2u /* the input's frames get the numbers that are due */
#define ENDED 4u    /* GOODBYE and the end of the stream follow it */
#define STEP_SHIFT 3 /* above: bytes that are sent at a time, 0 for all */

static struct rig *rig;

static void remove_rig(void)
{
	rig_teardown((void **)&rig);
}

static void make_rig(void)
{
	CHECK(rig_setup((void **)&rig) == 0);
	atexit(remove_rig);
	log_set_level(LOG_ERROR);
	rig_disconnect(rig);
	CHECK(mkdirat(rig->scratch.folder, "d", 0755) == 0 && mkdirat(rig->scratch.folder, "d/e", 0755) == 0);
	CHECK(symlinkat("/etc", rig->scratch.folder, "out") == 0);
	rig_file(rig, "f", 13);
	rig_file(rig, "d/g", 70000);
	rig_file(rig, "d/e/h", 0);
}

/* Gives the frames in BYTES the numbers 1, 2, ... as far as their lengths make frames of them. */
static void number_frames(unsigned char *bytes, size_t length)
{
	uint16_t number = 0;

	for (size_t i = 0; length - i >= FRAME_HEADER_SIZE;) {
		struct reader reader;
		struct writer writer;
		reader_init(&reader, bytes + i, length - i);
		size_t payload = reader_u32(&reader);
		writer_init(&writer, bytes + i + 6, 2);
		writer_u16(&writer, bytes[i + 4] == FRAME_GOODBYE || bytes[i + 4] == FRAME_AUTH ? 0 : ++number);
		if (payload > length - i - FRAME_HEADER_SIZE)
			break;
		i += FRAME_HEADER_SIZE + payload;
	}
}

/* What an honest server may say next; *NUMBER is that of the last answer. */
static void check_answer(const struct answer *answer, uint16_t *number, bool *over)
{
	static unsigned char again[FRAME_HEADER_SIZE + FRAME_DATA_MAX];
	struct writer writer;

	CHECK(!*over);
	CHECK(answer->frame.number == 0 || answer->frame.number >= *number);
	writer_init(&writer, again, sizeof(again));
	CHECK(recoder_of(answer->frame.type)(&answer->frame, answer->payload, &writer) == STATUS_OK);
	if (answer->frame.number)
		*number = answer->frame.number;
	*over = answer->frame.type == FRAME_ERROR && answer->frame.number == 0;
}

/* Lets the server work as long as it does not sleep and reads all that it says. */
static void listen_to_it(uint16_t *number, bool *greeted, bool *over)
{
	struct answer answer;

	for (bool busy = true; busy;) {
		busy = rig_turn(rig);
		rig_receive(rig);
		while (rig_take_answer(rig, *greeted ? FRAME_OPEN : FRAME_GREETING, &answer)) {
			check_answer(&answer, number, over);
			*greeted = *greeted || answer.frame.type == FRAME_WELCOME;
			busy = true;
		}
	}
}

/* The server may have closed by now: then nobody hears it. */
static void say(const void *bytes, size_t length)
{
	ssize_t sent = send(rig->client, bytes, length, MSG_NOSIGNAL);

	CHECK(sent == (ssize_t)length || errno == EPIPE || errno == ECONNRESET || errno == EAGAIN);
}

static void converse(unsigned flags, const unsigned char *bytes, size_t length)
{
	size_t step = flags >> STEP_SHIFT ? flags >> STEP_SHIFT : length + 1;
	bool greeted = false, over = false;
	uint16_t number = 0;

	/* A client that does not wait for WELCOME has broken the protocol. */
	if (flags & GREETED) {
		rig_hello(rig);
		listen_to_it(&number, &greeted, &over);
		CHECK(greeted);
	}
	for (size_t sent = 0; sent < length && rig->connection; sent += step) {
		say(bytes + sent, length - sent < step ? length - sent : step);
		listen_to_it(&number, &greeted, &over);
	}
	if (flags & ENDED) {
		say("\0\0\0\0\x1f\0\0\0", FRAME_HEADER_SIZE);
		shutdown(rig->client, SHUT_WR);
	}
	listen_to_it(&number, &greeted, &over);
	/* It knows that nothing follows, and nothing that it has to say here takes long. */
	CHECK(!(flags & ENDED) || !rig->connection);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 0)
		return 0;
	if (!rig)
		make_rig();
	unsigned char *copy = target_copy(bytes + 1, length - 1);
	if (bytes[0] & NUMBERED)
		number_frames(copy, length - 1);
	rig_connect(rig);
	converse(bytes[0], copy, length - 1);
	rig_disconnect(rig);
	free(copy);
	return 0;
}
