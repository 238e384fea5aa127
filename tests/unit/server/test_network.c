/* Tests of networks: what is one, and which addresses it holds. */
#include "network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct network_host host(const char *text)
{
	struct address address;

	assert_int_equal(address_parse(text, &address), STATUS_OK);
	return network_host_of(&address);
}

static bool holds(const char *range, const char *address)
{
	struct network network;
	struct network_host asked = host(address);

	assert_int_equal(network_parse(range, &network), STATUS_OK);
	return network_holds(&network, &asked);
}

static void a_range_holds_what_begins_alike(void **state)
{
	(void)state;
	assert_true(holds("10.0.0.0/8", "10.255.0.1"));
	assert_false(holds("10.0.0.0/8", "11.0.0.0"));
	assert_true(holds("192.168.4.0/22", "192.168.7.255"));
	assert_false(holds("192.168.4.0/22", "192.168.8.0"));
	assert_true(holds("192.168.1.7", "192.168.1.7"));
	assert_false(holds("192.168.1.7", "192.168.1.6"));
	assert_true(holds("192.168.1.6/31", "192.168.1.7"));
	assert_true(holds("fd00::/8", "[fdab::1]"));
	assert_false(holds("fd00::/8", "[fe80::1]"));
	assert_true(holds("::1", "[::1]"));
	assert_false(holds("::1", "[::2]"));
	assert_true(holds("2001:db8::/33", "[2001:db8:7fff::]"));
	assert_false(holds("2001:db8::/33", "[2001:db8:8000::]"));
}

static void ipv4_in_a_dress_of_ipv6_is_ipv4(void **state)
{
	(void)state;
	assert_true(holds("10.0.0.0/8", "[::ffff:10.1.2.3]"));
	assert_true(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
	assert_false(holds("10.0.0.0/8", "[::ffff:11.1.2.3]"));
}

static void everything_of_one_family_is_nothing_of_the_other(void **state)
{
	(void)state;
	assert_true(holds("0.0.0.0/0", "255.1.2.3"));
	assert_true(holds("::/0", "[ff02::1]"));
	assert_false(holds("0.0.0.0/0", "[::1]"));
	assert_false(holds("::/0", "127.0.0.1"));
	assert_false(holds("::/64", "[::ffff:127.0.0.1]"));
}

static void what_is_no_range_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8 ", " 10.0.0.0/8", "10.0.0/8",
		"10.0.0.1/8", "10.0.0.0/8/8", "example.org", "localhost", "::/129", "::1/64", "fd00::1%lo", "[::1]", "1.2.3.4:80",
		"0x7f.0.0.1", "2130706433", "::/1000", "fd00::/8x",
		"10.0.0.0000000000000000000000000000000000000000000000000000000000000000000000000000/8",
	};
	struct network network;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(network_parse(wrong[i], &network), STATUS_INVALID);
}

static void every_length_holds_exactly_the_bits_it_says(void **state)
{
	struct network_host first = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};

	(void)state;
	for (unsigned bits = 0; bits <= 128; bits++) {
		struct network network = {.first = first, .bits = bits};
		for (unsigned bit = 0; bit < 128; bit++) {
			struct network_host other = first;
			other.bytes[bit / 8] ^= (unsigned char)(0x80 >> bit % 8);
			assert_int_equal(network_holds(&network, &other), bit >= bits);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_range_holds_what_begins_alike),
		cmocka_unit_test(ipv4_in_a_dress_of_ipv6_is_ipv4),
		cmocka_unit_test(everything_of_one_family_is_nothing_of_the_other),
		cmocka_unit_test(what_is_no_range_is_refused),
		cmocka_unit_test(every_length_holds_exactly_the_bits_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
