/* Text from a peer, made fit for a terminal, a log or a checksum list. */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "wire.h"

/*
 * Printable text for people: C0, DEL, C1 (also as UTF-8), invalid UTF-8, bidi controls (U+061C, U+200E, U+200F,
 * U+202A..U+202E, U+2066..U+2069), line and paragraph separators become \xNN byte by byte; a backslash is doubled.
 * Everything else stays as it is.
 */
void text_print(FILE *out, struct span untrusted);

/* The same into OUT, cut at CAPACITY - 1 on a character border, NUL-terminated. Returns OUT. */
char *text_escape(char *out, size_t capacity, struct span untrusted);

/* The step of both: takes the first character off UNTRUSTED and writes it, escaped where need be; returns its length. */
#define TEXT_ESCAPED_MAX 16
size_t text_escape_next(char out[TEXT_ESCAPED_MAX], struct span *untrusted);

/* Takes the first character off BYTES and returns its code point; where there is none, one byte and TEXT_INVALID. */
#define TEXT_INVALID UINT32_MAX
uint32_t text_next(struct span *bytes);

/* Is it valid UTF-8 (RFC 3629)? */
bool text_is_utf8(struct span bytes);

/* Must this name be escaped in a list of names (control byte, backslash, invalid UTF-8)? */
bool text_name_needs_escape(struct span name);

/*
 * A name as sha256sum writes it: \\ for a backslash, \n and \r; other control bytes and invalid UTF-8 stay as they
 * are, so that sha256sum -c reads the name back. A terminal gets them as by text_print: nobody reads names back from there, and
 * they could move its cursor. The leading backslash of the line is the caller's.
 */
void text_print_sum_name(FILE *out, struct span name);

/* Does sha256sum write this name otherwise than it is, and a backslash before the line? */
bool text_sum_name_is_escaped(struct span name);

/* Percent-encodes all but unreserved characters (RFC 3986) and '/'. */
void text_print_url_path(FILE *out, struct span path);

/* Takes the next byte off TEXT, which is not empty: itself, or what %XX stands for; -1, and nothing taken, for another %. */
int text_decode_next(struct span *text);

/* The byte that the first two characters of TEXT write in hexadecimal, upper or lower case; -1 where they do not. */
int text_hex_byte(struct span text);

#endif
