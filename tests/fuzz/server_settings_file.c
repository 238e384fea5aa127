/* Fuzzes the configuration file: whatever it says, what comes of it can be released, and a complaint is one line. */
#include "memory_file.h"

#include "setting_kinds.h"
#include "settings_file.h"
#include "settings_table.h"

static void compare_shares(const struct settings *settings, const struct setting *row)
{
	for (size_t i = 0; i < settings->share_count; i++) {
		const char *field = (const char *)&settings->shares[i] + row->offset;
		CHECK(row->kind->same(field, field));
	}
}

/* Every setting is what it is, and whether it is still its default can be told. */
static void compare(const struct settings *settings)
{
	struct settings initial = {.ready_fd = -1};

	CHECK(settings_set_defaults(&initial) == STATUS_OK);
	for (size_t i = 0; i < setting_row_count; i++) {
		if (setting_rows[i].section != SECTION_SERVER) {
			compare_shares(settings, &setting_rows[i]);
			continue;
		}
		CHECK(setting_same(&setting_rows[i], settings, settings));
		CHECK(setting_same(&setting_rows[i], settings, &initial) == setting_same(&setting_rows[i], &initial, settings));
	}
	settings_release(&initial);
}

static void file_cannot_be_read(const char *path)
{
	struct settings settings = {.ready_fd = -1};
	struct complaint complaint = {.text = ""};

	CHECK(settings_file_read(path, &settings, &complaint) != STATUS_OK && *complaint.text);
	settings_release(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct memory_file file;
	struct settings settings = {.ready_fd = -1};
	struct complaint complaint = {.text = ""};

	if (!*file.path) {
		memory_file_make(&file);
		file_cannot_be_read("/dev/null/settings");
		file_cannot_be_read("/");
	}
	memory_file_fill(&file, bytes, length);
	CHECK(settings_set_defaults(&settings) == STATUS_OK);
	enum status status = settings_file_read(file.path, &settings, &complaint);
	CHECK((status == STATUS_OK) == !*complaint.text);
	CHECK(!strchr(complaint.text, '\n'));
	if (status == STATUS_OK) {
		CHECK(settings.max_connections > 0 && settings.window_requests > 0 && settings.idle_deadline > 0);
		for (size_t i = 0; i < settings.share_count; i++)
			CHECK(settings.shares[i].path && settings.shares[i].name);
		compare(&settings);
	}
	settings_release(&settings);
	return 0;
}
