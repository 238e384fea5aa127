/* Attacks by ranges of pieces, by versions and by kinds. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"
#include "stage.h"

#define LARGE "public/large"

/* READ or DIGESTS. */
typedef void request(struct raw *raw, const struct pieces_request *request);

static struct version version_of(struct raw *raw, const char *path)
{
	raw_ask(raw, FRAME_STAT, span_of(path));
	return raw_expect_file(raw).version;
}

struct range {
	request *ask;
	uint64_t first, count;
};

/* A range of the large file by its version. */
static struct raw *ask_range(struct stage *stage, const struct range *range)
{
	struct raw *raw = stage_greet(stage);

	range->ask(raw, &(struct pieces_request){.path = span_of(LARGE), .version = version_of(raw, LARGE), .first = range->first,
		.count = range->count});
	return raw;
}

static void count_nothing(void *stage, const void *argument)
{
	static const uint64_t firsts[] = {0, 1, 3, UINT64_C(1) << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX};

	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++)
		raw_expect_fatal(ask_range(stage, &(struct range){((const struct range *)argument)->ask, firsts[i], 0}), ERROR_PROTOCOL);
}

/* First and count together do not fit into 64 bits. */
static void overflow(void *stage, const void *argument)
{
	static const uint64_t ranges[][2] = {{1, UINT64_MAX}, {UINT64_MAX, 1}, {UINT64_MAX, UINT64_MAX},
		{UINT64_C(1) << 63, UINT64_C(1) << 63}, {UINT64_MAX - 1, 2}, {2, UINT64_MAX - 1}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		raw_expect_fatal(ask_range(stage, &(struct range){((const struct range *)argument)->ask, ranges[i][0], ranges[i][1]}),
			ERROR_PROTOCOL);
}

static void begin_behind_the_end(void *stage, const void *argument)
{
	static const uint64_t firsts[] = {STAGE_LARGE_PIECES, STAGE_LARGE_PIECES + 1, UINT64_C(1) << 31, UINT32_MAX, UINT64_C(1) << 43,
		UINT64_C(1) << 44, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX - 1};

	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		struct raw *raw = ask_range(stage, &(struct range){((const struct range *)argument)->ask, firsts[i], 1});
		raw_expect_error(raw, ERROR_RANGE);
		raw_expect_alive(raw);
	}
}

static void read_to_the_end(struct raw *raw, uint64_t first)
{
	assert_int_equal(raw_expect_file(raw).size, STAGE_LARGE_SIZE);
	for (uint64_t piece = first; piece < STAGE_LARGE_PIECES; piece++) {
		uint32_t length = piece_length(STAGE_LARGE_SIZE, piece);
		struct span data = raw_expect(raw, FRAME_DATA, raw->number).payload;
		assert_int_equal(data.length, length + DATA_TRAILER_SIZE);
		assert_int_equal(data.bytes[0], piece * PIECE_SIZE % 251);
	}
}

static void a_read_of_more_pieces_than_there_are_is_cut_at_the_end(struct stage *stage)
{
	static const uint64_t counts[] = {2, 3, UINT64_C(1) << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX - 1};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct raw *raw = ask_range(stage, &(struct range){raw_read, 1, counts[i]});
		read_to_the_end(raw, 1);
		raw_expect_alive(raw);
	}
}

static void digests_of_more_pieces_than_there_are_are_cut_at_the_end(struct stage *stage)
{
	static const uint64_t counts[] = {2, 3, UINT64_C(1) << 31, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX - 1};
	struct done done;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct raw *raw = ask_range(stage, &(struct range){raw_digests, 1, counts[i]});
		struct raw_answer answer;
		raw_expect_file(raw);
		while (raw_next(raw, &answer) && answer.frame.type == FRAME_PIECES)
			continue;
		assert_int_equal(answer.frame.type, FRAME_DONE);
		assert_int_equal(done_decode(answer.payload, &done), STATUS_OK);
		assert_int_equal(done.count, STAGE_LARGE_PIECES - 1);
	}
}

