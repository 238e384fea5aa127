/* Reads and compares the values of settings. */
#include "setting_kinds.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "threads.h"

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

static enum status parse_workers(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	if (strcmp(value, "auto") != 0)
		return parse_count(setting, value, field, complaint);
	/* Eight serve while the others may wait for a cold disk. */
	*(unsigned *)field = threads_cores() + 8;
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
	char **path = field;

	(void)setting;
	if (value[0] == '\0')
		return complain(complaint, STATUS_INVALID, "must not be empty");
	char *copy = strdup(value);
	if (!copy)
		return complain(complaint, STATUS_NO_MEMORY, "out of memory");
	free(*path);
	*path = copy;
	return STATUS_OK;
}

/* An empty value is none. */
static enum status parse_optional_path(const struct setting *setting, const char *value, void *field,
	struct complaint *complaint)
{
	char **path = field;

	if (value[0])
		return parse_path(setting, value, field, complaint);
	free(*path);
	*path = NULL;
	return STATUS_OK;
}

static bool same_path(const void *a, const void *b)
{
	const char *left = *(char *const *)a, *right = *(char *const *)b;

	return left && right ? strcmp(left, right) == 0 : left == right;
}

static enum status parse_yes_no(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	bool yes = strcmp(value, "yes") == 0;

	(void)setting;
	if (!yes && strcmp(value, "no") != 0)
		return complain(complaint, STATUS_INVALID, "must be yes or no");
	*(bool *)field = yes;
	return STATUS_OK;
}

static bool same_yes_no(const void *a, const void *b)
{
	return *(const bool *)a == *(const bool *)b;
}

static enum status parse_sandbox(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	static const char *const words[] = {
		[SANDBOX_BEST] = "best", [SANDBOX_REQUIRED] = "required", [SANDBOX_OFF] = "off",
	};

	(void)setting;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value, words[i]) == 0) {
			*(enum sandbox_policy *)field = (enum sandbox_policy)i;
			return STATUS_OK;
		}
	}
	return complain(complaint, STATUS_INVALID, "must be best, required or off");
}

static bool same_sandbox(const void *a, const void *b)
{
	return *(const enum sandbox_policy *)a == *(const enum sandbox_policy *)b;
}

static enum status parse_symlinks(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	bool beneath = strcmp(value, "beneath") == 0;

	(void)setting;
	if (!beneath && strcmp(value, "no") != 0)
		return complain(complaint, STATUS_INVALID, "must be no or beneath");
	*(bool *)field = beneath;
	return STATUS_OK;
}

static enum status parse_hidden(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	bool served = false;
	enum status status = parse_yes_no(setting, value, &served, complaint);

	if (status == STATUS_OK)
		*(bool *)field = !served;
	return status;
}

static enum status parse_access(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	bool tokens = strcmp(value, "tokens") == 0;

	(void)setting;
	if (!tokens && strcmp(value, "anyone") != 0)
		return complain(complaint, STATUS_INVALID, "must be anyone or tokens");
	*(enum share_access *)field = tokens ? SHARE_TOKENS : SHARE_ANYONE;
	return STATUS_OK;
}

static enum status add_network(struct share_settings *share, const char *text, struct complaint *complaint)
{
	struct network network;

	if (network_parse(text, &network) != STATUS_OK)
		return complain(complaint, STATUS_INVALID, "%s is no address or range, such as 192.168.1.7, 10.0.0.0/8 or fd00::/8", text);
	struct network *grown = reallocarray(share->addresses, share->address_count + 1, sizeof(*grown));
	if (!grown)
		return complain(complaint, STATUS_NO_MEMORY, "out of memory");
	share->addresses = grown;
	share->addresses[share->address_count++] = network;
	return STATUS_OK;
}

/* Separated by blanks and commas. */
static enum status parse_addresses(const struct setting *setting, const char *value, void *field, struct complaint *complaint)
{
	char *copy = strdup(value), *place = NULL;
	enum status status = copy ? STATUS_OK : complain(complaint, STATUS_NO_MEMORY, "out of memory");

	(void)setting;
	for (char *text = copy ? strtok_r(copy, ", \t", &place) : NULL; status == STATUS_OK && text; text = strtok_r(NULL, ", \t", &place))
		status = add_network(field, text, complaint);
	free(copy);
	return status;
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

const struct setting_kind setting_count = {parse_count, same_count};
const struct setting_kind setting_size = {parse_size, same_size};
const struct setting_kind setting_duration = {parse_time, same_time};
const struct setting_kind setting_workers = {parse_workers, same_count};
const struct setting_kind setting_level = {parse_level, same_level};
const struct setting_kind setting_path = {parse_path, same_path};
const struct setting_kind setting_optional_path = {parse_optional_path, same_path};
const struct setting_kind setting_yes_no = {parse_yes_no, same_yes_no};
const struct setting_kind setting_sandbox = {parse_sandbox, same_sandbox};
const struct setting_kind setting_symlinks = {parse_symlinks, same_yes_no};
const struct setting_kind setting_hidden = {parse_hidden, same_yes_no};
const struct setting_kind setting_access = {parse_access, always_same};
const struct setting_kind setting_addresses = {parse_addresses, always_same};
const struct setting_kind setting_listen = {parse_listen, same_listen};
