/* Tests of the file of known servers: what it says, what is refused, how it changes. */
#include "known_servers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "scratch.h"

#define ONE "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define TWO "sha256:ZxUNRpfUz/C5kcjDHBomMiG3qkwvtN/GHDVJkPsWD4I="

static struct pin pin_of(const char *text)
{
	struct pin pin;

	assert_int_equal(pin_parse(text, &pin), STATUS_OK);
	return pin;
}

static void assert_known(const struct known_servers *servers, const char *host, uint16_t port, const char *text)
{
	const struct pin *known = known_servers_find(servers, host, port);

	assert_int_equal(known != NULL, text != NULL);
	if (!text)
		return;
	struct pin pin = pin_of(text);
	assert_true(pin_equal(known, &pin));
}

static void a_line_is_a_server(void **state)
{
	struct known_servers servers;
	size_t line;

	(void)state;
	assert_int_equal(known_servers_parse(span_of("# remark\n\nhost.example 7440 " ONE "\n::1 1 " TWO "\nfe80::1%eth0 65535 " ONE), &servers,
		&line), STATUS_OK);
	assert_int_equal(servers.count, 3);
	assert_known(&servers, "host.example", 7440, ONE);
	assert_known(&servers, "HOST.Example", 7440, ONE);
	assert_known(&servers, "host.example", 7441, NULL);
	assert_known(&servers, "host.exampl", 7440, NULL);
	assert_known(&servers, "::1", 1, TWO);
	assert_known(&servers, "fe80::1%eth0", 65535, ONE);
	known_servers_release(&servers);
}

static void what_is_no_server_is_refused_with_its_line(void **state)
{
	static const char *const wrong[] = {
		"h", "h 1", "h 1 sha256:", "h 0 " ONE, "h 65536 " ONE, "h -1 " ONE, "h +1 " ONE, "h x " ONE, "h 00001x " ONE, "h 123456 " ONE,
		"h 1 " ONE " more", "h 1 " ONE "x", "1 " ONE, "a.example 1 " ONE, "A.EXAMPLE 1 " TWO, "h\t1\t" ONE,
		" #h 1 " ONE, /* written again it would begin with '#' and be nobody's */
	};
	struct known_servers servers;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[512];
		size_t line = 0;
		snprintf(text, sizeof(text), "# remark\na.example 1 " ONE "\n%s\n", wrong[i]);
		if (known_servers_parse(span_of(text), &servers, &line) != STATUS_INVALID || line != 3)
			fail_msg("%s", wrong[i]);
	}
}

static void a_line_that_is_too_long_or_holds_a_nul_is_refused(void **state)
{
	char text[1000];
	struct known_servers servers;
	size_t line;

	(void)state;
	memset(text, 'h', sizeof(text));
	assert_int_equal(known_servers_parse((struct span){(unsigned char *)text, sizeof(text)}, &servers, &line), STATUS_INVALID);
	assert_int_equal(known_servers_parse((struct span){(const unsigned char *)"#\0\n", 3}, &servers, &line), STATUS_INVALID);
}

static void every_cut_and_every_flipped_bit_is_read_without_harm(void **state)
{
	char text[] = "# remark\nhost.example 7440 " ONE "\n::1 1 " TWO "\n";
	struct known_servers servers;
	size_t line;

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		if (known_servers_parse((struct span){(unsigned char *)text, cut}, &servers, &line) == STATUS_OK)
			known_servers_release(&servers);
	}
	for (size_t bit = 0; bit < 8 * (sizeof(text) - 1); bit++) {
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
		if (known_servers_parse((struct span){(unsigned char *)text, sizeof(text) - 1}, &servers, &line) == STATUS_OK)
			known_servers_release(&servers);
		text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
	}
}

static void a_server_is_there_once_and_can_be_removed(void **state)
{
	struct known_servers servers = {.list = NULL};
	struct pin one = pin_of(ONE), two = pin_of(TWO);

	(void)state;
	assert_int_equal(known_servers_set(&servers, "a", 1, &one), STATUS_OK);
	assert_int_equal(known_servers_set(&servers, "b", 1, &one), STATUS_OK);
	assert_int_equal(known_servers_set(&servers, "A", 1, &two), STATUS_OK);
	assert_int_equal(servers.count, 2);
	assert_known(&servers, "a", 1, TWO);
	assert_int_equal(known_servers_remove(&servers, "a", 2), STATUS_NOT_FOUND);
	assert_int_equal(known_servers_remove(&servers, "a", 1), STATUS_OK);
	assert_known(&servers, "a", 1, NULL);
	assert_known(&servers, "b", 1, ONE);
	known_servers_release(&servers);
}

static void what_is_saved_is_loaded(void **state)
{
	struct scratch scratch;
	struct known_servers servers = {.list = NULL}, loaded;
	struct pin one = pin_of(ONE);
	size_t line;

	(void)state;
	assert_int_equal(scratch_make(&scratch), 0);
	assert_int_equal(known_servers_load(scratch.folder, &loaded, &line), STATUS_OK);
	assert_int_equal(loaded.count, 0);
	assert_int_equal(known_servers_set(&servers, "fe80::1%eth0", 443, &one), STATUS_OK);
	assert_int_equal(known_servers_save(scratch.folder, &servers), STATUS_OK);
	assert_int_equal(known_servers_load(scratch.folder, &loaded, &line), STATUS_OK);
	assert_known(&loaded, "fe80::1%eth0", 443, ONE);
	known_servers_release(&servers);
	known_servers_release(&loaded);
	assert_int_equal(scratch_remove(&scratch), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_a_server),
		cmocka_unit_test(what_is_no_server_is_refused_with_its_line),
		cmocka_unit_test(a_line_that_is_too_long_or_holds_a_nul_is_refused),
		cmocka_unit_test(every_cut_and_every_flipped_bit_is_read_without_harm),
		cmocka_unit_test(a_server_is_there_once_and_can_be_removed),
		cmocka_unit_test(what_is_saved_is_loaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
