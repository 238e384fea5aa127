/* Every setting of the configuration file: one row each, with its field, its default and its bounds. */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "complaint.h"
#include "settings.h"
#include "status.h"

enum setting_section {
	SECTION_SERVER, /* fields of struct settings */
	SECTION_SHARE,  /* fields of struct share_settings */
};

struct setting {
	enum setting_section section;
	const char *name;
	const struct setting_kind *kind;
	size_t offset;       /* of the field */
	const char *initial; /* the default as it is written in the file; NULL: it has none */
	const char *min;     /* bounds in the same notation, for numbers */
	const char *max;
	bool repeatable;
	bool reloadable;     /* takes effect on SIGHUP */
};

/* All rows in the order of config/ferryd.conf. */
extern const struct setting setting_rows[];
extern const size_t setting_row_count;

/* NULL where SECTION has no such setting. */
const struct setting *setting_find(enum setting_section section, const char *name);

/*
 * Parses VALUE into the setting's field of TARGET, a struct settings or a struct share_settings. The complaint is
 * about the value, without its name.
 */
MUST_CHECK enum status setting_parse(const struct setting *setting, const char *value, void *target, struct complaint *complaint);

/* Does the setting of SECTION_SERVER have the same value in both? */
bool setting_same(const struct setting *setting, const struct settings *a, const struct settings *b);

/* Gives every setting of SECTION_SERVER that has a default its default. */
MUST_CHECK enum status settings_set_defaults(struct settings *settings);

/* The command line's VALUE, which must outlive the settings, for a setting of SECTION_SERVER: it wins over the file's. */
struct setting_override {
	const struct setting *setting;
	const char *value;
};
MUST_CHECK enum status settings_override(struct settings *settings, const char *name, const char *value,
	struct complaint *complaint);
MUST_CHECK enum status settings_apply_overrides(struct settings *settings, struct complaint *complaint);

/* Adds an address to settings->listen. */
MUST_CHECK enum status settings_listen(struct settings *settings, const char *text, struct complaint *complaint);

#endif
