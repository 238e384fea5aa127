/* Finds and opens the folder of the state. */
#include "state.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "private_folder.h"

enum status state_open(const struct settings *settings, int *folder, struct complaint *complaint)
{
	bool automatic = strcmp(settings->state, "auto") == 0;
	char *path = automatic ? private_folder_path("XDG_STATE_HOME", ".local/state") : strdup(settings->state);
	enum status status;

	if (!path)
		return complain(complaint, STATUS_NOT_FOUND, "ferryd: there is no home folder to keep the state in: name one by --state DIR");
	status = private_folder_open(path, folder);
	if (status != STATUS_OK)
		complain(complaint, status, "ferryd: state folder %s: %s", path, status_text(status));
	free(path);
	return status;
}
