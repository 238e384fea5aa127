/* Writes and reads pins as text. */
#include "pin.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PREFIX "sha256:"
#define PREFIX_LENGTH (sizeof PREFIX - 1)
#define DIGEST_SIZE sizeof(((struct pin *)NULL)->digest.bytes)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* 32 bytes are ten groups of three and one of two: 43 characters and one of padding. */
_Static_assert(PIN_TEXT_SIZE == PREFIX_LENGTH + (DIGEST_SIZE + 2) / 3 * 4 + 1, "text of a pin");

void pin_text(const struct pin *pin, char text[PIN_TEXT_SIZE])
{
	char *out = text + PREFIX_LENGTH;
	uint32_t bits = 0;
	unsigned count = 0;

	memcpy(text, PREFIX, PREFIX_LENGTH);
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		bits = bits << 8 | pin->digest.bytes[i];
		for (count += 8; count >= 6; count -= 6)
			*out++ = alphabet[bits >> (count - 6) & 63];
	}
	*out++ = alphabet[bits << (6 - count) & 63];
	*out++ = '=';
	*out = '\0';
}

/* The characters of a whole number of bytes; false for one that is not of the alphabet. */
static bool decode(const char *text, unsigned char *bytes)
{
	uint32_t bits = 0;
	unsigned count = 0;
	size_t length = 0;

	for (; length < DIGEST_SIZE; text++) {
		const char *place = *text ? strchr(alphabet, *text) : NULL;
		if (!place)
			return false;
		bits = bits << 6 | (uint32_t)(place - alphabet);
		count += 6;
		if (count < 8)
			continue;
		count -= 8;
		bytes[length++] = (unsigned char)(bits >> count & 255);
	}
	return true;
}

enum status pin_parse(const char *text, struct pin *pin)
{
	struct pin parsed;
	char again[PIN_TEXT_SIZE];

	if (strncmp(text, PREFIX, PREFIX_LENGTH) != 0 || !decode(text + PREFIX_LENGTH, parsed.digest.bytes))
		return STATUS_INVALID;
	/* One key has one text. */
	pin_text(&parsed, again);
	if (strcmp(text, again) != 0)
		return STATUS_INVALID;
	*pin = parsed;
	return STATUS_OK;
}

bool pin_equal(const struct pin *a, const struct pin *b)
{
	return digest_equal(&a->digest, &b->digest);
}
