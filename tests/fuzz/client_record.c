/* Fuzzes lines of JSON: whatever a peer calls things, a line is ASCII, one object, and gives the names back. */
#include "target.h"

#include <jansson.h>

#include "path.h"
#include "ranges.h"
#include "record.h"
#include "text.h"

/* Who cannot take it all is not told that it is all. */
static void print_into_little_room(const struct record *record)
{
	char room[4];
	FILE *out = fmemopen(room, sizeof(room), "w");

	CHECK(out);
	setbuf(out, NULL);
	CHECK(record_print(record, out) != STATUS_OK);
	fclose(out);
}

/* RECORD as somebody reads it who was given its line; it is released. */
static json_t *read_back(struct record *record)
{
	char *line = NULL;
	size_t length;
	FILE *out = open_memstream(&line, &length);

	CHECK(out && record_print(record, out) == STATUS_OK && record_flush(out) == STATUS_OK && fclose(out) == 0);
	print_into_little_room(record);
	record_release(record);
	for (size_t i = 0; i + 1 < length; i++)
		CHECK(line[i] >= ' ' && line[i] < 0x7f);
	CHECK(length > 0 && line[length - 1] == '\n');
	json_t *object = json_loads(line, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
	CHECK(json_is_object(object));
	free(line);
	return object;
}

static void fill(struct record *record, const char *text, struct span path, const struct url *url, const struct failure *failure)
{
	record_init(record);
	record_text(record, "text", text);
	record_path(record, path);
	record_url(record, "url", url, span_of(""));
	record_failure(record, failure);
}

/* Numbers, times and ranges of any size, as the path's first bytes have them. */
static void fill_numbers(struct record *record, struct span path)
{
	const struct failure none = {.code = EXIT_OK};
	struct ranges ranges = {.count = 0};
	struct reader reader;

	reader_init(&reader, path.bytes, path.length);
	uint64_t number = reader_u64(&reader);
	record_init(record);
	record_path(record, (struct span){.bytes = NULL});
	record_kind(record, "kind", (enum entry_kind)(ENTRY_FILE + number % ENTRY_UNREADABLE));
	record_mode(record, "mode", (uint16_t)(number & MODE_MAX));
	record_time(record, "mtime", file_time_of((struct timespec){.tv_sec = (int64_t)number, .tv_nsec = path.length}));
	record_number(record, "number", number);
	record_milliseconds(record, "ms", (int64_t)number);
	record_digest(record, "root", NULL);
	record_hex(record, "hex", path.bytes, path.length);
	CHECK(ranges_add(&ranges, number / 2, number / 2) == STATUS_OK &&
		      ranges_add(&ranges, number / 2 + 7, number / 2 + 9) == STATUS_OK);
	record_ranges(record, "wrong", &ranges);
	record_failure(record, &none);
	ranges_release(&ranges);
}

static bool same(json_t *value, struct span expected)
{
	return json_string_length(value) == expected.length && memcmp(json_string_value(value), expected.bytes, expected.length) == 0;
}

static void check_hex(json_t *value, struct span expected)
{
	const char *digits = json_string_value(value);

	CHECK(digits && json_string_length(value) == 2 * expected.length);
	for (size_t i = 0; i < expected.length; i++)
		CHECK(text_hex_byte(span_of(digits + 2 * i)) == expected.bytes[i]);
}

static void check_object(json_t *object, const char *text, struct span path, const struct url *url)
{
	const char *problem;
	struct url again;

	if (text_is_utf8(path))
		CHECK(same(json_object_get(object, "path"), path) && json_is_null(json_object_get(object, "path_hex")));
	else
		check_hex(json_object_get(object, "path_hex"), path);
	if (text_is_utf8(span_of(text)))
		CHECK(same(json_object_get(object, "text"), span_of(text)));
	if (path_check(span_of(text)) != STATUS_OK)
		return;
	CHECK(url_parse(json_string_value(json_object_get(object, "url")), &again, &problem) == STATUS_OK);
	CHECK(strcmp(again.path, url->path) == 0);
	url_release(&again);
}

/* The input is a path with any bytes, and the text before its first NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static char host[] = "host";
	char *text = target_text(bytes, length);
	struct url url = {.host = host, .port = 1, .path = text, .contents = true};
	struct span path = {bytes, length};
	struct failure failure;
	struct record record;
	char shown[64];

	if (path.bytes == NULL)
		path = span_of("");
	failure_set(&failure, FAILURE_SERVER, STATUS_REFUSED, "%s", text_escape(shown, sizeof(shown), span_of(text)));
	fill(&record, text, path, &url, &failure);
	json_t *object = read_back(&record);
	CHECK(json_object_size(object) == 5);
	check_object(object, text, path, &url);
	json_decref(object);
	fill_numbers(&record, path);
	object = read_back(&record);
	CHECK(json_object_size(object) == 11);
	check_hex(json_object_get(object, "hex"), path);
	json_decref(object);
	free(text);
	return 0;
}
