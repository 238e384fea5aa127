/* Tests of connections with TLS: served like others, silent until it is their turn, and told when they come to the wrong door. */
/* Threat C11 of docs/security.md. */
#include "secure_rig.h"

#include "stream.h"

/* The client's end, on top of the rig's. */
struct visit {
	struct rig *rig;
	struct tls_context context;
	struct stream stream;
};

static struct visit visit_begin(struct rig *rig)
{
	struct visit visit = {.rig = rig};

	assert_int_equal(tls_context_client(NULL, &visit.context), STATUS_OK);
	stream_init(&visit.stream, rig->client);
	assert_int_equal(stream_secure(&visit.stream, &visit.context, "localhost"), STATUS_OK);
	return visit;
}

static void visit_end(struct visit *visit)
{
	stream_close(&visit->stream);
	visit->rig->client = -1;
	tls_context_release(&visit->context);
}

/* Both sides in turn until the handshake is over. */
static void shake_hands(struct visit *visit)
{
	int64_t patience = clock_now() + RIG_PATIENCE;

	while (stream_handshake(&visit->stream) != STATUS_OK) {
		rig_turn(visit->rig);
		assert_true(clock_now() < patience);
	}
	tls_approve(visit->stream.tls);
}

static void say(struct visit *visit, const struct writer *writer)
{
	size_t written = 0;

	assert_int_equal(stream_write(&visit->stream, writer->start, writer_length(writer), STREAM_LAST, &written), STATUS_OK);
	assert_int_equal(written, writer_length(writer));
}

/* Receives at least LENGTH bytes; the server gets its turns. */
static size_t hear(struct visit *visit, unsigned char *bytes, size_t capacity, size_t length)
{
	int64_t patience = clock_now() + RIG_PATIENCE;
	size_t heard = 0, part;

	while (heard < length) {
		enum status status = stream_read(&visit->stream, bytes + heard, capacity - heard, &part);
		heard += status == STATUS_OK ? part : 0;
		if (status == STATUS_WANT_READ)
			rig_turn(visit->rig);
		assert_true(status == STATUS_OK || status == STATUS_WANT_READ);
		assert_true(clock_now() < patience);
	}
	return heard;
}

static void greet(struct visit *visit)
{
	unsigned char bytes[256];
	RIG_WRITER(writer);

	hello_encode(&writer, &(struct hello){.version_min = 1, .version_max = 1});
	say(visit, &writer);
	assert_int_equal(hear(visit, bytes, sizeof(bytes), FRAME_HEADER_SIZE + 22), FRAME_HEADER_SIZE + 22);
	assert_int_equal(bytes[4], FRAME_WELCOME);
}

static void files_arrive_as_they_are(void **state)
{
	struct rig *rig = *state;
	size_t length = 3 * PIECE_SIZE / 2;
	unsigned char *bytes = malloc(2 * PIECE_SIZE);
	RIG_WRITER(writer);

	rig_file(rig, "file", length);
	struct visit visit = visit_begin(rig);
	shake_hands(&visit);
	greet(&visit);
	read_request_encode(&writer, 1, &(struct pieces_request){.path = span_of("file"), .first = 0, .count = 1});
	say(&visit, &writer);
	size_t file = FRAME_HEADER_SIZE + 72, wanted = file + FRAME_HEADER_SIZE + PIECE_SIZE + DATA_TRAILER_SIZE;
	assert_int_equal(hear(&visit, bytes, 2 * PIECE_SIZE, wanted), wanted);
	assert_int_equal(bytes[4], FRAME_FILE);
	assert_int_equal(bytes[file + 4], FRAME_DATA);
	for (size_t i = 0; i < PIECE_SIZE; i++)
		assert_int_equal(bytes[file + FRAME_HEADER_SIZE + i], i % 251);
	assert_int_equal(bytes[wanted - DATA_TRAILER_SIZE], DATA_PROVEN);
	visit_end(&visit);
	free(bytes);
}

static void pipelined_requests_in_one_record_are_all_answered(void **state)
{
	struct rig *rig = *state;
	struct visit visit = visit_begin(rig);
	unsigned char bytes[4096];
	RIG_WRITER(writer);

	shake_hands(&visit);
	greet(&visit);
	for (uint16_t number = 1; number <= RIG_WINDOW_REQUESTS; number++)
		ping_encode(&writer, number, &(struct ping){span_of("ping")});
	say(&visit, &writer);
	size_t pongs = writer_length(&writer);
	assert_int_equal(hear(&visit, bytes, sizeof(bytes), pongs), pongs);
	visit_end(&visit);
}

