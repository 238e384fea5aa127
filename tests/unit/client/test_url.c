/* Tests of ferry:// URLs: what they name, each refusal with its sentence, and that what is written can be fed back. */
#include "url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct url parse(const char *text)
{
	struct url url;
	const char *problem;

	if (url_parse(text, &url, &problem) != STATUS_OK)
		fail_msg("%s: %s", text, problem);
	return url;
}

static void assert_refused(const char *text, const char *words)
{
	struct url url = {.port = 1};
	const char *problem = NULL;

	if (url_parse(text, &url, &problem) != STATUS_INVALID)
		fail_msg("%s is not refused", text);
	if (!strstr(problem, words))
		fail_msg("%s is refused by \"%s\" instead of \"%s\"", text, problem, words);
	assert_int_equal(url.port, 1);
}

static void assert_parsed(const char *text, const char *host, unsigned port, const char *path)
{
	struct url url = parse(text);

	assert_string_equal(url.host, host);
	assert_int_equal(url.port, port);
	assert_string_equal(url.path, path);
	assert_false(url.tls);
	url_release(&url);
}

static void host_port_and_path_are_taken_apart(void **state)
{
	(void)state;
	assert_parsed("ferry://host/file", "host", 7440, "file");
	assert_parsed("ferry://host:1/a/b c", "host", 1, "a/b c");
	assert_parsed("ferry://host:65535/", "host", 65535, "");
	assert_parsed("ferry://my-host.example_1.net", "my-host.example_1.net", 7440, "");
	assert_parsed("ferry://127.0.0.1:40123/x", "127.0.0.1", 40123, "x");
	assert_parsed("FERRY://Host/x", "Host", 7440, "x");
}

static void ipv6_addresses_stand_in_brackets_and_may_have_a_zone(void **state)
{
	(void)state;
	assert_parsed("ferry://[::1]/x", "::1", 7440, "x");
	assert_parsed("ferry://[2001:db8::7]:99/x", "2001:db8::7", 99, "x");
	assert_parsed("ferry://[::ffff:127.0.0.1]", "::ffff:127.0.0.1", 7440, "");
	assert_parsed("ferry://[fe80::1%25eth0]/x", "fe80::1%eth0", 7440, "x");
	assert_parsed("ferry://[fe80::1%25eth0.7]:8/x", "fe80::1%eth0.7", 8, "x");
}

static void only_percent_is_special_in_a_path(void **state)
{
	(void)state;
	assert_parsed("ferry://h/a?b#c&d=e;f", "h", 7440, "a?b#c&d=e;f");
	assert_parsed("ferry://h/%41%20%25%0a%FF%c3%a9", "h", 7440, "A %\n\xff\xc3\xa9");
	assert_parsed("ferry://h/a:b@c", "h", 7440, "a:b@c");
	assert_parsed("ferry://h/.hidden/..a/...", "h", 7440, ".hidden/..a/...");
}

