/* Pins: each identifies a peer's key by SHA-256 over its SubjectPublicKeyInfo (RFC 7469, section 2.4). */
#ifndef PIN_H
#define PIN_H

#include <stdbool.h>

#include "digest.h"
#include "status.h"

struct pin {
	struct digest digest;
};

/* "sha256:" and 44 characters of Base64 (RFC 4648, section 4, padding included). */
#define PIN_TEXT_SIZE 52

void pin_text(const struct pin *pin, char text[PIN_TEXT_SIZE]);

/* Reads exactly what pin_text() writes; STATUS_INVALID for anything else, unused bits that are set included. */
MUST_CHECK enum status pin_parse(const char *text, struct pin *pin);

bool pin_equal(const struct pin *a, const struct pin *b);

#endif
