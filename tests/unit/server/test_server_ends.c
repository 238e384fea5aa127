/* Tests of how a running server parts from clients: caps, missing descriptors, deadlines, drain and stop. */
/* Threat C13 of docs/security.md. */
#include "served.h"

/* --- Caps ------------------------------------------------------------------------------------------------------------- */

static void greet_where_there_is_room(struct fixture *fixture, struct client *client)
{
	int64_t patience = clock_now() + PATIENCE_MS * CLOCK_MS;

	while (client_connect(fixture, client), !client_is_welcome(client)) {
		client_close(client);
		assert_true(clock_now() < patience);
	}
}

static void connections_over_the_cap_hear_busy(void **state)
{
	struct fixture *fixture = *state;
	struct client clients[2], refused, next;
	struct frame frame;

	fixture->settings.max_connections_per_address = 2;
	start(fixture);
	for (int i = 0; i < 2; i++)
		client_greet(fixture, &clients[i]);
	client_connect(fixture, &refused);
	assert_int_equal(expect_error(&refused, FRAME_GREETING), ERROR_BUSY);
	assert_false(next_frame(&refused, FRAME_GREETING, &frame));
	client_close(&refused);
	fetch_big(fixture, &clients[0]);
	client_leave(&clients[0]);
	/* Whoever leaves makes place, a moment after the end has come. */
	greet_where_there_is_room(fixture, &next);
	client_leave(&next);
	client_leave(&clients[1]);
}

static void connections_beyond_the_refusals_are_closed_without_a_word(void **state)
{
	struct fixture *fixture = *state;
	struct client refused[17], last;
	struct frame frame;

	fixture->settings.max_connections = 1;
	start(fixture);
	client_greet(fixture, &last);
	for (int i = 0; i < 17; i++)
		client_connect(fixture, &refused[i]);
	for (int i = 0; i < 16; i++)
		assert_int_equal(expect_error(&refused[i], FRAME_GREETING), ERROR_BUSY);
	assert_false(next_frame(&refused[16], FRAME_GREETING, &frame));
	for (int i = 0; i < 17; i++)
		client_close(&refused[i]);
	fetch_big(fixture, &last);
	client_leave(&last);
}

static int64_t cpu_time(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return clock_of_timespec(time);
}

/* Without a descriptor to spare nothing is accepted, and waiting for one costs next to nothing. */
static void missing_descriptors_do_not_spin_and_pass(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit before, none;
	struct client client;
	struct frame frame;

	start(fixture);
	client_connect(fixture, &client);
	client_greet_on(&client);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	struct client waiting;
	client_open(&waiting);
	none = (struct rlimit){.rlim_cur = 3, .rlim_max = before.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	int64_t cpu = cpu_time();
	client_reach(fixture, &waiting);
	/* Half a second of silence, which the kernel measures. */
	struct timeval half = {.tv_usec = 500000};
	assert_int_equal(setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &half, sizeof(half)), 0);
	assert_false(next_frame(&client, FRAME_OPEN, &frame));
	assert_true(cpu_time() - cpu < CLOCK_SECOND / 10);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	client_greet_on(&waiting);
	client_leave(&waiting);
	client_close(&client);
}

/* Nothing but STOPPING for each request, and for the connection. */
static void expect_stopping(struct client *client)
{
	uint16_t number = client->number;
	struct error error;
	struct frame frame;

	while (next_frame(client, FRAME_OPEN, &frame)) {
		assert_int_equal(frame.type, FRAME_ERROR);
		assert_int_equal(error_decode((struct span){client->payload, frame.length}, &error), STATUS_OK);
		assert_int_equal(error.code, ERROR_STOPPING);
		number = frame.number;
	}
	assert_int_equal(number, 0);
}

/* Waits, without reading, until the server has ended the connection. */
static void wait_for_reset(struct client *client)
{
	struct pollfd polled = {.fd = client->fd, .events = POLLRDHUP};

	assert_int_equal(poll(&polled, 1, PATIENCE_MS), 1);
}

/* --- Deadlines -------------------------------------------------------------------------------------------------------- */

static void silent_client_is_sent_away(void **state)
{
	struct fixture *fixture = *state;
	struct client client;
	struct frame frame;

	fixture->settings.greeting_deadline = CLOCK_SECOND / 10;
	start(fixture);
	client_connect(fixture, &client);
	assert_int_equal(expect_error(&client, FRAME_GREETING), ERROR_DEADLINE);
	assert_false(next_frame(&client, FRAME_GREETING, &frame));
	client_close(&client);
}

