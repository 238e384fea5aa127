/* The rows of the settings, and how the value of each kind is read. */
#include "settings_table.h"

#include <assert.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

struct setting_kind {
	enum status (*parse)(const struct setting *setting, const char *value, void *field, struct complaint *complaint);
	bool (*same)(const void *a, const void *b);
};



struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit size_units[] = {{"", 1}, {"K", 1ull << 10}, {"M", 1ull << 20}, {"G", 1ull << 30}, {NULL, 0}};
static const struct unit time_units[] = {
	{"", CLOCK_SECOND}, {"ms", CLOCK_MS}, {"s", CLOCK_SECOND}, {"m", 60 * CLOCK_SECOND}, {"h", 3600 * CLOCK_SECOND}, {NULL, 0},
};

static bool parse_digits(const char **text, uint64_t *number)
{
	const char *next = *text;
	uint64_t value = 0;

	for (; *next >= '0' && *next <= '9'; next++) {
		if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, (uint64_t)(*next - '0'), &value))
			return false;
	}
	if (next == *text)
		return false;
	*text = next;
	*number = value;
	return true;
}

static bool parse_scaled(const char *text, const struct unit *units, uint64_t *number)
{
	uint64_t value;

	if (!parse_digits(&text, &value))
		return false;
	for (; units->suffix; units++) {
		if (strcmp(text, units->suffix) == 0)
			return !__builtin_mul_overflow(value, units->factor, number);
	}
	return false;
}

static enum status parse_bounded(const struct setting *setting, const char *value, const struct unit *units,
	uint64_t *number, struct complaint *complaint)
{
	uint64_t parsed, min, max;
	const char *form = units == time_units ? "a time such as 500ms, 10s, 5m or 1h" : "a number such as 100, 64K, 2M or 1G";
	bool bounds = parse_scaled(setting->min, units, &min) && parse_scaled(setting->max, units, &max);

	assert(bounds);
	if (!parse_scaled(value, units, &parsed))
		return complain(complaint, STATUS_INVALID, "must be %s", form);
	if (parsed < min || parsed > max)
		return complain(complaint, STATUS_INVALID, "must be between %s and %s", setting->min, setting->max);
	*number = parsed;
	return STATUS_OK;
}

static enum status parse_count(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	uint64_t number;
	enum status status = parse_bounded(setting, value, size_units, &number, complaint);

	if (status == STATUS_OK)
		*(unsigned *)field = (unsigned)number;
	return status;
}

static bool same_count(const void *a, const void *b)
{
	return *(const unsigned *)a == *(const unsigned *)b;
}

static enum status parse_size(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	return parse_bounded(setting, value, size_units, field, complaint);
}

static bool same_size(const void *a, const void *b)
{
	return *(const uint64_t *)a == *(const uint64_t *)b;
}

static enum status parse_time(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	uint64_t number;
	enum status status = parse_bounded(setting, value, time_units, &number, complaint);

	if (status == STATUS_OK)
		*(int64_t *)field = (int64_t)number;
	return status;
}

static bool same_time(const void *a, const void *b)
{
	return *(const int64_t *)a == *(const int64_t *)b;
}

/* Eight threads more than cores may wait for a cold disk while the others serve. */
static unsigned automatic_workers(void)
{
	cpu_set_t cores;

	return (sched_getaffinity(0, sizeof(cores), &cores) == 0 ? (unsigned)CPU_COUNT(&cores) : 1) + 8;
}

static enum status parse_workers(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	if (strcmp(value, "auto") != 0)
		return parse_count(setting, value, field, complaint);
	*(unsigned *)field = automatic_workers();
	return STATUS_OK;
}

static enum status parse_level(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	static const char *const words[] = {
		[LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug",
	};

	(void)setting;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			*(enum log_level *)field = (enum log_level)i;
			return STATUS_OK;
		}
	}
	return complain(complaint, STATUS_INVALID, "must be error, warn, info or debug");
}

