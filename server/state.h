/* The state: the folder that the server's identity and its tokens lie in, as the settings name it. */
#ifndef STATE_H
#define STATE_H

#include "complaint.h"
#include "settings.h"
#include "status.h"
#include "tokens.h"

/*
 * Opens the folder, and makes it where it is missing: $XDG_STATE_HOME/ferry or ~/.local/state/ferry unless the settings
 * name another. The complaint names it. STATUS_NOT_FOUND: there is no home either.
 */
MUST_CHECK enum status state_open(const struct settings *settings, int *folder, struct complaint *complaint);

/* Holds the folder, O_PATH, if there is one. */
MUST_CHECK enum status state_find(const struct settings *settings, int *folder);

/*
 * The tokens that FOLDER keeps. The complaint names the line, or says why the file could not be read. STATUS_IO for one that is
 * wrong: it is no mistake of the settings.
 */
MUST_CHECK enum status state_tokens(int folder, struct tokens *tokens, struct complaint *complaint);

#endif