static void idle_client_is_sent_away_and_a_busy_one_is_not(void **state)
{
	struct fixture *fixture = *state;
	struct pieces_request request = {.path = span_of("big"), .count = 1};
	struct client idle, busy;

	fixture->settings.idle_deadline = CLOCK_SECOND / 2;
	start(fixture);
	client_greet(fixture, &busy);
	/* More than it is sent before it reads: the server owes it something all the time. */
	for (uint16_t i = 0; i < 60; i++)
		client_read(&busy, &request);
	client_greet(fixture, &idle);
	assert_int_equal(expect_error(&idle, FRAME_OPEN), ERROR_DEADLINE);
	client_close(&idle);
	for (uint16_t i = 1; i <= 60; i++) {
		expect_file_of(&busy, i);
		expect_piece(fixture, &busy, 0);
	}
	/* Now it is as idle as the other was. */
	assert_int_equal(expect_error(&busy, FRAME_OPEN), ERROR_DEADLINE);
	client_close(&busy);
}

static void client_that_takes_too_little_is_cut_off(void **state)
{
	struct fixture *fixture = *state;
	struct pieces_request request = {.path = span_of("big"), .count = 1};
	struct client client;
	struct frame frame;
	unsigned frames = 0;

	fixture->settings.rate_window = CLOCK_SECOND / 10;
	start(fixture);
	client_greet(fixture, &client);
	for (int i = 0; i < 64; i++)
		client_read(&client, &request);
	/* Until the server has given up; what the kernel held by then is still there. */
	wait_for_reset(&client);
	while (next_frame(&client, FRAME_OPEN, &frame))
		frames++;
	assert_true(frames < 2 * 64);
	client_close(&client);
}

/* --- Ends ------------------------------------------------------------------------------------------------------------- */

static bool is_done(struct fixture *fixture, int timeout_ms)
{
	return poll(&(struct pollfd){.fd = server_done_fd(fixture->server), .events = POLLIN}, 1, timeout_ms) == 1;
}

static void drain_waits_for_running_replies_only(void **state)
{
	struct fixture *fixture = *state;
	struct pieces_request request = {.path = span_of("big"), .count = 1};
	struct client idle, busy;

	start(fixture);
	client_greet(fixture, &idle);
	client_greet(fixture, &busy);
	client_read(&busy, &request);
	request.version = expect_file(&busy).version;
	expect_piece(fixture, &busy, 0);
	request.count = UINT64_MAX;
	for (int i = 0; i < 10; i++)
		client_read(&busy, &request);
	expect_file_of(&busy, 2);
	server_drain(fixture->server);
	server_drain(fixture->server);
	assert_int_equal(expect_error(&idle, FRAME_OPEN), ERROR_STOPPING);
	client_close(&idle);
	assert_false(is_done(fixture, 0));
	for (uint64_t i = 0; i < piece_count(BIG_SIZE); i++)
		expect_piece(fixture, &busy, i);
	/* Whatever came after the running one ends with STOPPING. */
	expect_stopping(&busy);
	assert_true(is_done(fixture, PATIENCE_MS));
	client_close(&busy);
}

static void drain_refuses_new_connections(void **state)
{
	struct fixture *fixture = *state;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	start(fixture);
	server_drain(fixture->server);
	assert_true(is_done(fixture, PATIENCE_MS));
	assert_int_equal(connect(fd, (struct sockaddr *)&fixture->address, sizeof(fixture->address)), -1);
	close(fd);
}

static void drain_ends_at_its_deadline(void **state)
{
	struct fixture *fixture = *state;
	struct client stuck;

	fixture->settings.drain_deadline = CLOCK_SECOND / 5;
	start(fixture);
	client_greet(fixture, &stuck);
	for (int i = 0; i < 60; i++)
		client_read(&stuck, &(struct pieces_request){.path = span_of("big"), .count = 1});
	expect_file_of(&stuck, 1);
	server_drain(fixture->server);
	assert_true(is_done(fixture, PATIENCE_MS));
	client_close(&stuck);
}

static void stop_cuts_everybody_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct client clients[4];

	start(fixture);
	for (int i = 0; i < 4; i++)
		client_greet(fixture, &clients[i]);
	for (int i = 0; i < 60; i++)
		client_read(&clients[0], &(struct pieces_request){.path = span_of("big"), .count = 1});
	server_drain(fixture->server);
	server_stop(fixture->server);
	assert_true(is_done(fixture, PATIENCE_MS));
	for (int i = 0; i < 4; i++)
		client_close(&clients[i]);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(connections_over_the_cap_hear_busy),
		CASE(connections_beyond_the_refusals_are_closed_without_a_word),
		CASE(missing_descriptors_do_not_spin_and_pass),
		CASE(silent_client_is_sent_away),
		CASE(idle_client_is_sent_away_and_a_busy_one_is_not),
		CASE(client_that_takes_too_little_is_cut_off),
		CASE(drain_waits_for_running_replies_only),
		CASE(drain_refuses_new_connections),
		CASE(drain_ends_at_its_deadline),
		CASE(stop_cuts_everybody_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
