/* Tests of how descriptors are shared out. */
/* Threat C9 of docs/security.md. */
#include "descriptors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture.h"
#include "log.h"

static void contents_get_a_quarter_and_never_none(void **state)
{
	(void)state;
	assert_int_equal(descriptors_contents(4096), 1024);
	assert_int_equal(descriptors_contents(3), 1);
	assert_int_equal(descriptors_contents(0), 1);
	assert_true(descriptors_contents(1u << 30) < 1u << 20);
}

static void connections_that_fit_stay_as_they_are(void **state)
{
	struct settings settings = {.max_connections = 4096, .max_connections_per_address = 1024};
	struct capture logged;

	(void)state;
	capture_start(&logged, STDERR_FILENO);
	descriptors_fit(&settings, 20000);
	log_flush();
	assert_string_equal(capture_end(&logged), "");
	assert_int_equal(settings.max_connections, 4096);
	assert_int_equal(settings.max_connections_per_address, 1024);
}

static void too_many_connections_are_lowered_and_said(void **state)
{
	struct settings settings = {.max_connections = 4096, .max_connections_per_address = 500, .listen_count = 2, .share_count = 3};
	struct capture logged;

	(void)state;
	capture_start(&logged, STDERR_FILENO);
	descriptors_fit(&settings, 1024);
	log_flush();
	assert_non_null(strstr(capture_end(&logged), "level=warn event=limit setting=max_connections wanted=4096 lowered=603"));
	assert_int_equal(settings.max_connections, 1024 - 256 - 128 - 32 - 2 - 3);
	assert_non_null(strstr(logged.text, "setting=max_connections_per_address wanted=500 lowered=73"));
	assert_int_equal(settings.max_connections_per_address, 500 * 603 / 4096);
}

static void the_part_of_one_address_stays_the_same_part(void **state)
{
	struct settings settings = {.max_connections = 4000, .max_connections_per_address = 1000, .listing_folders = 2048,
		.listing_folders_per_address = 512};
	struct capture logged;

	(void)state;
	capture_start(&logged, STDERR_FILENO);
	descriptors_fit(&settings, 1024);
	log_flush();
	assert_non_null(strstr(capture_end(&logged), "setting=listing_folders_per_address wanted=512 lowered=32"));
	assert_int_equal(settings.max_connections_per_address, settings.max_connections / 4);
	assert_int_equal(settings.listing_folders, 128);
	assert_int_equal(settings.listing_folders_per_address, 32);
}

static void one_address_reads_a_quarter_of_the_contents_at_once(void **state)
{
	struct settings settings = {.max_connections = 100};

	(void)state;
	descriptors_fit(&settings, 4096);
	assert_int_equal(settings.readers, 100);
	assert_int_equal(settings.readers_per_address, descriptors_contents(4096) / 4);
	descriptors_fit(&settings, 3);
	assert_int_equal(settings.readers_per_address, 1);
}

static void with_hardly_any_descriptors_one_connection_is_left(void **state)
{
	struct capture logged;

	(void)state;
	for (size_t count = 0; count < 128; count++) {
		struct settings settings = {.max_connections = 4096, .max_connections_per_address = 1024, .listing_folders = 2048,
			.listing_folders_per_address = 512};
		capture_start(&logged, STDERR_FILENO);
		descriptors_fit(&settings, count);
		capture_end(&logged);
		assert_true(settings.max_connections >= 1 && settings.max_connections_per_address >= 1);
		assert_true(settings.listing_folders >= 4 && settings.listing_folders_per_address >= 4);
		assert_true(settings.max_connections <= (count > 1 ? count : 1));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contents_get_a_quarter_and_never_none),
		cmocka_unit_test(connections_that_fit_stay_as_they_are),
		cmocka_unit_test(too_many_connections_are_lowered_and_said),
		cmocka_unit_test(the_part_of_one_address_stays_the_same_part),
		cmocka_unit_test(one_address_reads_a_quarter_of_the_contents_at_once),
		cmocka_unit_test(with_hardly_any_descriptors_one_connection_is_left),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
