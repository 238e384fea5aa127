/* Attacks on what a server can spend: more connections than it takes, and clients that keep it waiting. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "path.h"
#include "stage.h"

/* --- Connections ------------------------------------------------------------------------------------------------------- */

#define PER_ADDRESS 3

/* Takes all connections that one address of the narrow server may have. */
static void crowd(struct stage *stage)
{
	assert_true(victim_let_go(&stage->narrow));
	for (size_t i = 0; i < PER_ADDRESS; i++) {
		raw_open(&stage->others[i], stage->narrow.port);
		raw_greet(&stage->others[i]);
	}
}

static void expect_busy(struct raw *raw)
{
	struct error error;

	assert_int_equal(error_decode(raw_expect(raw, FRAME_ERROR, 0).payload, &error), STATUS_OK);
	assert_int_equal(error.code, ERROR_BUSY);
	assert_in_range(error.retry_after_ms, 1, RETRY_AFTER_MAX_MS);
	raw_expect_end(raw);
}

static void assert_crowd_lives(struct stage *stage)
{
	for (size_t i = 0; i < PER_ADDRESS; i++)
		raw_expect_alive(&stage->others[i]);
}

static void more_connections_than_an_address_may_have_are_told_busy(struct stage *stage)
{
	crowd(stage);
	for (int i = 0; i < 10; i++) {
		raw_open(&stage->raw, stage->narrow.port);
		expect_busy(&stage->raw);
	}
	assert_crowd_lives(stage);
	raw_close(&stage->others[0]);
}

static void more_connections_than_the_server_may_have_are_told_busy(struct stage *stage)
{
	crowd(stage);
	raw_open_from(&stage->others[PER_ADDRESS], 2, stage->narrow.port);
	raw_greet(&stage->others[PER_ADDRESS]);
	for (uint8_t host = 2; host < 12; host++) {
		raw_open_from(&stage->raw, host, stage->narrow.port);
		expect_busy(&stage->raw);
	}
	assert_crowd_lives(stage);
}

static void who_was_told_busy_is_not_answered(struct stage *stage)
{
	crowd(stage);
	raw_open(&stage->raw, stage->narrow.port);
	raw_hello(&stage->raw);
	raw_ping(&stage->raw, 0);
	expect_busy(&stage->raw);
	assert_crowd_lives(stage);
}

static void who_leaves_makes_room_for_others(struct stage *stage)
{
	crowd(stage);
	raw_reset(&stage->others[0]);
	raw_close(&stage->others[1]);
	raw_half_close(&stage->others[2]);
	raw_expect_end(&stage->others[2]);
	crowd(stage);
	assert_crowd_lives(stage);
}

/* Some are told, the others find the door shut; nobody is kept. */
static void a_storm_of_connections_is_weathered(struct stage *stage)
{
	crowd(stage);
	for (int i = 0; i < 200; i++) {
		raw_open(&stage->raw, stage->narrow.port);
		raw_reset(&stage->raw);
	}
	assert_crowd_lives(stage);
	for (size_t i = 0; i < PER_ADDRESS; i++)
		raw_close(&stage->others[i]);
	assert_true(victim_let_go(&stage->narrow));
}

/* No buffer takes more than a few of these answers; the window counts the others. */
static void requests_whose_answers_nobody_takes_break_the_window(struct stage *stage)
{
	struct raw *raw = stage_connect(stage);
	struct raw_answer answer;
	unsigned pieces = 0;

	raw_greet(raw);
	for (int i = 0; i < 200; i++)
		raw_ask(raw, FRAME_READ, span_of("public/large"));
	while (raw_next(raw, &answer))
		pieces += answer.frame.type == FRAME_DATA;
	assert_true(pieces < 64);
}

/* --- Time -------------------------------------------------------------------------------------------------------------- */

static struct raw *connect_hasty(struct stage *stage)
{
	raw_open(&stage->raw, stage->hasty.port);
	return &stage->raw;
}

static struct raw *greet_hasty(struct stage *stage)
{
	raw_greet(connect_hasty(stage));
	return &stage->raw;
}

/* A byte every 20 ms: each of them is life, and none of them is time. */
static void drip(struct raw *raw, const struct writer *writer)
{
	const struct timespec pause = {.tv_nsec = 20000000};

	for (const unsigned char *next = writer->start; next < writer->next; next++) {
		raw_put(raw, next, 1);
		nanosleep(&pause, NULL);
	}
}

static void a_client_that_says_nothing_is_let_go(struct stage *stage)
{
	raw_expect_fatal(connect_hasty(stage), ERROR_DEADLINE);
}

static void a_greeting_that_is_begun_and_not_ended_is_cut_off(struct stage *stage)
{
	struct raw *raw = connect_hasty(stage);

	raw_put(raw, "\0\0\0\x10\x01", 5);
	raw_expect_fatal(raw, ERROR_DEADLINE);
}