/* They leave the socket together: nothing but TLS knows that there are more. */
static void requests_in_records_of_their_own_are_all_answered(void **state)
{
	struct rig *rig = *state;
	struct visit visit = visit_begin(rig);
	unsigned char bytes[4096];
	size_t pongs = 0;

	shake_hands(&visit);
	greet(&visit);
	rig_settle(rig);
	for (uint16_t number = 1; number <= RIG_WINDOW_REQUESTS; number++) {
		RIG_WRITER(writer);
		ping_encode(&writer, number, &(struct ping){span_of("ping")});
		say(&visit, &writer);
		pongs += writer_length(&writer);
	}
	rig_settle(rig);
	assert_int_equal(hear(&visit, bytes, sizeof(bytes), pongs), pongs);
	visit_end(&visit);
}

static void a_goodbye_ends_it_orderly_on_both_sides(void **state)
{
	struct rig *rig = *state;
	struct visit visit = visit_begin(rig);
	char byte;
	size_t length;
	RIG_WRITER(writer);

	shake_hands(&visit);
	greet(&visit);
	goodbye_encode(&writer);
	say(&visit, &writer);
	assert_int_equal(stream_shut(&visit.stream), STATUS_OK);
	rig_settle(rig);
	assert_null(rig->connection);
	assert_int_equal(stream_read(&visit.stream, &byte, 1, &length), STATUS_END);
	visit_end(&visit);
}

static void an_end_without_a_goodbye_or_tls_saying_so_closes_at_once(void **state)
{
	struct rig *rig = *state;
	struct visit visit = visit_begin(rig);

	shake_hands(&visit);
	greet(&visit);
	assert_int_equal(shutdown(rig->client, SHUT_WR), 0);
	rig_settle(rig);
	assert_null(rig->connection);
	visit_end(&visit);
}

/* The reaper ends the receiving side; TLS was not told, but the word about it still gets through. */
static void who_is_idle_for_too_long_is_told_so(void **state)
{
	struct rig *rig = *state;
	unsigned char bytes[256];

	rig->settings.idle_deadline = 1;
	struct visit visit = visit_begin(rig);
	shake_hands(&visit);
	greet(&visit);
	rig_settle(rig);
	assert_int_equal(shutdown(rig->server, SHUT_RD), 0);
	hear(&visit, bytes, sizeof(bytes), FRAME_HEADER_SIZE + 8);
	assert_int_equal(bytes[4], FRAME_ERROR);
	assert_int_equal(bytes[FRAME_HEADER_SIZE + 1], ERROR_DEADLINE);
	visit_end(&visit);
}

static void a_plain_client_is_told_in_plain(void **state)
{
	struct rig *rig = *state;

	rig_hello(rig);
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
	shutdown(rig->client, SHUT_WR);
	rig_expect_end(rig);
	assert_null(rig->connection);
}

static void a_stranger_gets_an_alert_and_nothing_in_plain(void **state)
{
	/* A record of TLS's outline with nothing sound in it. */
	static const unsigned char record[] = {0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0x00, 0x00, 0x01, 0x00};
	struct rig *rig = *state;

	rig_send_bytes(rig, record, sizeof(record));
	int64_t patience = clock_now() + RIG_PATIENCE;
	while (rig->end == 0 && clock_now() < patience) {
		rig_turn(rig);
		rig_receive(rig);
	}
	assert_int_equal(rig->end, 7);
	assert_int_equal(rig->bytes[0], 0x15);
}

static void a_handshake_waits_for_its_turn_without_costing_one(void **state)
{
	struct rig *rig = *state;
	struct ticket ticket = {.stage = TICKET_NONE};

	rig_allow_work(rig, CAP_HANDSHAKES, 10);
	/* Somebody else has just had one. */
	assert_int_equal(caps_ask(&rig->services.caps, NULL, CAP_HANDSHAKES, &ticket, 1, clock_now()), 0);
	struct visit visit = visit_begin(rig);
	assert_int_equal(stream_handshake(&visit.stream), STATUS_WANT_READ);
	assert_true(rig_turn(rig));
	assert_int_equal(rig->verdict, CONNECTION_WAIT);
	assert_false(rig->wish.read || rig->wish.write);
	assert_true(rig->wish.wake > clock_now() && rig->wish.wake <= clock_now() + CLOCK_SECOND / 10);
	assert_int_equal(stream_handshake(&visit.stream), STATUS_WANT_READ);
	shake_hands(&visit);
	greet(&visit);
	visit_end(&visit);
}

static void a_handshake_that_is_given_no_turn_asks_again(void **state)
{
	struct rig *rig = *state;
	struct ticket ticket = {.stage = TICKET_NONE};
	int64_t before = clock_now();

	rig_allow_work(rig, CAP_HANDSHAKES, 10);
	/* Others have all turns of the next minute. */
	assert_int_equal(caps_ask(&rig->services.caps, NULL, CAP_HANDSHAKES, &ticket, 1, before + 60 * CLOCK_SECOND), 0);
	struct visit visit = visit_begin(rig);
	assert_int_equal(stream_handshake(&visit.stream), STATUS_WANT_READ);
	assert_true(rig_turn(rig));
	assert_int_equal(rig->verdict, CONNECTION_WAIT);
	assert_false(rig->wish.read || rig->wish.write);
	assert_true(rig->wish.wake > before && rig->wish.wake <= clock_now() + CLOCK_SECOND);
	/* They have gone, and it is time to ask. */
	rig_allow_work(rig, CAP_HANDSHAKES, 1000000);
	rig->wish.wake = 0;
	shake_hands(&visit);
	greet(&visit);
	visit_end(&visit);
}

