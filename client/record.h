/* One line of JSON: an object whose fields stand in the order in which they were added, in ASCII only. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "digest.h"
#include "failure.h"
#include "message.h"
#include "url.h"
#include "wire.h"

/*
 * struct record record;
 * record_init(&record);
 * record_text(&record, "kind", "file");
 * status = record_print(&record, stdout);
 * record_release(&record);
 *
 * An unknown value is null, never left out. A lack of memory is remembered, and returned by record_print.
 */
struct json_t;
struct record {
	struct json_t *fields;
	bool failed;
};

/* "file", "folder", "symlink", "other" or "unreadable". */
const char *record_kind_word(enum entry_kind kind);

void record_init(struct record *record);
void record_release(struct record *record);

void record_null(struct record *record, const char *key);
void record_text(struct record *record, const char *key, const char *text); /* NULL: null */
#define RECORD_UNKNOWN UINT64_MAX
void record_number(struct record *record, const char *key, uint64_t number); /* RECORD_UNKNOWN: null */
void record_milliseconds(struct record *record, const char *key, int64_t nanoseconds); /* with their fraction; negative: null */
void record_kind(struct record *record, const char *key, enum entry_kind kind);
void record_mode(struct record *record, const char *key, uint16_t mode); /* four octal digits, as text */
void record_time(struct record *record, const char *key, struct file_time time); /* as amount_time() */
void record_hex(struct record *record, const char *key, const unsigned char *bytes, size_t length); /* NULL: null */
void record_digest(struct record *record, const char *key, const struct digest *digest); /* NULL: null */
struct ranges;
void record_ranges(struct record *record, const char *key, const struct ranges *ranges); /* [[first, last], ...]; NULL: null */
void record_url(struct record *record, const char *key, const struct url *url, struct span below); /* NULL: null */

/*
 * Two fields: "path", with U+FFFD for every byte that is not UTF-8, and "path_hex", null unless there was such a byte,
 * else all bytes. PATH.bytes NULL: both null.
 */
void record_path(struct record *record, struct span path);

/* "error": null when nothing failed, else {code, name, message, retry}. */
void record_failure(struct record *record, const struct failure *failure);

/* Prints the line. STATUS_NO_MEMORY, or the reason why it could not be written. */
MUST_CHECK enum status record_print(const struct record *record, FILE *out);

/* Writes everything printed so far. */
MUST_CHECK enum status record_flush(FILE *out);

#endif
