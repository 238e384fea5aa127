/* Reads and writes digests as text. */
#include "hex.h"

#include <stdio.h>

#include "text.h"

bool hex_parse(struct span text, struct digest *digest)
{
	struct digest parsed;

	if (text.length != HEX_SIZE - 1)
		return false;
	for (size_t i = 0; i < sizeof parsed.bytes; i++) {
		int byte = text_hex_byte((struct span){text.bytes + 2 * i, 2});
		if (byte < 0)
			return false;
		parsed.bytes[i] = (unsigned char)byte;
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
