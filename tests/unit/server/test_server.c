/* Tests of the running server: a file, many clients on few threads, and clients that do not read. */
#include "served.h"

static void serves_a_file_twice(void **state)
{
	struct fixture *fixture = *state;
	struct server_totals totals;
	struct client client;

	start(fixture);
	client_greet(fixture, &client);
	fetch_big(fixture, &client);
	fetch_big(fixture, &client);
	client_leave(&client);
	server_totals(fixture->server, &totals);
	assert_int_equal(totals.requests, 4);
	assert_int_equal(totals.connections, 1);
	assert_int_equal(totals.sent, 2 * BIG_SIZE);
	assert_int_equal(totals.hashed, BIG_SIZE);
}

static void *fetch_in_thread(void *argument)
{
	struct client client;

	client_greet(argument, &client);
	fetch_big(argument, &client);
	client_leave(&client);
	return NULL;
}

static void many_clients_are_served_by_few_threads(void **state)
{
	struct fixture *fixture = *state;
	struct server_totals totals;
	pthread_t threads[8];

	/* Twice as many silent ones as there are workers cost nobody anything. */
	struct client silent[2 * WORKERS];

	start(fixture);
	for (int i = 0; i < 2 * WORKERS; i++)
		client_connect(fixture, &silent[i]);
	for (int i = 0; i < 8; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, fetch_in_thread, fixture), 0);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < 2 * WORKERS; i++)
		client_close(&silent[i]);
	server_totals(fixture->server, &totals);
	assert_int_equal(totals.sent, 8 * BIG_SIZE);
	assert_int_equal(totals.connections, 8 + 2 * WORKERS);
}

static void clients_that_never_read_do_not_hinder_one_that_does(void **state)
{
	struct fixture *fixture = *state;
	struct client stuck[2 * WORKERS];
	struct client client;

	start(fixture);
	for (int i = 0; i < 2 * WORKERS; i++) {
		client_greet(fixture, &stuck[i]);
		for (int j = 0; j < 60; j++)
			client_read(&stuck[i], &(struct pieces_request){.path = span_of("big"), .count = 1});
	}
	client_greet(fixture, &client);
	fetch_big(fixture, &client);
	client_leave(&client);
	for (int i = 0; i < 2 * WORKERS; i++)
		client_close(&stuck[i]);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(serves_a_file_twice),
		CASE(many_clients_are_served_by_few_threads),
		CASE(clients_that_never_read_do_not_hinder_one_that_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