static void final_slash_and_the_root_mean_the_contents(void **state)
{
	static const struct {
		const char *text;
		bool contents;
	} cases[] = {
		{"ferry://h", true}, {"ferry://h/", true}, {"ferry://h/a", false}, {"ferry://h/a/", true}, {"ferry://h/a/b/", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct url url = parse(cases[i].text);
		assert_int_equal(url.contents, cases[i].contents);
		url_release(&url);
	}
}

static void other_schemes_are_refused(void **state)
{
	(void)state;
	assert_refused("", "begins with ferry://");
	assert_refused("http://h/a", "begins with ferry://");
	assert_refused("ferry:/h/a", "begins with ferry://");
	assert_refused("h/a", "begins with ferry://");
}

static void bad_hosts_are_refused(void **state)
{
	char longer[300] = "ferry://";

	(void)state;
	assert_refused("ferry://", "the host is missing");
	assert_refused("ferry:///a", "the host is missing");
	assert_refused("ferry://:99/a", "the host is missing");
	assert_refused("ferry://user@h/a", "names no user");
	assert_refused("ferry://user:word@h/a", "names no user");
	assert_refused("ferry://h o/a", "a character that no host has");
	assert_refused("ferry://h%41/a", "a character that no host has");
	assert_refused("ferry://h?x", "a character that no host has");
	assert_refused("ferry://h\x01/a", "a character that no host has");
	assert_refused("ferry://h\xc3\xa9/a", "a character that no host has");
	memset(longer + strlen("ferry://"), 'h', 254);
	assert_refused(longer, "the host's name is too long");
}

static void bad_ipv6_addresses_are_refused(void **state)
{
	(void)state;
	assert_refused("ferry://::1/a", "needs brackets");
	assert_refused("ferry://[::1/a", "not closed");
	assert_refused("ferry://[]/a", "must hold an IPv6 address");
	assert_refused("ferry://[127.0.0.1]/a", "must hold an IPv6 address");
	assert_refused("ferry://[::1::2]/a", "must hold an IPv6 address");
	assert_refused("ferry://[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]/a", "must hold an IPv6 address");
	assert_refused("ferry://[::1]x/a", "only :PORT may follow");
	assert_refused("ferry://[::1]7/a", "only :PORT may follow");
	assert_refused("ferry://[fe80::1%eth0]/a", "the zone of an IPv6 address");
	assert_refused("ferry://[fe80::1%]/a", "the zone of an IPv6 address");
	assert_refused("ferry://[fe80::1%25]/a", "the zone of an IPv6 address");
	assert_refused("ferry://[fe80::1%25a b]/a", "the zone of an IPv6 address");
	assert_refused("ferry://[fe80::1%25interface-of-16ch]/a", "the zone of an IPv6 address");
}

static void bad_ports_are_refused(void **state)
{
	static const char *const texts[] = {
		"ferry://h:/a", "ferry://h:0/a", "ferry://h:65536/a", "ferry://h:99999999999999999999/a", "ferry://h:8x/a",
		"ferry://h:-1/a", "ferry://h:+1/a", "ferry://h: 1/a", "ferry://[::1]:/a", "ferry://h:000080/a",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_refused(texts[i], "the port must be a number from 1 to 65535");
}

static void bad_escapes_are_refused(void **state)
{
	(void)state;
	assert_refused("ferry://h/%", "two hexadecimal digits");
	assert_refused("ferry://h/%4", "two hexadecimal digits");
	assert_refused("ferry://h/%4/x", "two hexadecimal digits");
	assert_refused("ferry://h/%4g", "two hexadecimal digits");
	assert_refused("ferry://h/100%", "two hexadecimal digits");
	assert_refused("ferry://h/%00", "%00 cannot be part");
	assert_refused("ferry://h/a%2Fb", "%2F cannot be part");
	assert_refused("ferry://h/a%2fb", "%2F cannot be part");
}

static void dots_and_empty_names_are_refused(void **state)
{
	static const char *const dots[] = {
		"ferry://h/.", "ferry://h/..", "ferry://h/a/../b", "ferry://h/a/./b", "ferry://h/a/..", "ferry://h/../",
		"ferry://h/%2e%2E/b", "ferry://h/%2e",
	};
	static const char *const empties[] = {"ferry://h//", "ferry://h//a", "ferry://h/a//b", "ferry://h/a//", "ferry://h///"};

	(void)state;
	for (size_t i = 0; i < COUNT(dots); i++)
		assert_refused(dots[i], ". or ..");
	for (size_t i = 0; i < COUNT(empties); i++)
		assert_refused(empties[i], "an empty name");
}

static void paths_that_no_server_has_are_refused(void **state)
{
	char text[8 + 2 + 20000] = "ferry://h/";
	size_t start = strlen(text);

	(void)state;
	memset(text + start, 'n', 256);
	assert_refused(text, "longer than 255 bytes");
	memset(text + start, '\0', 256);
	for (size_t i = 0; i < 65; i++)
		memcpy(text + start + 2 * i, "a/", 2);
	assert_refused(text, "more than 64 folders");
	for (size_t i = 0; i < 4096; i++)
		text[start + i] = i % 250 == 249 ? '/' : 'n';
	assert_refused(text, "the whole path longer than 4095");
	memset(text + start, 'n', 19990);
	assert_refused(text, "too long");
}

static void every_byte_of_a_name_survives_being_written_and_read(void **state)
{
	struct url url = parse("ferry://[fe80::1%25eth0]:99/");
	char name[3] = "x";

	(void)state;
	for (unsigned byte = 1; byte < 256; byte++) {
		if (byte == '/')
			continue;
		name[1] = (char)byte;
		char *text = url_text(&url, span_of(name));
		assert_non_null(text);
		assert_parsed(text, "fe80::1%eth0", 99, name);
		free(text);
	}
	url_release(&url);
}

static void assert_written(const char *text, const char *below, const char *expected)
{
	struct url url = parse(text);
	char *written = url_text(&url, span_of(below));

	assert_string_equal(written, expected);
	free(written);
	url_release(&url);
}

static void written_url_is_the_shortest_that_means_the_same(void **state)
{
	(void)state;
	assert_written("ferry://h", "", "ferry://h/");
	assert_written("ferry://h:7440/a%41", "", "ferry://h/aA");
	assert_written("ferry://h:7441/a", "b c/d", "ferry://h:7441/a/b%20c/d");
	assert_written("ferry://h/a/", "", "ferry://h/a/");
	assert_written("ferry://h/a/", "b", "ferry://h/a/b");
	assert_written("ferry://h/", "b", "ferry://h/b");
	assert_written("ferry://[::1]/a?%0a", "", "ferry://[::1]/a%3F%0A");
}

static void copy_stands_alone(void **state)
{
	struct url url = parse("ferry://host:99/a/b/"), copy;

	(void)state;
	assert_int_equal(url_copy(&url, &copy), STATUS_OK);
	url_release(&url);
	url_release(&url);
	assert_string_equal(copy.host, "host");
	assert_string_equal(copy.path, "a/b");
	assert_int_equal(copy.port, 99);
	assert_true(copy.contents);
	url_release(&copy);
}

static void servers_are_the_same_by_host_port_and_terms(void **state)
{
	struct url url = parse("ferry://host/a"), same = parse("ferry://HOST:7440/b");
	struct url port = parse("ferry://host:99/a"), host = parse("ferry://other/a");

	(void)state;
	assert_true(url_same_server(&url, &same));
	assert_false(url_same_server(&url, &port));
	assert_false(url_same_server(&url, &host));
	same.tls = true;
	assert_false(url_same_server(&url, &same));
	url_release(&url);
	url_release(&same);
	url_release(&port);
	url_release(&host);
}

static void text_is_meant_as_url_by_its_scheme(void **state)
{
	(void)state;
	assert_true(url_is_meant("ferry://"));
	assert_true(url_is_meant("ferrys://h"));
	assert_false(url_is_meant("ferry:/h"));
	assert_false(url_is_meant("./ferry://h"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_port_and_path_are_taken_apart),
		cmocka_unit_test(ipv6_addresses_stand_in_brackets_and_may_have_a_zone),
		cmocka_unit_test(only_percent_is_special_in_a_path),
		cmocka_unit_test(final_slash_and_the_root_mean_the_contents),
		cmocka_unit_test(other_schemes_are_refused),
		cmocka_unit_test(bad_hosts_are_refused),
		cmocka_unit_test(bad_ipv6_addresses_are_refused),
		cmocka_unit_test(bad_ports_are_refused),
		cmocka_unit_test(bad_escapes_are_refused),
		cmocka_unit_test(dots_and_empty_names_are_refused),
		cmocka_unit_test(paths_that_no_server_has_are_refused),
		cmocka_unit_test(every_byte_of_a_name_survives_being_written_and_read),
		cmocka_unit_test(written_url_is_the_shortest_that_means_the_same),
		cmocka_unit_test(copy_stands_alone),
		cmocka_unit_test(servers_are_the_same_by_host_port_and_terms),
		cmocka_unit_test(text_is_meant_as_url_by_its_scheme),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
