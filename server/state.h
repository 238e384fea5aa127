/* The state: the folder that the server's identity and its tokens lie in, as the settings name it. */
#ifndef STATE_H
#define STATE_H

#include "complaint.h"
#include "settings.h"
#include "share.h"
#include "status.h"
#include "tokens.h"

/*
 * Opens the folder, and makes it where it is missing: $XDG_STATE_HOME/ferry or ~/.local/state/ferry unless the settings
 * name another. The complaint names it. STATUS_NOT_FOUND: there is no home either.
 */
MUST_CHECK enum status state_open(const struct settings *settings, int *folder, struct complaint *complaint);

/*
 * Hides the folder from the shares, and the default one too: its contents, from other runs, before or after, are as secret. As
 * shares_hide_path().
 */
MUST_CHECK enum status state_hide(const struct settings *settings, struct shares *shares);

/*
 * The tokens that FOLDER keeps. The complaint names the line, or says why the file could not be read. STATUS_IO for one that is
 * wrong: the settings are not at fault.
 */
MUST_CHECK enum status state_tokens(int folder, struct tokens *tokens, struct complaint *complaint);

#endif
