/* Tests of conversations that noise has got into: whatever arrives, the server goes on and leaks nothing. */
#include "script.h"

#include "hashing.h"

#define ROUNDS 3000

/* A greeting and one request of every kind, in the window. */
static size_t write_session(unsigned char *bytes, size_t capacity)
{
	const struct pieces_request pieces = {.path = span_of("file"), .count = 1};
	struct writer writer;

	writer_init(&writer, bytes, capacity);
	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	stat_request_encode(&writer, 1, &(struct stat_request){span_of("folder")});
	list_request_encode(&writer, 2, &(struct list_request){span_of(""), true});
	read_request_encode(&writer, 3, &pieces);
	digests_request_encode(&writer, 4, &pieces);
	sum_request_encode(&writer, 5, &(struct sum_request){span_of("file"), SUM_FLAT});
	ping_encode(&writer, 6, &(struct ping){span_of("ping")});
	goodbye_encode(&writer);
	assert_false(writer.failed);
	return writer_length(&writer);
}

#define HELLO_BYTES (FRAME_HEADER_SIZE + 16)

/* Sends it in pieces of random length; the server works and answers in between. */
static void play(struct rig *rig, const unsigned char *bytes, size_t length, uint32_t *seed)
{
	while (length > 0 && rig->connection) {
		size_t part = 1 + next_random(seed) % length;
		/* The server may have ended it already. */
		if (send(rig->client, bytes, part, MSG_NOSIGNAL) < 0)
			return;
		rig_settle(rig);
		rig->start = rig->end = 0;
		rig_receive(rig);
		bytes += part;
		length -= part;
	}
}

static void flip_bits(unsigned char *bytes, size_t length, uint32_t *seed)
{
	for (uint32_t flips = 1 + next_random(seed) % 3; flips > 0; flips--)
		bytes[next_random(seed) % length] ^= (unsigned char)(1u << next_random(seed) % 8);
}

static void start_afresh(struct rig *rig)
{
	rig_disconnect(rig);
	assert_int_equal(rig_folders(rig), 0);
	/* Only the listener, which this test does not have. */
	assert_int_equal(rig->services.gate.inside, 1);
	rig_connect(rig);
}

static void flipped_bits_end_in_answers_or_errors(void **state)
{
	struct rig *rig = *state;
	unsigned char bytes[1024];
	uint32_t seed = 20260731;

	rig->settings.window_requests = 64;
	rig_file(rig, "file", 70000);
	assert_int_equal(mkdirat(rig->scratch.folder, "folder", 0755), 0);
	for (int i = 0; i < ROUNDS; i++) {
		start_afresh(rig);
		size_t length = write_session(bytes, sizeof(bytes));
		size_t spared = i % 2 ? HELLO_BYTES : 0;
		flip_bits(bytes + spared, length - spared, &seed);
		/* HELLO is answered before anything else is said, or every round would end there. */
		play(rig, bytes, HELLO_BYTES, &seed);
		play(rig, bytes + HELLO_BYTES, length - HELLO_BYTES, &seed);
	}
	start_afresh(rig);
	/* Most of them were conversations. */
	assert_true(rig->services.tally.requests > ROUNDS);
}

static void truncated_conversations_leak_nothing(void **state)
{
	struct rig *rig = *state;
	unsigned char bytes[1024];
	uint32_t seed = 7;

	rig->settings.window_requests = 64;
	rig_file(rig, "file", 70000);
	size_t length = write_session(bytes, sizeof(bytes));
	int next = scratch_next_descriptor();
	for (size_t cut = 1; cut <= length; cut++) {
		start_afresh(rig);
		play(rig, bytes, cut < HELLO_BYTES ? cut : HELLO_BYTES, &seed);
		if (cut > HELLO_BYTES)
			play(rig, bytes + HELLO_BYTES, cut - HELLO_BYTES, &seed);
		assert_int_equal(shutdown(rig->client, SHUT_WR), 0);
		rig_settle(rig);
		assert_null(rig->connection);
	}
	start_afresh(rig);
	assert_int_equal(scratch_next_descriptor(), next);
}

static void random_bytes_are_refused(void **state)
{
	struct rig *rig = *state;
	unsigned char bytes[512];
	uint32_t seed = 99;

	for (int i = 0; i < ROUNDS / 10; i++) {
		start_afresh(rig);
		if (i % 2)
			rig_greet(rig);
		for (size_t j = 0; j < sizeof(bytes); j++)
			bytes[j] = (unsigned char)next_random(&seed);
		play(rig, bytes, sizeof(bytes), &seed);
	}
	start_afresh(rig);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(flipped_bits_end_in_answers_or_errors),
		CASE(truncated_conversations_leak_nothing),
		CASE(random_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
