/* Finds and opens the folder of the state. */
#include "state.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "private_folder.h"

static bool is_automatic(const struct settings *settings)
{
	return strcmp(settings->state, "auto") == 0;
}

static char *automatic_path(void)
{
	return private_folder_path("XDG_STATE_HOME", ".local/state");
}

/* Allocated; NULL without a home, or without memory. */
static char *path_of(const struct settings *settings)
{
	return is_automatic(settings) ? automatic_path() : strdup(settings->state);
}

enum status state_hide(const struct settings *settings, struct shares *shares)
{
	char *automatic = automatic_path();
	enum status status = automatic ? shares_hide_path(shares, automatic) : STATUS_OK;

	free(automatic);
	return status == STATUS_OK && !is_automatic(settings) ? shares_hide_path(shares, settings->state) : status;
}

enum status state_open(const struct settings *settings, int *folder, struct complaint *complaint)
{
	char *path = path_of(settings);
	enum status status;

	if (!path)
		return complain(complaint, STATUS_NOT_FOUND, "ferryd: there is no home folder to keep the state in: name one by --state DIR");
	status = private_folder_open(path, folder);
	if (status != STATUS_OK)
		complain(complaint, status, "ferryd: state folder %s: %s", path, status_text(status));
	free(path);
	return status;
}

enum status state_tokens(int folder, struct tokens *tokens, struct complaint *complaint)
{
	size_t line;
	enum status status = tokens_load(folder, tokens, &line);

	if (status == STATUS_OK)
		return STATUS_OK;
	if (line > 0)
		return complain(complaint, STATUS_IO, "ferryd: " TOKENS_FILE ":%zu: no token", line);
	return complain(complaint, status == STATUS_INVALID ? STATUS_IO : status, "ferryd: " TOKENS_FILE " in the state folder: %s",
		status == STATUS_REFUSED ? "others than its owner have permissions on it (chmod 600)" : status_text(status));
}
