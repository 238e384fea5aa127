/* ferryd token add, list, remove: changes the store of tokens or lists it. */
#ifndef TOKEN_COMMAND_H
#define TOKEN_COMMAND_H

#include "complaint.h"
#include "settings.h"
#include "status.h"

/*
 * Carries out SETTINGS' token command in the state folder STATE. A new secret goes to stdout, and nowhere else.
 * STATUS_INVALID: the command is wrong; any other failure is the store's.
 */
MUST_CHECK enum status token_command_run(const struct settings *settings, int state, struct complaint *complaint);

#endif
