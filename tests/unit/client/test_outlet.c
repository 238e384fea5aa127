/* Tests of outlets: nothing leaves before it is proven, everything in order, and a reader that goes away is told. */
#include "outlet.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static struct outlet *make(int fd)
{
	struct outlet *outlet = NULL;

	assert_int_equal(outlet_new(fd, OUTLET_CLOSES, &outlet), STATUS_OK);
	return outlet;
}

static void a_piece_leaves_when_it_is_released_and_not_before(void **state)
{
	int ends[2];
	char found[16] = "";

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	struct outlet *outlet = make(ends[1]);
	assert_true(outlet_is_ordered(outlet));
	assert_int_equal(outlet_next(outlet), 0);
	outlet_gather(outlet, 3, "def", 3);
	outlet_gather(outlet, 0, "abc", 3);
	assert_int_equal(read(ends[0], found, sizeof(found)), -1);
	assert_int_equal(outlet_release(outlet, 6), STATUS_OK);
	assert_int_equal(outlet_next(outlet), 1);
	assert_int_equal(read(ends[0], found, sizeof(found)), 6);
	assert_string_equal(found, "abcdef");
	outlet_gather(outlet, 0, "gh", 2);
	assert_int_equal(outlet_release(outlet, 2), STATUS_OK);
	assert_int_equal(read(ends[0], found, sizeof(found)), 2);
	assert_memory_equal(found, "gh", 2);
	outlet_free(outlet);
	assert_int_equal(read(ends[0], found, sizeof(found)), 0);
	close(ends[0]);
}

static void a_piece_that_came_wrong_is_gathered_anew(void **state)
{
	int ends[2];
	char found[16] = "";

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	struct outlet *outlet = make(ends[1]);
	outlet_gather(outlet, 0, "wrong", 5);
	outlet_gather(outlet, 0, "right", 5);
	assert_int_equal(outlet_release(outlet, 5), STATUS_OK);
	assert_int_equal(read(ends[0], found, sizeof(found)), 5);
	assert_string_equal(found, "right");
	outlet_free(outlet);
	close(ends[0]);
}

static void a_reader_that_went_away_is_a_loss(void **state)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	int ends[2];

	(void)state;
	sigaction(SIGPIPE, &ignore, NULL);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	struct outlet *outlet = make(ends[1]);
	close(ends[0]);
	outlet_gather(outlet, 0, "x", 1);
	assert_int_equal(outlet_release(outlet, 1), STATUS_LOST);
	outlet_free(outlet);
}

static void a_full_device_is_no_space(void **state)
{
	struct outlet *outlet = make(open("/dev/full", O_WRONLY | O_CLOEXEC));

	(void)state;
	outlet_gather(outlet, 0, "x", 1);
	assert_int_equal(outlet_release(outlet, 1), STATUS_NO_SPACE);
	outlet_free(outlet);
}

static void what_goes_nowhere_needs_no_order(void **state)
{
	struct outlet *outlet = make(open("/dev/null", O_WRONLY | O_CLOEXEC));

	(void)state;
	assert_false(outlet_is_ordered(outlet));
	assert_int_equal(outlet_release(outlet, 1 << 20), STATUS_OK);
	outlet_free(outlet);
}

static void standard_output_is_left_open(void **state)
{
	struct outlet *outlet = NULL;

	(void)state;
	assert_int_equal(outlet_new(STDOUT_FILENO, OUTLET_LEAVES, &outlet), STATUS_OK);
	outlet_free(outlet);
	assert_true(fcntl(STDOUT_FILENO, F_GETFD) >= 0);
	outlet_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_piece_leaves_when_it_is_released_and_not_before),
		cmocka_unit_test(a_piece_that_came_wrong_is_gathered_anew),
		cmocka_unit_test(a_reader_that_went_away_is_a_loss),
		cmocka_unit_test(a_full_device_is_no_space),
		cmocka_unit_test(what_goes_nowhere_needs_no_order),
		cmocka_unit_test(standard_output_is_left_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
