/* Judges tokens and certificates, and words refusals. */
#include "admission.h"

#include <stdbool.h>

#include "access.h"
#include "log.h"
#include "message.h"

static enum status key_of(const struct tls *tls, struct claim *claim)
{
	struct x509_st *certificate = tls_peer(tls);
	struct pin pin;

	if (!certificate)
		return STATUS_NOT_FOUND;
	enum status status = certificate_pin(certificate, &pin);
	/* A key that anybody could have proves nothing. */
	if (status == STATUS_UNTRUSTED)
		return STATUS_NOT_FOUND;
	if (status == STATUS_OK)
		*claim = (struct claim){.kind = TOKEN_KEY, .digest = pin.digest};
	return status;
}

enum status admission_greet(const struct admission *admission)
{
	struct claim claim;
	enum status status = admission->stream->tls ? key_of(admission->stream->tls, &claim) : STATUS_NOT_FOUND;

	if (status == STATUS_OK && access_check(admission->services->access, &claim) == STATUS_OK)
		return visitor_claim(admission->visitor, &claim);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

/* A token sent in the clear is no longer secret; within one machine nobody can overhear it. */
static bool token_may_come(const struct admission *admission)
{
	return admission->stream->tls || network_host_is_loopback(&admission->visitor->host);
}

/* LOOKED is the verdict of access on a token. */
static enum status tell(const struct admission *admission, enum status looked)
{
	if (looked == STATUS_REFUSED)
		log_line(LOG_WARN, "event=token peer=%s result=refused", admission->visitor->text);
	return looked;
}

enum status admission_take(const struct admission *admission, struct span payload)
{
	struct claim claim = {.kind = TOKEN_SECRET};
	struct auth auth;
	enum status status = auth_decode(payload, &auth);

	if (status == STATUS_OK)
		status = token_digest(auth.token, &claim.digest);
	if (status == STATUS_OK)
		status = tell(admission, token_may_come(admission) ? access_check(admission->services->access, &claim) : STATUS_REFUSED);
	return status == STATUS_OK ? visitor_claim(admission->visitor, &claim) : status;
}

enum status admission_check(const struct admission *admission)
{
	const struct claim *claim = admission->visitor->claim;

	/* A key that is no longer valid only opens nothing; a token was sent to be accepted. */
	if (!claim || claim->kind == TOKEN_KEY)
		return STATUS_OK;
	return tell(admission, access_check(admission->services->access, claim));
}

const char *admission_words(const struct admission *admission, uint16_t number, enum status failure)
{
	const struct services *services = admission->services;

	if (failure == STATUS_REFUSED && number == 0)
		return token_may_come(admission) ? "the token is not known here, or has expired" : "a token must not be sent without TLS";
	if (failure == STATUS_PROTOCOL && number == 0 && services->identity && !admission->stream->tls)
		return "this server speaks TLS: its URLs begin with ferrys://";
	/* The same words for a path that does not exist and for one that must not be seen. */
	if (failure == STATUS_NOT_FOUND && !admission->visitor->claim && access_wants_tokens(services->access))
		return "no token was sent";
	return status_text(failure);
}
