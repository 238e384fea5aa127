/* Opens and renews identity and access. */
#include "guard.h"

#include <unistd.h>

#include "log.h"
#include "path.h"
#include "state.h"
#include "tokens.h"

static bool wants_tokens(const struct settings *settings)
{
	for (size_t i = 0; i < settings->share_count; i++) {
		if (settings->shares[i].access == SHARE_TOKENS)
			return true;
	}
	return false;
}

static enum status hide_state(const struct settings *settings, struct shares *shares, struct complaint *complaint)
{
	enum status status = state_hide(settings, shares);

	if (status == STATUS_OK)
		return STATUS_OK;
	return complain(complaint, status, "ferryd: state folder: %s",
		status == STATUS_EXISTS ? "it is what is served, or holds it" : status_text(status));
}

/* *FOLDER is left alone where nothing in it is needed. */
static enum status open_state(const struct settings *settings, struct shares *shares, int *folder, struct complaint *complaint)
{
	bool needed = wants_tokens(settings) || (settings->tls && !settings->cert);
	enum status status = needed ? state_open(settings, folder, complaint) : STATUS_OK;

	return status == STATUS_OK ? hide_state(settings, shares, complaint) : status;
}

static enum status load_tokens(const struct settings *settings, int state, struct tokens *tokens, struct complaint *complaint)
{
	*tokens = (struct tokens){.list = NULL};
	if (!wants_tokens(settings))
		return STATUS_OK;
	if (state < 0)
		return complain(complaint, STATUS_NOT_FOUND, "ferryd: no state folder was opened at the start: restart");
	return state_tokens(state, tokens, complaint);
}

static enum tls_clients clients_of(struct access *access)
{
	return access_wants_keys(access) ? TLS_CLIENTS_ASKED : TLS_CLIENTS_UNASKED;
}

enum status guard_open(const struct settings *settings, struct shares *shares, struct guard *guard, struct complaint *complaint)
{
	struct guard opened = {.state = -1};
	struct tokens tokens;
	enum status status = open_state(settings, shares, &opened.state, complaint);

	if (status == STATUS_OK)
		status = load_tokens(settings, opened.state, &tokens, complaint);
	if (status == STATUS_OK) {
		status = access_new(settings, shares, &tokens, &opened.access);
		if (status != STATUS_OK)
			complain(complaint, status, "ferryd: %s", status_text(status));
	}
	if (status == STATUS_OK && settings->tls)
		status = identity_open(settings, opened.state, clients_of(opened.access), &opened.identity, complaint);
	if (status == STATUS_OK)
		*guard = opened;
	else
		guard_release(&opened);
	return status;
}

void guard_release(struct guard *guard)
{
	identity_free(guard->identity);
	access_free(guard->access);
	if (guard->state >= 0)
		close(guard->state);
	*guard = (struct guard){.state = -1};
}

static void log_failure(const char *what, const char *why)
{
	char quoted[1200];

	log_line(LOG_ERROR, "event=reload %s=failed reason=%s", what, log_quote(quoted, sizeof(quoted), span_of(why)));
}

void guard_renew(const struct guard *guard, const struct settings *settings, const struct shares *shares)
{
	struct complaint complaint;
	struct tokens tokens;
	enum status status = load_tokens(settings, guard->state, &tokens, &complaint);

	if (status != STATUS_OK)
		log_failure("tokens", complaint.text);
	status = access_renew(guard->access, settings, shares, &tokens);
	if (status != STATUS_OK)
		log_failure("access", status_text(status));
	if (guard->identity &&
		identity_renew(guard->identity, settings, guard->state, clients_of(guard->access), &complaint) != STATUS_OK)
		log_failure("identity", complaint.text);
}
