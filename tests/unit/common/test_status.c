/* Tests of the status texts, the errno table and the clock conversions. */
#include "status.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "clock.h"

static const char *text_of_nothing(void)
{
	return status_text((enum status)STATUS_COUNT);
}

static void every_status_has_a_text_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < STATUS_COUNT; i++) {
		const char *text = status_text((enum status)i);
		assert_true(text[0] != '\0');
		assert_string_not_equal(text, text_of_nothing());
		for (int j = 0; j < i; j++)
			assert_string_not_equal(text, status_text((enum status)j));
	}
}

static void a_value_that_is_no_status_has_a_text_too(void **state)
{
	(void)state;
	assert_non_null(text_of_nothing());
	assert_string_equal(status_text((enum status)-1), text_of_nothing());
}

static void errno_values_become_the_status_that_the_header_names(void **state)
{
	(void)state;
	static const struct {
		int error;
		enum status status;
	} cases[] = {
		{EINVAL, STATUS_INVALID},
		{ENOENT, STATUS_NOT_FOUND},
		{EACCES, STATUS_REFUSED},
		{EPERM, STATUS_REFUSED},
		{EEXIST, STATUS_EXISTS},
		{ENOTEMPTY, STATUS_EXISTS},
		{ENOTDIR, STATUS_NOT_FOLDER},
		{EISDIR, STATUS_IS_FOLDER},
		{ELOOP, STATUS_SYMLINK},
		{EXDEV, STATUS_SYMLINK},
		{ENAMETOOLONG, STATUS_NAME_TOO_LONG},
		{EROFS, STATUS_READ_ONLY},
		{ENOSPC, STATUS_NO_SPACE},
		{EDQUOT, STATUS_NO_SPACE},
		{EFBIG, STATUS_TOO_LARGE},
		{EOVERFLOW, STATUS_TOO_LARGE},
		{EIO, STATUS_IO},
		{ESTALE, STATUS_STALE},
		{ENOMEM, STATUS_NO_MEMORY},
		{EMFILE, STATUS_NO_FD},
		{ENFILE, STATUS_NO_FD},
		{EAGAIN, STATUS_BUSY},
		{EBUSY, STATUS_BUSY},
		{EINTR, STATUS_INTERRUPTED},
		{ENETUNREACH, STATUS_UNREACHABLE},
		{EHOSTUNREACH, STATUS_UNREACHABLE},
		{ENETDOWN, STATUS_UNREACHABLE},
		{EHOSTDOWN, STATUS_UNREACHABLE},
		{ECONNREFUSED, STATUS_CONNECTION_REFUSED},
		{EADDRINUSE, STATUS_ADDRESS_IN_USE},
		{EADDRNOTAVAIL, STATUS_ADDRESS_IN_USE},
		{ETIMEDOUT, STATUS_TIMEOUT},
		{ECONNRESET, STATUS_LOST},
		{ECONNABORTED, STATUS_LOST},
		{ENETRESET, STATUS_LOST},
		{ENOTCONN, STATUS_LOST},
		{EPIPE, STATUS_LOST},
		{ENOSYS, STATUS_UNSUPPORTED},
		{EOPNOTSUPP, STATUS_UNSUPPORTED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(status_from_errno(cases[i].error), cases[i].status);
}

static void an_errno_without_a_word_of_its_own_is_an_io_error(void **state)
{
	(void)state;
	assert_int_equal(status_from_errno(ENOTTY), STATUS_IO);
	assert_int_equal(status_from_errno(100000), STATUS_IO);
	assert_int_equal(status_from_errno(-1), STATUS_IO);
}

static void an_errno_that_was_never_set_is_no_success(void **state)
{
	(void)state;
	assert_int_equal(status_from_errno(0), STATUS_IO);
}

static void timespecs_survive_the_way_there_and_back(void **state)
{
	(void)state;
	static const int64_t times[] = {0, 1, -1, CLOCK_SECOND, -CLOCK_SECOND, -CLOCK_SECOND - 1, INT64_MAX,
	                                INT64_MIN + CLOCK_SECOND};
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		struct timespec time = clock_to_timespec(times[i]);
		assert_in_range(time.tv_nsec, 0, CLOCK_SECOND - 1);
		assert_true(clock_of_timespec(time) == times[i]);
	}
}

static void timespecs_beyond_292_years_saturate(void **state)
{
	(void)state;
	assert_true(clock_of_timespec((struct timespec){.tv_sec = INT64_MAX}) == INT64_MAX);
	assert_true(clock_of_timespec((struct timespec){.tv_sec = INT64_MIN}) == INT64_MIN);
	assert_true(clock_of_timespec((struct timespec){.tv_sec = INT64_MAX / CLOCK_SECOND, .tv_nsec = 999999999}) ==
	            INT64_MAX);
}

static void the_clocks_run_forwards_and_in_our_century(void **state)
{
	(void)state;
	int64_t before = clock_now();
	assert_true(clock_now() >= before);
	assert_true(before < CLOCK_NEVER);
	assert_true(clock_real() > 1600000000 * CLOCK_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_has_a_text_of_its_own),
		cmocka_unit_test(a_value_that_is_no_status_has_a_text_too),
		cmocka_unit_test(errno_values_become_the_status_that_the_header_names),
		cmocka_unit_test(an_errno_without_a_word_of_its_own_is_an_io_error),
		cmocka_unit_test(an_errno_that_was_never_set_is_no_success),
		cmocka_unit_test(timespecs_survive_the_way_there_and_back),
		cmocka_unit_test(timespecs_beyond_292_years_saturate),
		cmocka_unit_test(the_clocks_run_forwards_and_in_our_century),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
