/* Tests of pins as text. */
/* Threat P2 of docs/security.md. */
#include "pin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hashing.h"

/* SHA-256 of nothing, as `printf '' | openssl dgst -sha256 -binary | base64` writes it. */
#define TEXT "sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static void a_pin_is_read_and_written_alike(void **state)
{
	struct pin pin;
	char text[PIN_TEXT_SIZE];

	(void)state;
	assert_int_equal(pin_parse(TEXT, &pin), STATUS_OK);
	assert_int_equal(pin.digest.bytes[0], 0xe3);
	assert_int_equal(pin.digest.bytes[31], 0x55);
	pin_text(&pin, text);
	assert_string_equal(text, TEXT);
}

static void any_digest_survives_its_text(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		struct pin pin, again;
		char text[PIN_TEXT_SIZE];
		for (size_t j = 0; j < sizeof(pin.digest.bytes); j++)
			pin.digest.bytes[j] = (unsigned char)next_random(&seed);
		pin_text(&pin, text);
		assert_int_equal(strlen(text), PIN_TEXT_SIZE - 1);
		assert_int_equal(pin_parse(text, &again), STATUS_OK);
		assert_true(pin_equal(&pin, &again));
	}
}

static void what_is_no_pin_is_refused(void **state)
{
	static const char *const wrong[] = {
		"", "sha256:", "sha256:=", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"sha1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"sha256:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=", TEXT "=", TEXT " ", " " TEXT,
		"sha256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
	};
	struct pin pin;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(pin_parse(wrong[i], &pin), STATUS_INVALID);
}

static void every_cut_and_every_changed_character_is_another_pin_or_none(void **state)
{
	struct pin pin, other;
	char text[PIN_TEXT_SIZE];

	(void)state;
	assert_int_equal(pin_parse(TEXT, &pin), STATUS_OK);
	for (size_t i = 0; i < PIN_TEXT_SIZE - 1; i++) {
		snprintf(text, sizeof(text), "%.*s", (int)i, TEXT);
		assert_int_equal(pin_parse(text, &other), STATUS_INVALID);
		for (int bit = 0; bit < 8; bit++) {
			snprintf(text, sizeof(text), "%s", TEXT);
			text[i] = (char)(text[i] ^ 1 << bit);
			assert_true(pin_parse(text, &other) == STATUS_INVALID || !pin_equal(&pin, &other));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pin_is_read_and_written_alike),
		cmocka_unit_test(any_digest_survives_its_text),
		cmocka_unit_test(what_is_no_pin_is_refused),
		cmocka_unit_test(every_cut_and_every_changed_character_is_another_pin_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
