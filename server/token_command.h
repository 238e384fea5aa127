/* ferryd token add, list, remove: changes the store of tokens and tells what is in it. */
#ifndef TOKEN_COMMAND_H
#define TOKEN_COMMAND_H

#include "complaint.h"
#include "settings.h"
#include "status.h"

/*
 * Does what SETTINGS' token command asks for, in the state folder STATE. A new secret goes to stdout, and nowhere else.
 * STATUS_INVALID: something is wrong with the command; anything else: with the store.
 */
MUST_CHECK enum status token_command_run(const struct settings *settings, int state, struct complaint *complaint);

#endif
