/* Access: which visitor may read which share, by address and by token; renewed while the server runs. */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>
#include <stddef.h>

#include "settings.h"
#include "share.h"
#include "status.h"
#include "tokens.h"
#include "visitor.h"
#include "wire.h"

/*
 * A share without rules is for anyone. Its addresses, where it has any, are the only ones that may read it; with
 * `access = tokens` a token for it is needed. A path that may not be read does not exist: STATUS_NOT_FOUND.
 * Any thread may call.
 */
struct access;

/*
 * One rule for each of SHARES, found by its name in SETTINGS; a share that is not in SETTINGS is closed. TOKENS are taken
 * over in any case. STATUS_NO_MEMORY.
 */
MUST_CHECK enum status access_new(const struct settings *settings, const struct shares *shares, struct tokens *tokens,
	struct access **access);
void access_free(struct access *access);

/* Replaces rules and tokens, for open connections too. On failure nothing changes. */
MUST_CHECK enum status access_renew(struct access *access, const struct settings *settings, const struct shares *shares,
	struct tokens *tokens);

/*
 * May VISITOR read PATH, a legal path below share number SHARE? The first *CONFINED bytes of PATH name the folder that its
 * token is for, which must not be left, not even through a symlink. STATUS_REFUSED: its token is no longer valid.
 */
MUST_CHECK enum status access_judge(struct access *access, const struct visitor *visitor, size_t share, struct span path,
	size_t *confined);

/*
 * Is there such a token, and has it not expired? STATUS_REFUSED if not. Where no share asks for tokens none are loaded:
 * then any token is accepted, and opens nothing.
 */
MUST_CHECK enum status access_check(struct access *access, const struct claim *claim);

/* Does any share want a token? Then having sent none may be why something was not found. */
bool access_wants_tokens(struct access *access);

/* Is there a token that is a client's key? Then clients are to be asked for their certificates. */
bool access_wants_keys(struct access *access);

#endif
