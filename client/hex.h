/* A SHA-256 digest as 64 hexadecimal digits, and back. */
#ifndef HEX_H
#define HEX_H

#include <stdbool.h>

#include "digest.h"
#include "wire.h"

/* Takes exactly 64 digits, in either case; false, and DIGEST untouched, for anything else. */
bool hex_parse(struct span text, struct digest *digest);

/* Lower case, NUL-terminated. Returns OUT. */
#define HEX_SIZE (2 * sizeof(struct digest) + 1)
char *hex_write(const struct digest *digest, char out[HEX_SIZE]);

#endif
