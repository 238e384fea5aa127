/* Fuzzes pins as text: what is accepted is the only text of its key, and every key has one. */
#include "target.h"

#include "pin.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = target_text(bytes, length), again[PIN_TEXT_SIZE];
	struct pin pin, reread;

	if (pin_parse(text, &pin) == STATUS_OK) {
		pin_text(&pin, again);
		CHECK(strcmp(text, again) == 0);
		CHECK(pin_parse(again, &reread) == STATUS_OK && pin_equal(&pin, &reread));
	}
	if (length >= sizeof(pin.digest.bytes)) {
		memcpy(pin.digest.bytes, bytes, sizeof(pin.digest.bytes));
		pin_text(&pin, again);
		CHECK(strlen(again) == PIN_TEXT_SIZE - 1);
		CHECK(pin_parse(again, &reread) == STATUS_OK && pin_equal(&pin, &reread));
	}
	free(text);
	return 0;
}