static void one_connection_too_many_is_told_so_inside_tls(void **state)
{
	struct rig *rig = *state;
	unsigned char bytes[256];

	rig_disconnect(rig);
	rig_connect_refused(rig);
	struct visit visit = visit_begin(rig);
	shake_hands(&visit);
	hear(&visit, bytes, sizeof(bytes), FRAME_HEADER_SIZE + 8);
	assert_int_equal(bytes[4], FRAME_ERROR);
	assert_int_equal(bytes[FRAME_HEADER_SIZE + 1], ERROR_BUSY);
	visit_end(&visit);
}

static void one_connection_too_many_has_paid_for_its_handshake_when_it_comes_in(void **state)
{
	struct rig *rig = *state;

	rig_disconnect(rig);
	rig->services.caps.handshakes = true;
	rig_allow_work(rig, CAP_HANDSHAKES, 1);
	rig_connect_refused(rig);
	struct visit visit = visit_begin(rig);
	assert_int_equal(stream_handshake(&visit.stream), STATUS_WANT_READ);
	assert_true(rig_turn(rig));
	/* It waits for the client, and for nothing sooner than its minimum rate. */
	assert_true(rig->wish.read && rig->wish.wake > clock_now() + rig->settings.rate_window / 2);
	visit_end(&visit);
}

/* What was to be said inside TLS is not said: one ERROR ends a connection. */
static void one_plain_connection_too_many_is_told_once(void **state)
{
	struct rig *rig = *state;

	rig_disconnect(rig);
	rig_connect_refused(rig);
	rig_settle(rig);
	rig_hello(rig);
	assert_int_equal(rig_error_in(rig, FRAME_GREETING, 0), ERROR_PROTOCOL);
	shutdown(rig->client, SHUT_WR);
	rig_expect_end(rig);
}

/* Is the handshake's time that of the greeting, counted from the time before it came in? */
static bool is_of_greeting(const struct rig *rig, int64_t before)
{
	int64_t limit = rig->settings.greeting_deadline;

	return rig->wish.deadline >= before + limit && rig->wish.deadline <= clock_now() + limit;
}

static void one_connection_too_many_has_no_longer_for_its_handshake_than_others(void **state)
{
	struct rig *rig = *state;
	int64_t before = clock_now();

	rig_disconnect(rig);
	rig_connect_refused(rig);
	assert_true(is_of_greeting(rig, before));
	struct visit visit = visit_begin(rig);
	rig_settle(rig);
	assert_true(is_of_greeting(rig, before));
	assert_int_equal(stream_handshake(&visit.stream), STATUS_WANT_READ);
	rig_settle(rig);
	assert_true(is_of_greeting(rig, before));
	visit_end(&visit);
}

static void a_handshake_has_no_longer_where_the_server_stops(void **state)
{
	struct rig *rig = *state;
	int64_t before = clock_now();

	rig_disconnect(rig);
	rig_connect(rig);
	rig_settle(rig);
	gate_advance(&rig->services.gate, GATE_DRAINING);
	rig->wish.wake = 0; /* what slots_wake_all does */
	assert_true(rig_turn(rig));
	assert_non_null(rig->connection);
	assert_true(is_of_greeting(rig, before));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, secure_rig_setup, secure_rig_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(files_arrive_as_they_are),
		CASE(pipelined_requests_in_one_record_are_all_answered),
		CASE(requests_in_records_of_their_own_are_all_answered),
		CASE(a_goodbye_ends_it_orderly_on_both_sides),
		CASE(an_end_without_a_goodbye_or_tls_saying_so_closes_at_once),
		CASE(who_is_idle_for_too_long_is_told_so),
		CASE(a_plain_client_is_told_in_plain),
		CASE(a_stranger_gets_an_alert_and_nothing_in_plain),
		CASE(a_handshake_waits_for_its_turn_without_costing_one),
		CASE(a_handshake_that_is_given_no_turn_asks_again),
		CASE(one_connection_too_many_is_told_so_inside_tls),
		CASE(one_plain_connection_too_many_is_told_once),
		CASE(one_connection_too_many_has_paid_for_its_handshake_when_it_comes_in),
		CASE(one_connection_too_many_has_no_longer_for_its_handshake_than_others),
		CASE(a_handshake_has_no_longer_where_the_server_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
