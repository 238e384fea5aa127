/* The rows of the settings. */
#include "settings_table.h"

#include <stdlib.h>
#include <string.h>

#include "setting_kinds.h"

#define SERVER(field) .section = SECTION_SERVER, .name = #field, .offset = offsetof(struct settings, field)
#define SHARE(field) .section = SECTION_SHARE, .name = #field, .offset = offsetof(struct share_settings, field)
#define BETWEEN(low, high) .min = low, .max = high

/* listen and path have no default of their own here: two addresses are settings.c's, a path is the user's to name. */
const struct setting setting_rows[] = {
	{.section = SECTION_SERVER, .name = "listen", .kind = &setting_listen, .repeatable = true},
	{SERVER(tls), .kind = &setting_yes_no, .initial = "no"},
	{SERVER(cert), .kind = &setting_optional_path, .initial = "", .reloadable = true},
	{SERVER(key), .kind = &setting_optional_path, .initial = "", .reloadable = true},
	{SERVER(workers), .kind = &setting_workers, .initial = "auto", BETWEEN("1", "1024")},
	{SERVER(max_connections), .kind = &setting_count, .initial = "4096", BETWEEN("1", "1000000")},
	{SERVER(max_connections_per_address), .kind = &setting_count, .initial = "1024", BETWEEN("1", "1000000")},
	{SERVER(links), .kind = &setting_count, .initial = "16", BETWEEN("1", "65535")},
	{SERVER(window_requests), .kind = &setting_count, .initial = "64", BETWEEN("1", "65535")},
	{SERVER(window_bytes), .kind = &setting_count, .initial = "64K", BETWEEN("16K", "1M")},
	{SERVER(greeting_deadline), .kind = &setting_duration, .initial = "10s", BETWEEN("10ms", "24h")},
	{SERVER(frame_deadline), .kind = &setting_duration, .initial = "10s", BETWEEN("10ms", "24h")},
	{SERVER(idle_deadline), .kind = &setting_duration, .initial = "5m", BETWEEN("10ms", "24h")},
	{SERVER(drain_deadline), .kind = &setting_duration, .initial = "30s", BETWEEN("10ms", "24h")},
	{SERVER(rate_window), .kind = &setting_duration, .initial = "60s", BETWEEN("10ms", "24h")},
	{SERVER(rate_bytes), .kind = &setting_size, .initial = "60K", BETWEEN("1", "1G")},
	{SERVER(hash_budget), .kind = &setting_size, .initial = "2G", BETWEEN("1M", "1024G"), .reloadable = true},
	{SERVER(hash_budget_per_address), .kind = &setting_size, .initial = "1G", BETWEEN("1M", "1024G"), .reloadable = true},
	{SERVER(handshakes), .kind = &setting_size, .initial = "500", BETWEEN("1", "1M"), .reloadable = true},
	{SERVER(handshakes_per_address), .kind = &setting_size, .initial = "200", BETWEEN("1", "1M"), .reloadable = true},
	{SERVER(new_connections), .kind = &setting_size, .initial = "20000", BETWEEN("1", "1M"), .reloadable = true},
	{SERVER(new_connections_per_address), .kind = &setting_size, .initial = "10000", BETWEEN("1", "1M"), .reloadable = true},
	{SERVER(requests), .kind = &setting_size, .initial = "400000", BETWEEN("1", "100M"), .reloadable = true},
	{SERVER(requests_per_address), .kind = &setting_size, .initial = "200000", BETWEEN("1", "100M"), .reloadable = true},
	{SERVER(memory), .kind = &setting_size, .initial = "1G", BETWEEN("16K", "1024G"), .reloadable = true},
	{SERVER(memory_per_address), .kind = &setting_size, .initial = "256M", BETWEEN("16K", "1024G"), .reloadable = true},
	{SERVER(listing_folders), .kind = &setting_size, .initial = "2048", BETWEEN("1", "1M"), .reloadable = true},
	{SERVER(listing_folders_per_address), .kind = &setting_size, .initial = "512", BETWEEN("1", "1M"), .reloadable = true},
	{SERVER(listing_budget), .kind = &setting_size, .initial = "4M", BETWEEN("1000", "1024M"), .reloadable = true},
	{SERVER(listing_budget_per_address), .kind = &setting_size, .initial = "2M", BETWEEN("1000", "1024M"), .reloadable = true},
	{SERVER(listing_entries), .kind = &setting_size, .initial = "16M", BETWEEN("1", "1024G")},
	{SERVER(listing_depth), .kind = &setting_count, .initial = "64", BETWEEN("1", "64")},
	{SERVER(cache), .kind = &setting_path, .initial = "auto"},
	{SERVER(cache_files), .kind = &setting_count, .initial = "64K", BETWEEN("1", "1000000")},
	{SERVER(cache_bytes), .kind = &setting_size, .initial = "256M", BETWEEN("64K", "1024G")},
	{SERVER(state), .kind = &setting_path, .initial = "auto"},
	{SERVER(user), .kind = &setting_optional_path, .initial = ""},
	{SERVER(sandbox), .kind = &setting_sandbox, .initial = "best"},
	{SERVER(log_level), .kind = &setting_level, .initial = "info", .reloadable = true},
	{SHARE(path), .kind = &setting_path},
	{SHARE(access), .kind = &setting_access, .initial = "anyone", .reloadable = true},
	{.section = SECTION_SHARE, .name = "addresses", .kind = &setting_addresses, .initial = "", .reloadable = true},
	{.section = SECTION_SHARE, .name = "symlinks", .offset = offsetof(struct share_settings, follows), .kind = &setting_symlinks,
		.initial = "no"},
	{.section = SECTION_SHARE, .name = "hidden", .offset = offsetof(struct share_settings, hides), .kind = &setting_hidden,
		.initial = "yes"},
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
