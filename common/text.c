/* Decodes UTF-8, escapes text and names, and encodes and decodes percent signs. */
#include "text.h"

#include <string.h>
#include <unistd.h>

static const char lower_hex[] = "0123456789abcdef";
static const char upper_hex[] = "0123456789ABCDEF";

/* RFC 3629, section 4: the lead byte decides the length and the range of the second byte; the rest are 80..BF. */
static const struct form {
	unsigned char lead_first, lead_last;
	unsigned char second_first, second_last;
	unsigned char length;
	unsigned char lead_bits; /* those of the lead byte that belong to the code point */
} forms[] = {
	{0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f},
	{0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f}, /* below: overlong */
	{0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
	{0xed, 0xed, 0x80, 0x9f, 3, 0x0f}, /* above: surrogates */
	{0xee, 0xef, 0x80, 0xbf, 3, 0x0f},
	{0xf0, 0xf0, 0x90, 0xbf, 4, 0x07}, /* below: overlong */
	{0xf1, 0xf3, 0x80, 0xbf, 4, 0x07},
	{0xf4, 0xf4, 0x80, 0x8f, 4, 0x07}, /* above: beyond U+10FFFF */
};

static const struct form *form_of(unsigned char lead)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (lead >= forms[i].lead_first && lead <= forms[i].lead_last)
			return &forms[i];
	return NULL;
}

static bool has_form(struct span bytes, const struct form *form)
{
	if (bytes.length < form->length || bytes.bytes[1] < form->second_first || bytes.bytes[1] > form->second_last)
		return false;
	for (size_t i = 2; i < form->length; i++)
		if ((bytes.bytes[i] & 0xc0) != 0x80)
			return false;
	return true;
}

static void drop(struct span *bytes, size_t length)
{
	bytes->bytes += length;
	bytes->length -= length;
}

uint32_t text_next(struct span *bytes)
{
	unsigned char lead = bytes->bytes[0];
	const struct form *form = form_of(lead);
	uint32_t code = lead;

	if (form && has_form(*bytes, form)) {
		code &= form->lead_bits;
		for (size_t i = 1; i < form->length; i++)
			code = code << 6 | (bytes->bytes[i] & 0x3f);
		drop(bytes, form->length);
		return code;
	}
	drop(bytes, 1);
	return lead < 0x80 ? lead : TEXT_INVALID;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code <= 0x9f);
}

/* Characters that move or reorder text on a terminal, beside the control characters. */
static bool is_layout(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
		(code >= 0x2066 && code <= 0x2069);
}

static size_t escape_bytes(char *out, const unsigned char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		*out++ = '\\';
		*out++ = 'x';
		*out++ = lower_hex[bytes[i] >> 4];
		*out++ = lower_hex[bytes[i] & 0x0f];
	}
	return 4 * length;
}

size_t text_escape_next(char out[TEXT_ESCAPED_MAX], struct span *untrusted)
{
	const unsigned char *start = untrusted->bytes;
	uint32_t code = text_next(untrusted);
	size_t length = (size_t)(untrusted->bytes - start);

	if (code == TEXT_INVALID || is_control(code) || is_layout(code))
		return escape_bytes(out, start, length);
	memcpy(out, start, length);
	if (code == '\\')
		out[length++] = '\\';
	return length;
}

void text_print(FILE *out, struct span untrusted)
{
	char escaped[TEXT_ESCAPED_MAX];

	while (untrusted.length > 0) {
		size_t length = text_escape_next(escaped, &untrusted);
		fwrite(escaped, 1, length, out);
	}
}

char *text_escape(char *out, size_t capacity, struct span untrusted)
{
	char escaped[TEXT_ESCAPED_MAX];
	size_t used = 0;

	while (untrusted.length > 0) {
		size_t length = text_escape_next(escaped, &untrusted);
		if (length >= capacity - used)
			break;
		memcpy(out + used, escaped, length);
		used += length;
	}
	out[used] = '\0';
	return out;
}

bool text_is_utf8(struct span bytes)
{
	while (bytes.length > 0)
		if (text_next(&bytes) == TEXT_INVALID)
			return false;
	return true;
}

bool text_name_needs_escape(struct span name)
{
	while (name.length > 0) {
		uint32_t code = text_next(&name);
		if (code == TEXT_INVALID || code == '\\' || is_control(code))
			return true;
	}
	return false;
}

bool text_sum_name_is_escaped(struct span name)
{
	return memchr(name.bytes, '\\', name.length) || memchr(name.bytes, '\n', name.length) || memchr(name.bytes, '\r', name.length);
}

void text_print_sum_name(FILE *out, struct span name)
{
	if (isatty(fileno(out))) {
		text_print(out, name);
		return;
	}
	for (size_t i = 0; i < name.length; i++) {
		switch (name.bytes[i]) {
		case '\\':
			fputs("\\\\", out);
			break;
		case '\n':
			fputs("\\n", out);
			break;
		case '\r':
			fputs("\\r", out);
			break;
		default:
			putc(name.bytes[i], out);
		}
	}
}

/* isalnum() would ask the locale. */
static bool stays_in_url(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
		(byte != '\0' && strchr("-._~/", byte));
}

void text_print_url_path(FILE *out, struct span path)
{
	size_t start = 0; /* of the bytes that stay as they are, up to I */

	for (size_t i = 0; i < path.length; i++) {
		unsigned char byte = path.bytes[i];
		if (stays_in_url(byte))
			continue;
		fwrite(path.bytes + start, 1, i - start, out);
		putc('%', out);
		putc(upper_hex[byte >> 4], out);
		putc(upper_hex[byte & 0x0f], out);
		start = i + 1;
	}
	if (start < path.length)
		fwrite(path.bytes + start, 1, path.length - start, out);
}

static int hex_value(unsigned char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

int text_hex_byte(struct span text)
{
	int high = text.length >= 2 ? hex_value(text.bytes[0]) : -1;
	int low = text.length >= 2 ? hex_value(text.bytes[1]) : -1;

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

int text_decode_next(struct span *text)
{
	bool encoded = text->bytes[0] == '%';
	int byte = encoded ? text_hex_byte((struct span){text->bytes + 1, text->length - 1}) : text->bytes[0];
	size_t taken = byte < 0 ? 0 : encoded ? 3 : 1;

	*text = (struct span){text->bytes + taken, text->length - taken};
	return byte;
}
