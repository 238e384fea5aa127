/* The kinds of settings: how a value is read into its field, and when two are the same. */
#ifndef SETTING_KINDS_H
#define SETTING_KINDS_H

#include <stdbool.h>

#include "complaint.h"
#include "settings_table.h"
#include "status.h"

struct setting_kind {
	/* Reads VALUE into FIELD; the complaint is what is wrong with it. */
	enum status (*parse)(const struct setting *setting, const char *value, void *field, struct complaint *complaint);
	bool (*same)(const void *a, const void *b);
};

extern const struct setting_kind setting_count;         /* unsigned */
extern const struct setting_kind setting_size;          /* uint64_t */
extern const struct setting_kind setting_duration;      /* int64_t, nanoseconds */
extern const struct setting_kind setting_workers;       /* unsigned; auto */
extern const struct setting_kind setting_level;         /* enum log_level */
extern const struct setting_kind setting_path;          /* char *, heap */
extern const struct setting_kind setting_optional_path; /* the same, or a name; NULL for none */
extern const struct setting_kind setting_yes_no;        /* bool */
extern const struct setting_kind setting_sandbox;       /* enum sandbox_policy */
extern const struct setting_kind setting_symlinks;      /* bool: are they followed */
extern const struct setting_kind setting_hidden;        /* bool: are hidden names kept back */
extern const struct setting_kind setting_access;        /* enum share_access */
extern const struct setting_kind setting_addresses;     /* of struct share_settings, which is the field */
extern const struct setting_kind setting_listen;        /* of struct settings, which is the field */

#endif
