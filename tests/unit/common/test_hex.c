/* Tests of hexadecimal digits: as they are written, and which make a digest. */
#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "path.h"

#define DIGITS "00112233445566778899aabbccddeeff0123456789abcdefABCDEF0123456789"

static void a_digest_reads_back_as_it_was_written(void **state)
{
	struct digest digest, again;
	char text[HEX_SIZE];

	(void)state;
	assert_true(hex_parse(span_of(DIGITS), &digest));
	assert_int_equal(digest.bytes[1], 0x11);
	assert_int_equal(digest.bytes[24], 0xab);
	assert_ptr_equal(hex_write(&digest, text), text);
	assert_string_equal(text, "00112233445566778899aabbccddeeff0123456789abcdefabcdef0123456789");
	assert_true(hex_parse(span_of(text), &again));
	assert_true(digest_equal(&digest, &again));
}

static void anything_but_64_digits_leaves_the_digest_alone(void **state)
{
	static const char digits[] = DIGITS "0";
	struct digest untouched, digest;
	char text[] = DIGITS;

	(void)state;
	memset(&untouched, 0xa5, sizeof untouched);
	digest = untouched;
	for (size_t length = 0; length < sizeof digits; length++)
		assert_int_equal(hex_parse((struct span){(const unsigned char *)digits, length}, &digest), length == 64);
	digest = untouched;
	for (size_t i = 0; i < 64; i++) {
		for (const char *wrong = "g/:@`G x\n"; *wrong; wrong++) {
			text[i] = *wrong;
			assert_false(hex_parse(span_of(text), &digest));
		}
		text[i] = digits[i];
	}
	assert_true(digest_equal(&digest, &untouched));
}

static void bytes_are_two_digits_each(void **state)
{
	static const unsigned char bytes[] = {0x00, 0x0f, 0xf0, 0xff};
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	hex_print(out, (struct span){bytes, sizeof bytes});
	hex_print(out, (struct span){bytes, 0});
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, "000ff0ff");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_digest_reads_back_as_it_was_written),
		cmocka_unit_test(anything_but_64_digits_leaves_the_digest_alone),
		cmocka_unit_test(bytes_are_two_digits_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