static bool same_level(const void *a, const void *b)
{
	return *(const enum log_level *)a == *(const enum log_level *)b;
}

static enum status parse_path(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	(void)setting;
	if (value[0] == '\0')
		return complain(complaint, STATUS_INVALID, "must not be empty");
	char *copy = strdup(value);
	if (!copy)
		return complain(complaint, STATUS_NO_MEMORY, "out of memory");
	free(*(char **)field);
	*(char **)field = copy;
	return STATUS_OK;
}

static bool same_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b) == 0;
}

/* A setting of a later version: it may say what is the case today. */
static enum status parse_unbuilt(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	(void)field;
	if (strcmp(value, setting->initial) == 0)
		return STATUS_OK;
	if (setting->initial[0] == '\0')
		return complain(complaint, STATUS_INVALID, "not available in this version: can only be empty");
	return complain(complaint, STATUS_INVALID, "not available in this version: can only be %s", setting->initial);
}

static bool always_same(const void *a, const void *b)
{
	(void)a;
	(void)b;
	return true;
}

enum status settings_listen(struct settings *settings, const char *text, struct complaint *complaint)
{
	struct address address;
	struct address *grown;

	if (address_parse(text, &address) != STATUS_OK)
		return complain(complaint, STATUS_INVALID, "must be ADDR:PORT, ADDR, :PORT or [IPv6]:PORT, in digits");
	grown = reallocarray(settings->listen, settings->listen_count + 1, sizeof(*grown));
	if (!grown)
		return complain(complaint, STATUS_NO_MEMORY, "out of memory");
	settings->listen = grown;
	settings->listen[settings->listen_count++] = address;
	return STATUS_OK;
}

static enum status parse_listen(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	(void)setting;
	return settings_listen(field, value, complaint);
}

static bool same_listen(const void *a, const void *b)
{
	const struct settings *left = a, *right = b;
	char left_text[ADDRESS_TEXT_SIZE], right_text[ADDRESS_TEXT_SIZE];

	if (left->listen_count != right->listen_count)
		return false;
	for (size_t i = 0; i < left->listen_count; i++) {
		address_text(&left->listen[i], left_text);
		address_text(&right->listen[i], right_text);
		if (strcmp(left_text, right_text) != 0)
			return false;
	}
	return true;
}

static const struct setting_kind count = {parse_count, same_count};
static const struct setting_kind size = {parse_size, same_size};
static const struct setting_kind duration = {parse_time, same_time};
static const struct setting_kind workers = {parse_workers, same_count};
static const struct setting_kind level = {parse_level, same_level};
static const struct setting_kind path = {parse_path, same_path};
static const struct setting_kind unbuilt = {parse_unbuilt, always_same};
static const struct setting_kind listen_addresses = {parse_listen, same_listen};

#define SERVER(field) .section = SECTION_SERVER, .name = #field, .offset = offsetof(struct settings, field)
#define BETWEEN(low, high) .min = low, .max = high
#define LATER(in, called, only) {.section = in, .name = called, .kind = &unbuilt, .initial = only}

