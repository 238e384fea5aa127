/* What comes before the greeting of a link and right after it: TLS, trust, and a token. */
#include <string.h>
#include <sys/socket.h>

#include "address.h"
#include "link_state.h"
#include "trust.h"

/* A frame begins with its length in four bytes, and no frame is so long that the first of them is not zero. */
static bool begins_like_a_frame(const struct link *link)
{
	return tls_first_byte(link->stream.tls) == 0;
}

static enum status explain(const struct link *link, enum status status, struct failure *failure)
{
	const char *reason = tls_reason(link->stream.tls);

	if (status == STATUS_PROTOCOL && tls_met_plain(link->stream.tls))
		failure_set(failure, FAILURE_NETWORK, status, "%s does not speak TLS%s", link->peer,
			begins_like_a_frame(link) ? ": its URL begins with ferry://" : "");
	else if (status == STATUS_UNTRUSTED)
		failure_set(failure, FAILURE_NETWORK, status, "%s does not have the key of the certificate that it shows", link->peer);
	else if (status == STATUS_PROTOCOL)
		failure_set(failure, FAILURE_NETWORK, status, "TLS with %s failed: %s", link->peer, reason ? reason : "it broke the protocol");
	else
		failure_set(failure, FAILURE_NETWORK, status, "%s", link->peer);
	return status;
}

static enum status shake_hands(struct link *link, struct failure *failure)
{
	enum status status;

	link_be_patient(link);
	while ((status = stream_handshake(&link->stream)) == STATUS_WANT_READ || status == STATUS_WANT_WRITE) {
		status = link_await(link, status);
		if (status != STATUS_OK)
			break;
	}
	return status == STATUS_OK ? STATUS_OK : explain(link, status, failure);
}

enum status link_secure(struct link *link, const struct url *url, struct failure *failure)
{
	struct trust *trust = link->options.trust;

	if (!url->tls)
		return STATUS_OK;
	if (!trust) {
		failure_set(failure, FAILURE_LOCAL, STATUS_UNSUPPORTED, "%s needs TLS", link->peer);
		return STATUS_UNSUPPORTED;
	}
	enum status status = trust_secure(trust, url, &link->stream, failure);
	if (status == STATUS_OK)
		status = shake_hands(link, failure);
	return status == STATUS_OK ? trust_judge(trust, url, &link->stream, link->options.stop_fd, failure) : status;
}

/* Within one machine nobody can overhear it. */
static bool stays_here(const struct link *link)
{
	struct address address = {.length = sizeof(address.storage)};

	return getpeername(link->stream.fd, (struct sockaddr *)&address.storage, &address.length) == 0 && address_is_loopback(&address);
}

enum status link_show_token(struct link *link, const struct url *url, struct failure *failure)
{
	unsigned char bytes[FRAME_HEADER_SIZE + 2 + AUTH_TOKEN_MAX];
	struct auth auth = {.token.length = 0};
	struct writer writer;

	if (link->options.trust)
		auth.token = trust_token(link->options.trust, url);
	if (auth.token.length == 0)
		return STATUS_OK;
	if (!url->tls && !stays_here(link)) {
		failure_set(failure, FAILURE_SERVER, STATUS_REFUSED, "a token is never sent to %s without TLS: use ferrys://, or no token",
			link->peer);
		return STATUS_REFUSED;
	}
	writer_init(&writer, bytes, sizeof(bytes));
	auth_encode(&writer, &auth);
	enum status status = link_gather(link, bytes, writer_length(&writer));
	explicit_bzero(bytes, sizeof(bytes));
	if (status != STATUS_OK)
		link_failure(link, status, failure);
	return status;
}
