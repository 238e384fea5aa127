/* Fills one object of JSON and prints it as a line. */
#include "record.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "amount.h"
#include "clock.h"
#include "hex.h"
#include "path.h"
#include "ranges.h"
#include "text.h"

void record_init(struct record *record)
{
	record->fields = json_object();
	record->failed = !record->fields;
}

void record_release(struct record *record)
{
	json_decref(record->fields);
	record->fields = NULL;
}

/* Takes over VALUE; NULL: memory was short. */
static void add(struct record *record, const char *key, json_t *value)
{
	if (json_object_set_new(record->fields, key, value) != 0)
		record->failed = true;
}

static void write_utf8(FILE *out, struct span bytes)
{
	while (bytes.length > 0) {
		struct span before = bytes;
		if (text_next(&bytes) == TEXT_INVALID)
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(before.bytes, 1, before.length - bytes.length, out);
	}
}

/* A string with the output of WRITE for BYTES; NULL when memory is short. */
static json_t *written(void (*write)(FILE *out, struct span bytes), struct span bytes)
{
	char *text = NULL;
	size_t length = 0;
	json_t *value = NULL;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	write(out, bytes);
	if (fclose(out) == 0)
		value = json_stringn(text, length);
	free(text);
	return value;
}

const char *record_kind_word(enum entry_kind kind)
{
	static const char *const words[] = {
		[ENTRY_FILE] = "file",
		[ENTRY_FOLDER] = "folder",
		[ENTRY_SYMLINK] = "symlink",
		[ENTRY_OTHER] = "other",
		[ENTRY_UNREADABLE] = "unreadable",
	};

	return words[kind];
}

void record_kind(struct record *record, const char *key, enum entry_kind kind)
{
	record_text(record, key, record_kind_word(kind));
}

void record_mode(struct record *record, const char *key, uint16_t mode)
{
	char digits[8];

	snprintf(digits, sizeof digits, "%04o", mode);
	record_text(record, key, digits);
}

void record_time(struct record *record, const char *key, struct file_time time)
{
	char text[AMOUNT_TIME_SIZE];

	record_text(record, key, amount_time(text, time));
}

void record_null(struct record *record, const char *key)
{
	add(record, key, json_null());
}

void record_number(struct record *record, const char *key, uint64_t number)
{
	add(record, key, number <= INT64_MAX ? json_integer((json_int_t)number) : json_null());
}

void record_milliseconds(struct record *record, const char *key, int64_t nanoseconds)
{
	add(record, key, nanoseconds >= 0 ? json_real((double)nanoseconds / (double)CLOCK_MS) : json_null());
}

void record_text(struct record *record, const char *key, const char *text)
{
	add(record, key, text ? written(write_utf8, span_of(text)) : json_null());
}

void record_hex(struct record *record, const char *key, const unsigned char *bytes, size_t length)
{
	add(record, key, bytes ? written(hex_print, (struct span){bytes, length}) : json_null());
}

void record_digest(struct record *record, const char *key, const struct digest *digest)
{
	record_hex(record, key, digest ? digest->bytes : NULL, sizeof digest->bytes);
}

void record_ranges(struct record *record, const char *key, const struct ranges *ranges)
{
	json_t *list = ranges ? json_array() : json_null();

	for (size_t i = 0; ranges && i < ranges->count; i++) {
		json_t *pair = json_pack("[I, I]", (json_int_t)ranges->items[i].first, (json_int_t)ranges->items[i].last);
		if (json_array_append_new(list, pair) != 0)
			record->failed = true;
	}
	add(record, key, list);
}

void record_url(struct record *record, const char *key, const struct url *url, struct span below)
{
	char *text = url ? url_text(url, below) : NULL;

	if (url && !text)
		record->failed = true;
	record_text(record, key, text);
	free(text);
}

void record_path(struct record *record, struct span path)
{
	if (!path.bytes) {
		record_null(record, "path");
		record_null(record, "path_hex");
		return;
	}
	add(record, "path", written(write_utf8, path));
	add(record, "path_hex", text_is_utf8(path) ? json_null() : written(hex_print, path));
}

void record_failure(struct record *record, const struct failure *failure)
{
	if (failure->code == EXIT_OK) {
		record_null(record, "error");
		return;
	}
	/* Through write_utf8(): a sentence that was cut may end within a character. */
	json_t *message = written(write_utf8, span_of(failure->text));
	add(record, "error", json_pack("{s:i, s:s, s:o, s:b}", "code", (int)failure->code, "name", failure->name, "message",
		message, "retry", (int)failure->retry));
}

/* JSON allows a bare DEL and jansson writes it so, but a terminal should not get one. It occurs only inside strings. */
static int put_part(const char *bytes, size_t length, void *out)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\x7f' ? fputs("\\u007F", out) == EOF : fputc(bytes[i], out) == EOF)
			return -1;
	}
	return 0;
}

enum status record_print(const struct record *record, FILE *out)
{
	if (record->failed)
		return STATUS_NO_MEMORY;
	errno = 0;
	if (json_dump_callback(record->fields, put_part, out, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(10)) == 0 &&
		fputc('\n', out) != EOF)
		return STATUS_OK;
	return errno ? status_from_errno(errno) : STATUS_NO_MEMORY;
}

enum status record_flush(FILE *out)
{
	errno = 0;
	return fflush(out) == 0 && !ferror(out) ? STATUS_OK : status_from_errno(errno);
}
