/* Fuzzes the escaper of untrusted text: what it writes is harmless UTF-8 and can be turned back into what it was given. */
#include "target.h"

#include "log.h"
#include "text.h"

/* RFC 3629 by arithmetic, as text.c does not do it; the length of the first character, 0 where there is none. */
static size_t decode(const unsigned char *bytes, size_t left, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xc0 ? 0 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : bytes[0] < 0xf8 ? 4 : 0;

	if (length == 0 || length > left)
		return 0;
	*code = length == 1 ? bytes[0] : bytes[0] & (0xffu >> (length + 1));
	for (size_t i = 1; i < length; i++) {
		if (bytes[i] >> 6 != 2)
			return 0;
		*code = *code * 64 + bytes[i] % 64;
	}
	return *code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000) ? 0 : length;
}

/* Controls, and what moves or reorders text (bidi controls, line and paragraph separators). */
static bool harmful(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_utf8(struct span span)
{
	uint32_t code;
	size_t length;

	for (size_t i = 0; i < span.length; i += length) {
		length = decode(span.bytes + i, span.length - i, &code);
		if (length == 0)
			return false;
	}
	return true;
}

/* In a list of sums or names: bytes that are no text, and what moves a terminal or begins an escape itself. */
static bool needs_escape(struct span name)
{
	uint32_t code;
	size_t length;

	for (size_t i = 0; i < name.length; i += length) {
		length = decode(name.bytes + i, name.length - i, &code);
		if (length == 0 || code == '\\' || code < 0x20 || (code >= 0x7f && code < 0xa0))
			return true;
	}
	return false;
}

static void check_harmless(const char *text, size_t length)
{
	uint32_t code;
	size_t step;

	for (size_t i = 0; i < length; i += step) {
		step = decode((const unsigned char *)text + i, length - i, &code);
		CHECK(step > 0);
		CHECK(!harmful(code));
	}
}

/* \xNN and a doubled backslash are all that may be there beside the characters themselves. */
static void check_returns(const char *text, size_t length, struct span original)
{
	size_t used = 0;

	for (size_t i = 0; i < length; used++) {
		int byte = (unsigned char)text[i++];
		if (byte == '\\' && text[i] == 'x') {
			byte = text_hex_byte((struct span){(const unsigned char *)text + i + 1, length - i - 1});
			i += 3;
		} else if (byte == '\\') {
			CHECK(text[i++] == '\\');
		}
		CHECK(used < original.length && byte == original.bytes[used]);
	}
	CHECK(used == original.length);
}

static void check_cut(struct span original, size_t capacity, const char *whole)
{
	char *cut = malloc(capacity);

	CHECK(cut);
	CHECK(text_escape(cut, capacity, original) == cut);
	CHECK(strlen(cut) < capacity && strncmp(cut, whole, strlen(cut)) == 0);
	check_harmless(cut, strlen(cut));
	free(cut);
}

/* In quotes, which nothing inside ends, and backslashes alone stand before quotes. */
static void check_quoted(struct span original, size_t capacity)
{
	char *quoted = malloc(capacity);

	CHECK(quoted && log_quote(quoted, capacity, original) == quoted && strlen(quoted) < capacity);
	size_t length = strlen(quoted);
	check_harmless(quoted, length);
	CHECK(length == 0 || (length >= 2 && quoted[0] == '"' && quoted[length - 1] == '"'));
	for (size_t i = 1; i + 1 < length; i++) {
		CHECK(quoted[i] != '"');
		i += quoted[i] == '\\';
	}
	free(quoted);
}

/* Unreserved characters and slashes alone, and the same bytes once they are decoded. */
static void check_url_path(struct span original)
{
	char *text = NULL;
	size_t length, used = 0;
	FILE *out = open_memstream(&text, &length);

	CHECK(out);
	text_print_url_path(out, original);
	CHECK(fclose(out) == 0);
	for (size_t i = 0; i < length; i++, used++) {
		int byte = (unsigned char)text[i];
		CHECK(byte > ' ' && byte < 0x7f && !strchr("?#&\"'<>\\^`{|}", byte));
		if (byte == '%') {
			byte = text_hex_byte((struct span){(const unsigned char *)text + i + 1, length - i - 1});
			i += 2;
		}
		CHECK(used < original.length && byte == original.bytes[used]);
	}
	CHECK(used == original.length);
	free(text);
}

/* The first byte is the room for what has to be cut. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct span original = {bytes + 1, length - 1};
	char *text = NULL;
	size_t text_length;

	if (length == 0)
		return 0;
	FILE *out = open_memstream(&text, &text_length);
	CHECK(out);
	text_print(out, original);
	CHECK(fclose(out) == 0);
	check_harmless(text, text_length);
	check_returns(text, text_length, original);
	check_cut(original, 1u + bytes[0], text);
	CHECK(text_is_utf8(original) == is_utf8(original));
	CHECK(text_name_needs_escape(original) == needs_escape(original));
	check_quoted(original, 1u + bytes[0]);
	check_url_path(original);
	free(text);
	return 0;
}
