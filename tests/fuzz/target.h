/* What fuzz targets share: the call that libFuzzer and the replay make, and a check that nobody can switch off. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

/* Tries one input; what must not happen ends the program. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* A copy of the bytes, exactly as long, so that a sanitizer sees every look beyond their end. The caller's to free. */
static inline void *target_copy(const void *bytes, size_t length)
{
	void *copy = calloc(1, length ? length : 1);

	CHECK(copy);
	if (length)
		memcpy(copy, bytes, length);
	return copy;
}

/* The same as a C string: it ends at the first NUL. */
static inline char *target_text(const void *bytes, size_t length)
{
	const void *end = length ? memchr(bytes, 0, length) : NULL;
	size_t text_length = end ? (size_t)((const char *)end - (const char *)bytes) : length;
	char *text = malloc(text_length + 1);

	CHECK(text);
	if (text_length)
		memcpy(text, bytes, text_length);
	text[text_length] = '\0';
	return text;
}

#endif
