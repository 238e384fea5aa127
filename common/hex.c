/* Writes hexadecimal digits and reads digests. */
#include "hex.h"

#include "text.h"

void hex_print(FILE *out, struct span bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		fprintf(out, "%02x", bytes.bytes[i]);
}

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