static void a_greeting_in_drips_is_cut_off(struct stage *stage)
{
	struct raw *raw = connect_hasty(stage);
	RAW_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	drip(raw, &writer);
	raw_expect_fatal(raw, ERROR_DEADLINE);
}

static void a_client_that_asks_nothing_is_let_go(struct stage *stage)
{
	raw_expect_fatal(greet_hasty(stage), ERROR_DEADLINE);
}

static void a_token_alone_does_not_hold_a_connection(struct stage *stage)
{
	struct raw *raw = greet_hasty(stage);

	raw_auth(raw, TOKEN_OF_LOCKED, sizeof(TOKEN_OF_LOCKED) - 1);
	raw_expect_fatal(raw, ERROR_DEADLINE);
}

static void a_request_that_is_begun_and_not_ended_is_cut_off(struct stage *stage)
{
	RAW_WRITER(writer);

	stat_request_encode(&writer, 1, &(struct stat_request){span_of("public/small")});
	for (size_t i = 0; i < 3; i++) {
		raw_open(&stage->others[i], stage->hasty.port);
		raw_greet(&stage->others[i]);
		raw_put(&stage->others[i], writer.start, 1 + 7 * i);
	}
	for (size_t i = 0; i < 3; i++)
		raw_expect_fatal(&stage->others[i], ERROR_DEADLINE);
}

static void a_request_in_drips_is_cut_off(struct stage *stage)
{
	struct raw *raw = greet_hasty(stage);
	RAW_WRITER(writer);

	stat_request_encode(&writer, 1, &(struct stat_request){span_of("public/small")});
	drip(raw, &writer);
	raw_expect_fatal(raw, ERROR_DEADLINE);
}

static void a_goodbye_without_an_end_does_not_hold_a_connection(struct stage *stage)
{
	struct raw *raw = greet_hasty(stage);

	raw_goodbye(raw);
	raw_expect_end(raw);
}

/* All of the large file again and again, far more than fits between the two. */
static void ask_for_much(struct raw *raw)
{
	struct version version;

	raw_greet(raw);
	raw_ask(raw, FRAME_STAT, span_of("public/large"));
	version = raw_expect_file(raw).version;
	for (int i = 0; i < 30; i++)
		raw_read(raw, &(struct pieces_request){.path = span_of("public/large"), .version = version, .count = STAGE_LARGE_PIECES});
}

static uint64_t take_rest(struct raw *raw)
{
	struct raw_answer answer;
	uint64_t bytes = 0;

	while (raw_next(raw, &answer))
		bytes += answer.frame.length;
	return bytes;
}

static void a_client_that_takes_nothing_is_let_go(struct stage *stage)
{
	struct raw *raw = connect_hasty(stage);

	ask_for_much(raw);
	assert_true(victim_let_go(&stage->hasty));
	assert_true(take_rest(raw) < UINT64_C(30) * STAGE_LARGE_SIZE);
}

/* It never stands still, and takes a byte where the rate wants thousands. */
static void a_client_that_takes_a_byte_now_and_then_is_let_go(struct stage *stage)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	struct raw *raw = connect_hasty(stage);
	char byte;

	ask_for_much(raw);
	while (victim_descriptors(&stage->hasty) > stage->hasty.descriptors) {
		assert_true(recv(raw->stream.fd, &byte, 1, 0) == 1);
		nanosleep(&pause, NULL);
	}
}

static const struct hostile_case cases[] = {
	ATTACK(C10, more_connections_than_an_address_may_have_are_told_busy),
	ATTACK(C10, more_connections_than_the_server_may_have_are_told_busy),
	ATTACK(C10, who_was_told_busy_is_not_answered),
	ATTACK(C9, who_leaves_makes_room_for_others),
	ATTACK(C9, a_storm_of_connections_is_weathered),
	ATTACK(C10, requests_whose_answers_nobody_takes_break_the_window),

	ATTACK(C7, a_client_that_says_nothing_is_let_go),
	ATTACK(C7, a_greeting_that_is_begun_and_not_ended_is_cut_off),
	ATTACK(C7, a_greeting_in_drips_is_cut_off),
	ATTACK(C7, a_client_that_asks_nothing_is_let_go),
	ATTACK(C7, a_token_alone_does_not_hold_a_connection),
	ATTACK(C7, a_request_that_is_begun_and_not_ended_is_cut_off),
	ATTACK(C7, a_request_in_drips_is_cut_off),
	ATTACK(C7, a_goodbye_without_an_end_does_not_hold_a_connection),
	ATTACK(C7, a_client_that_takes_nothing_is_let_go),
	ATTACK(C7, a_client_that_takes_a_byte_now_and_then_is_let_go),
};
const struct hostile_table against_limits = HOSTILE_TABLE(cases);
