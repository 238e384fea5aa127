/* Reads and writes digests as text. */
#include "hex.h"

#include <stdio.h>

int hex_value(unsigned char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 'a' ^ 'A';
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool hex_parse(struct span text, struct digest *digest)
{
	struct digest parsed;

	if (text.length != HEX_SIZE - 1)
		return false;
	for (size_t i = 0; i < sizeof parsed.bytes; i++) {
		int high = hex_value(text.bytes[2 * i]), low = hex_value(text.bytes[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		parsed.bytes[i] = (unsigned char)(high << 4 | low);
	}
	*digest = parsed;
	return true;
}

char *hex_write(const struct digest *digest, char out[HEX_SIZE])
{
	for (size_t i = 0; i < sizeof digest->bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", digest->bytes[i]);
	return out;
}