/* Without a version only piece 0 may be asked for. */
static void ask_any(void *stage, const void *argument)
{
	static const uint64_t ranges[][2] = {{0, 2}, {0, UINT64_MAX}, {1, 1}, {2, 1}, {UINT64_C(1) << 63, 1}};
	struct raw *raw = stage_greet(stage);

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		((const struct range *)argument)->ask(raw, &(struct pieces_request){.path = span_of(LARGE), .first = ranges[i][0],
			.count = ranges[i][1]});
		raw_expect_error(raw, ERROR_RANGE);
	}
	raw_expect_alive(raw);
}

/* --- Versions ---------------------------------------------------------------------------------------------------------- */

static void forge(void *stage, const void *argument)
{
	struct raw *raw = stage_greet(stage);
	struct version sound = version_of(raw, LARGE);

	for (unsigned bit = 0; bit < 128; bit++) {
		struct version version = sound;
		version.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
		((const struct range *)argument)->ask(raw, &(struct pieces_request){.path = span_of(LARGE), .version = version, .count = 1});
		raw_expect_error(raw, ERROR_CHANGED);
	}
	raw_expect_alive(raw);
}

static void take_from_another_file(void *stage, const void *argument)
{
	struct raw *raw = stage_greet(stage);
	struct version version = version_of(raw, "public/small");

	((const struct range *)argument)->ask(raw, &(struct pieces_request){.path = span_of(LARGE), .version = version, .count = 1});
	raw_expect_error(raw, ERROR_CHANGED);
	raw_expect_alive(raw);
}

/* A version is no permission: what must not be seen is not there, whatever is known of it. */
static void a_version_opens_nothing_that_is_locked(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	raw_auth(raw, TOKEN_OF_LOCKED, strlen(TOKEN_OF_LOCKED));
	struct version version = version_of(raw, "locked/file");
	raw = stage_greet(stage);
	raw_read(raw, &(struct pieces_request){.path = span_of("locked/file"), .version = version, .count = 1});
	raw_expect_error(raw, ERROR_NOT_FOUND);
	raw_read(raw, &(struct pieces_request){.path = span_of("public/small"), .version = version, .count = 1});
	raw_expect_error(raw, ERROR_CHANGED);
}

/* --- Kinds ------------------------------------------------------------------------------------------------------------- */

static void a_sum_of_no_kind_is_refused(struct stage *stage)
{
	static const unsigned char kinds[] = {0, 3, 4, 127, 128, 129, 254, 255};

	for (size_t i = 0; i < sizeof(kinds); i++) {
		struct raw *raw = stage_greet(stage);
		unsigned char payload[] = {0, 12, 'p', 'u', 'b', 'l', 'i', 'c', '/', 's', 'm', 'a', 'l', 'l', kinds[i]};
		raw_frame(raw, &(struct frame){.length = sizeof(payload), .type = FRAME_SUM, .number = 1}, payload, sizeof(payload));
		raw_expect_fatal(raw, ERROR_PROTOCOL);
	}
}

static const struct range read = {.ask = raw_read};
static const struct range digests = {.ask = raw_digests};

#define BOTH(threat, name, attack) \
	HOSTILE_WITH(threat, a_read_##name, attack, &read), HOSTILE_WITH(threat, a_request_for_digests_##name, attack, &digests)

static const struct hostile_case cases[] = {
	BOTH(C6, of_no_pieces_is_refused, count_nothing),
	BOTH(C6, whose_range_overflows_is_refused, overflow),
	BOTH(C6, that_begins_behind_the_end_is_refused, begin_behind_the_end),
	ATTACK(C6, a_read_of_more_pieces_than_there_are_is_cut_at_the_end),
	ATTACK(C6, digests_of_more_pieces_than_there_are_are_cut_at_the_end),
	BOTH(C6, of_any_version_beyond_piece_0_is_refused, ask_any),
	BOTH(S14, with_a_forged_version_is_refused, forge),
	BOTH(S14, with_the_version_of_another_file_is_refused, take_from_another_file),
	ATTACK(C17, a_version_opens_nothing_that_is_locked),
	ATTACK(C5, a_sum_of_no_kind_is_refused),
};
const struct hostile_table against_ranges = HOSTILE_TABLE(cases);
