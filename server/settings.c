/* Puts the command line, the configuration file and the defaults together, and checks that they fit. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complaint.h"
#include "private_folder.h"
#include "settings_file.h"
#include "settings_options.h"
#include "settings_table.h"

#define SYSTEM_CONFIG "/etc/ferry/ferryd.conf"

void settings_release(struct settings *settings)
{
	for (size_t i = 0; i < settings->share_count; i++) {
		free(settings->shares[i].name);
		free(settings->shares[i].path);
		free(settings->shares[i].addresses);
	}
	free(settings->shares);
	free(settings->state);
	free(settings->cert);
	free(settings->key);
	free(settings->listen);
	free(settings->cache);
	free(settings->user);
	free(settings->overrides);
	free(settings->port_file);
	free(settings->config);
	*settings = (struct settings){.ready_fd = -1};
}

static int line_of(const struct settings *settings, const char *name)
{
	return settings->set_in_line[setting_find(SECTION_SERVER, name) - setting_rows];
}

enum status settings_complain_of(const struct settings *settings, const char *name, struct complaint *complaint, enum status status)
{
	struct complaint what = *complaint;
	int line = line_of(settings, name);

	if (line == 0)
		return complain(complaint, status, "ferryd: %s", what.text);
	return complain(complaint, status, "%s:%d: %s", settings->config, line, what.text);
}

/* NULL without a home, or without memory. */
static char *personal_config(void)
{
	char *folder = private_folder_path("XDG_CONFIG_HOME", ".config"), *path = NULL;
	int length = folder ? asprintf(&path, "%s/ferryd.conf", folder) : -1;

	free(folder);
	return length < 0 ? NULL : path;
}

/* Reads the first file that is there; settings->config is its path. */
static enum status find_config(struct settings *settings, struct complaint *complaint)
{
	char *places[] = {personal_config(), strdup(SYSTEM_CONFIG)};
	enum status status = STATUS_NOT_FOUND;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (places[i] && status == STATUS_NOT_FOUND)
			status = settings_file_read(places[i], settings, complaint);
		if (status == STATUS_OK && !settings->config)
			settings->config = places[i];
		else
			free(places[i]);
	}
	if (status != STATUS_NOT_FOUND)
		return status;
	return complain(complaint, status, "ferryd: nothing to serve: name a directory (ferryd DIR) or a configuration (-c FILE), "
		"or write one to ~/.config/ferry/ferryd.conf or " SYSTEM_CONFIG);
}

/* Is there something to do other than serve? It needs no share and, where the folder of the state is named, no configuration. */
static bool does_not_serve(const struct settings *settings)
{
	return settings->print_pin || settings->token.action != TOKEN_COMMAND_NONE;
}

/* In each list the entries of the command line come first, those of the file behind them. */
static enum status read_config(struct settings *settings, struct complaint *complaint)
{
	size_t listen_count = settings->listen_count;
	bool directory = settings->share_count > 0;
	enum status status = STATUS_OK;

	if (settings->config)
		status = settings_file_read(settings->config, settings, complaint);
	else if (!directory)
		status = find_config(settings, complaint);
	if (status == STATUS_NOT_FOUND && !settings->config && does_not_serve(settings))
		return STATUS_OK;
	if (status != STATUS_OK)
		return status;
	if (listen_count > 0)
		settings->listen_count = listen_count;
	settings->listen_from_file = listen_count == 0 && settings->listen_count > 0;
	status = settings_apply_overrides(settings, complaint);
	if (status != STATUS_OK)
		return status;
	if (directory && settings->share_count > 1)
		return complain(complaint, STATUS_INVALID, "ferryd: %s and the shares of %s exclude each other",
			settings->shares[0].path, settings->config);
	return STATUS_OK;
}

static enum status listen_by_default(struct settings *settings, struct complaint *complaint)
{
	enum status status;

	if (settings->listen_count > 0)
		return STATUS_OK;
	status = settings_listen(settings, "127.0.0.1", complaint);
	return status == STATUS_OK ? settings_listen(settings, "[::1]", complaint) : status;
}

static enum status decide_tls(struct settings *settings, struct complaint *complaint)
{
	if (settings->plain && settings->encrypted)
		return complain(complaint, STATUS_INVALID, "ferryd: --tls and --plain exclude each other");
	if (settings->key && !settings->cert)
		return settings_complain_of(settings, "key", complaint,
			complain(complaint, STATUS_INVALID, "a key without its certificate: set cert too"));
	settings->tls = (settings->tls || settings->encrypted) && !settings->plain;
	return STATUS_OK;
}

static enum status check_exposure(const struct settings *settings, struct complaint *complaint)
{
	char text[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < settings->listen_count && !settings->plain && !settings->tls; i++) {
		if (address_is_loopback(&settings->listen[i]))
			continue;
		address_text(&settings->listen[i], text);
		return complain(complaint, STATUS_INVALID,
			"%s: listening on %s, beyond this machine, without encryption needs --plain (--tls, or tls = yes, encrypts)",
			settings->listen_from_file ? settings->config : "ferryd", text);
	}
	return STATUS_OK;
}

/* A file alone may be checked before it has shares; serving none would only look like serving. */
static enum status check_shares(const struct settings *settings, struct complaint *complaint)
{
	if (settings->share_count > 0 || settings->check_config || does_not_serve(settings))
		return STATUS_OK;
	return complain(complaint, STATUS_INVALID, "%s: no share: add a [share NAME] with a path, or name a directory (ferryd DIR)",
		settings->config);
}

static enum status read_and_check(struct settings *settings, struct complaint *complaint)
{
	enum status status = read_config(settings, complaint);

	if (status == STATUS_OK)
		status = listen_by_default(settings, complaint);
	if (status == STATUS_OK)
		status = decide_tls(settings, complaint);
	if (status == STATUS_OK)
		status = check_exposure(settings, complaint);
	return status == STATUS_OK ? check_shares(settings, complaint) : status;
}

enum settings_outcome settings_read(int argc, char **argv, struct settings *settings, struct complaint *complaint)
{
	struct settings read = {.ready_fd = -1};
	enum settings_outcome outcome = SETTINGS_WRONG;

	if (settings_set_defaults(&read) == STATUS_OK)
		outcome = settings_options_read(argc, argv, &read, complaint);
	else
		complain(complaint, STATUS_NO_MEMORY, "ferryd: out of memory");
	if (outcome == SETTINGS_SERVE && read_and_check(&read, complaint) != STATUS_OK)
		outcome = SETTINGS_WRONG;
	if (outcome == SETTINGS_SERVE)
		*settings = read;
	else
		settings_release(&read);
	return outcome;
}

static bool same_shares(const struct settings *a, const struct settings *b)
{
	if (a->share_count != b->share_count)
		return false;
	for (size_t i = 0; i < a->share_count; i++) {
		const char *left = a->shares[i].name, *right = b->shares[i].name;
		bool same_name = left && right ? strcmp(left, right) == 0 : left == right;
		bool same_view = a->shares[i].follows == b->shares[i].follows && a->shares[i].hides == b->shares[i].hides;
		if (!same_name || !same_view || strcmp(a->shares[i].path, b->shares[i].path) != 0)
			return false;
	}
	return true;
}

void settings_name_fixed(const struct settings *now, const struct settings *wanted, void (*report)(const char *name))
{
	for (size_t i = 0; i < setting_row_count; i++) {
		const struct setting *row = &setting_rows[i];
		if (row->section == SECTION_SERVER && !row->reloadable && !setting_same(row, now, wanted))
			report(row->name);
	}
	if (!same_shares(now, wanted))
		report("share");
}
