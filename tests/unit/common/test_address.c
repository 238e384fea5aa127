/* Tests of addresses: which texts are one, how they are written, what they are. */
#include "address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct address parsed(const char *text)
{
	struct address address = {.length = 0};

	if (address_parse(text, &address) != STATUS_OK)
		fail_msg("refused: %s", text);
	return address;
}

static void good_addresses_are_written_in_one_form(void **state)
{
	static const struct {
		const char *text, *written;
		int family;
	} cases[] = {
		{"127.0.0.1:7440", "127.0.0.1:7440", AF_INET},
		{"127.0.0.1", "127.0.0.1:7440", AF_INET},
		{"192.168.1.20:0", "192.168.1.20:0", AF_INET},
		{"0.0.0.0:65535", "0.0.0.0:65535", AF_INET},
		{":80", "[::]:80", AF_INET6},
		{":0", "[::]:0", AF_INET6},
		{"[::1]:7441", "[::1]:7441", AF_INET6},
		{"[::1]", "[::1]:7440", AF_INET6},
		{"::1", "[::1]:7440", AF_INET6},
		{"::", "[::]:7440", AF_INET6},
		{"2001:DB8::0:1", "[2001:db8::1]:7440", AF_INET6},
		{"[2001:db8::1]:00080", "[2001:db8::1]:80", AF_INET6},
		{"::ffff:10.0.0.1", "10.0.0.1:7440", AF_INET6},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address = parsed(cases[i].text);
		char text[ADDRESS_TEXT_SIZE];
		assert_int_equal(address.storage.ss_family, cases[i].family);
		size_t length = cases[i].family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
		assert_int_equal(address.length, length);
		address_text(&address, text);
		assert_string_equal(text, cases[i].written);
	}
}

static void junk_is_refused_and_leaves_the_result_alone(void **state)
{
	static const char *const junk[] = {
		"", ":", "::1:", "[", "]", "[]", "[]:80", "[::1", "[::1]80", "[::1]:", "[::1]x", "[127.0.0.1]:80", "[::g]:80",
		"localhost", "localhost:80", "example.org", "127.1", "0x7f.0.0.1", "127.0.0.1.1", "256.0.0.1", "1.2.3", "127.0.0.1:",
		"127.0.0.1:65536", "127.0.0.1:99999", "127.0.0.1:100000", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 80",
		"127.0.0.1:80 ", " 127.0.0.1", "127.0.0.1 :80", "127.0.0.1:0x50", "127.0.0.1:80a", ":65536", ":http", "*:80", "80",
		"1:2:3", ":::", "::1%nosuchzone", "[::1]:80:80", "127.0.0.1:000080",
		"1111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111",
		"::11111111111111111111111111111111111111111111111111111111111111", /* 64 bytes */
		"[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111]:1",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		struct address address = {.length = 77};
		if (address_parse(junk[i], &address) != STATUS_INVALID)
			fail_msg("taken: %s", junk[i]);
		assert_int_equal(address.length, 77);
	}
}

static void what_is_written_is_read_back(void **state)
{
	static const char *const texts[] = {"10.1.2.3:1", "[::]:7440", "[2001:db8:1:2:3:4:5:6]:65535", "[fe80::1%1]:80"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct address address = parsed(texts[i]);
		char text[ADDRESS_TEXT_SIZE];
		address_text(&address, text);
		struct address again = parsed(text);
		assert_int_equal(again.length, address.length);
		assert_memory_equal(&again.storage, &address.storage, address.length);
	}
}

static void a_zone_is_kept(void **state)
{
	struct address address = parsed("[fe80::1%lo]:80");
	char text[ADDRESS_TEXT_SIZE];

	(void)state;
	assert_int_equal(((struct sockaddr_in6 *)&address.storage)->sin6_scope_id, if_nametoindex("lo"));
	address_text(&address, text);
	assert_string_equal(text, "[fe80::1%lo]:80");
}

static void ports_can_be_replaced_in_both_families(void **state)
{
	static const char *const texts[] = {"127.0.0.1:1", "[::1]:1"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct address address = parsed(texts[i]);
		assert_int_equal(address_port(&address), 1);
		address_set_port(&address, 65534);
		assert_int_equal(address_port(&address), 65534);
	}
}

static void loopback_and_wildcard_are_told_from_the_rest(void **state)
{
	static const struct {
		const char *text;
		bool loopback, wildcard;
	} cases[] = {
		{"127.0.0.1", true, false},
		{"127.255.255.254", true, false},
		{"126.255.255.255", false, false},
		{"128.0.0.1", false, false},
		{"0.0.0.0", false, true},
		{"0.0.0.1", false, false},
		{"::1", true, false},
		{"::2", false, false},
		{"::", false, true},
		{"::ffff:127.0.0.1", true, false},
		{"::ffff:0.0.0.0", false, true},
		{"::ffff:10.0.0.1", false, false},
		{"fe80::1%1", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct address address = parsed(cases[i].text);
		assert_int_equal(address_is_loopback(&address), cases[i].loopback);
		assert_int_equal(address_is_wildcard(&address), cases[i].wildcard);
	}
}

static bool same_peer(const char *one, const char *other)
{
	struct address first = parsed(one), second = parsed(other);
	struct address_peer peer = address_peer_of(&first), other_peer = address_peer_of(&second);

	return memcmp(&peer, &other_peer, sizeof(peer)) == 0;
}

static void a_peer_is_an_ipv4_address_or_a_64_of_ipv6(void **state)
{
	(void)state;
	assert_true(same_peer("10.0.0.1:1", "10.0.0.1:2"));
	assert_false(same_peer("10.0.0.1", "10.0.0.2"));
	assert_true(same_peer("10.0.0.1", "::ffff:10.0.0.1"));
	assert_true(same_peer("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff"));
	assert_false(same_peer("2001:db8:0:1::1", "2001:db8:0:2::1"));
	/* Equal bytes, other family. */
	assert_false(same_peer("10.0.0.1", "a00:1::"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_are_written_in_one_form),
		cmocka_unit_test(junk_is_refused_and_leaves_the_result_alone),
		cmocka_unit_test(what_is_written_is_read_back),
		cmocka_unit_test(a_zone_is_kept),
		cmocka_unit_test(ports_can_be_replaced_in_both_families),
		cmocka_unit_test(loopback_and_wildcard_are_told_from_the_rest),
		cmocka_unit_test(a_peer_is_an_ipv4_address_or_a_64_of_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
