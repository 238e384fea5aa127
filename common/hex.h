/* Bytes as hexadecimal digits, and SHA-256 digests back from them. */
#ifndef HEX_H
#define HEX_H

#include <stdbool.h>
#include <stdio.h>

#include "digest.h"
#include "wire.h"

/* Two digits for each byte, lower case. */
void hex_print(FILE *out, struct span bytes);

/* Takes exactly 64 digits, in either case; false, and DIGEST untouched, for anything else. */
bool hex_parse(struct span text, struct digest *digest);

/* Lower case, NUL-terminated. Returns OUT. */
#define HEX_SIZE (2 * sizeof(struct digest) + 1)
char *hex_write(const struct digest *digest, char out[HEX_SIZE]);

#endif