/* listen and path have no default of their own here: two addresses are settings.c's, a path is the user's to name. */
const struct setting setting_rows[] = {
	{.section = SECTION_SERVER, .name = "listen", .kind = &listen_addresses, .repeatable = true},
	LATER(SECTION_SERVER, "tls", "no"),
	{SERVER(workers), .kind = &workers, .initial = "auto", BETWEEN("1", "1024")},
	{SERVER(max_connections), .kind = &count, .initial = "4096", BETWEEN("1", "1000000")},
	{SERVER(max_connections_per_address), .kind = &count, .initial = "1024", BETWEEN("1", "1000000")},
	{SERVER(links), .kind = &count, .initial = "16", BETWEEN("1", "65535")},
	{SERVER(window_requests), .kind = &count, .initial = "64", BETWEEN("1", "65535")},
	{SERVER(window_bytes), .kind = &count, .initial = "64K", BETWEEN("16K", "1M")},
	{SERVER(greeting_deadline), .kind = &duration, .initial = "10s", BETWEEN("10ms", "24h")},
	{SERVER(frame_deadline), .kind = &duration, .initial = "10s", BETWEEN("10ms", "24h")},
	{SERVER(idle_deadline), .kind = &duration, .initial = "5m", BETWEEN("10ms", "24h")},
	{SERVER(drain_deadline), .kind = &duration, .initial = "30s", BETWEEN("10ms", "24h")},
	{SERVER(rate_window), .kind = &duration, .initial = "60s", BETWEEN("10ms", "24h")},
	{SERVER(rate_bytes), .kind = &size, .initial = "60K", BETWEEN("1", "1G")},
	{SERVER(hash_budget), .kind = &size, .initial = "2G", BETWEEN("1M", "1024G")},
	{SERVER(hash_budget_per_address), .kind = &size, .initial = "1G", BETWEEN("1M", "1024G")},
	{SERVER(cache), .kind = &path, .initial = "auto"},
	{SERVER(cache_files), .kind = &count, .initial = "64K", BETWEEN("1", "1000000")},
	{SERVER(cache_bytes), .kind = &size, .initial = "256M", BETWEEN("64K", "1024G")},
	LATER(SECTION_SERVER, "state", ""),
	LATER(SECTION_SERVER, "user", ""),
	LATER(SECTION_SERVER, "sandbox", "off"),
	{SERVER(log_level), .kind = &level, .initial = "info", .reloadable = true},
	{.section = SECTION_SHARE, .name = "path", .kind = &path, .offset = offsetof(struct share_settings, path)},
	LATER(SECTION_SHARE, "access", "anyone"),
	LATER(SECTION_SHARE, "addresses", ""),
	LATER(SECTION_SHARE, "symlinks", "no"),
	LATER(SECTION_SHARE, "hidden", "yes"),
};
const size_t setting_row_count = sizeof(setting_rows) / sizeof(setting_rows[0]);

const struct setting *setting_find(enum setting_section section, const char *name)
{
	for (size_t i = 0; i < setting_row_count; i++) {
		if (setting_rows[i].section == section && strcmp(setting_rows[i].name, name) == 0)
			return &setting_rows[i];
	}
	return NULL;
}

enum status setting_parse(const struct setting *setting, const char *value, void *target, struct complaint *complaint)
{
	return setting->kind->parse(setting, value, (char *)target + setting->offset, complaint);
}

bool setting_same(const struct setting *setting, const struct settings *a, const struct settings *b)
{
	return setting->kind->same((const char *)a + setting->offset, (const char *)b + setting->offset);
}

enum status settings_set_defaults(struct settings *settings)
{
	struct complaint complaint;

	for (size_t i = 0; i < setting_row_count; i++) {
		const struct setting *row = &setting_rows[i];
		if (row->section != SECTION_SERVER || !row->initial)
			continue;
		enum status status = setting_parse(row, row->initial, settings, &complaint);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

enum status settings_override(struct settings *settings, const char *name, const char *value, struct complaint *complaint)
{
	struct setting_override *grown = reallocarray(settings->overrides, settings->override_count + 1, sizeof(*grown));

	if (!grown)
		return complain(complaint, STATUS_NO_MEMORY, "out of memory");
	settings->overrides = grown;
	grown[settings->override_count] = (struct setting_override){setting_find(SECTION_SERVER, name), value};
	return setting_parse(grown[settings->override_count++].setting, value, settings, complaint);
}

enum status settings_apply_overrides(struct settings *settings, struct complaint *complaint)
{
	for (size_t i = 0; i < settings->override_count; i++) {
		const struct setting_override *override = &settings->overrides[i];
		enum status status = setting_parse(override->setting, override->value, settings, complaint);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}
