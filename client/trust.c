/* Judges a server by --pin, --ca, the known servers, the system's authorities or the user, and knows its token. */
#include "trust.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "authorities.h"
#include "configuration.h"
#include "known_servers.h"
#include "path.h"
#include "pem.h"
#include "progress.h"
#include "question.h"
#include "secrets.h"
#include "text.h"
#include "whole_file.h"

#define SHOWN_SIZE 320

struct trust {
	bool pinned;
	struct pin pin;               /* if PINNED */
	struct authorities named;     /* --ca; a NULL store: none */
	struct secrets *secrets;
	struct progress *progress;
	pthread_mutex_t lock;
	/* guarded by lock; made when first needed */
	struct tls_context context;
	struct authorities system;
	struct known_servers refused; /* by the user, in this run */
};

/* --- Opening and closing --------------------------------------------------------------------------------------------- */

static enum status take_pin(struct trust *trust, const char *text, struct failure *failure)
{
	char shown[SHOWN_SIZE];

	if (!text)
		return STATUS_OK;
	if (pin_parse(text, &trust->pin) != STATUS_OK) {
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "--pin %s: a pin is sha256: and 44 characters of Base64",
			text_escape(shown, sizeof(shown), span_of(text)));
		return STATUS_INVALID;
	}
	trust->pinned = true;
	return STATUS_OK;
}

static enum status take_authorities(struct trust *trust, const char *path, struct failure *failure)
{
	char *text, shown[SHOWN_SIZE];
	size_t length;

	if (!path)
		return STATUS_OK;
	text_escape(shown, sizeof(shown), span_of(path));
	enum status status = whole_file_read_path(path, PEM_TEXT_MAX, &text, &length);
	if (status != STATUS_OK) {
		failure_set(failure, FAILURE_LOCAL, status, "--ca %s", shown);
		return status;
	}
	status = authorities_parse((struct span){(unsigned char *)text, length}, &trust->named);
	free(text);
	if (status != STATUS_OK)
		failure_set(failure, FAILURE_USAGE, STATUS_INVALID, "--ca %s: no certificates in PEM", shown);
	return status;
}

static enum status fill(struct trust *trust, const struct trust_options *options, struct failure *failure)
{
	int folder = configuration_find();
	enum status status = take_pin(trust, options->pin, failure);

	if (status == STATUS_OK)
		status = take_authorities(trust, options->ca, failure);
	if (status == STATUS_OK)
		status = secrets_open(folder, options->token_file, &trust->secrets, failure);
	if (folder >= 0)
		close(folder);
	return status;
}

enum status trust_open(const struct trust_options *options, struct trust **trust, struct failure *failure)
{
	struct trust *made = calloc(1, sizeof(*made));

	if (!made) {
		failure_set(failure, FAILURE_LOCAL, STATUS_NO_MEMORY, "starting");
		return STATUS_NO_MEMORY;
	}
	made->progress = options->progress;
	pthread_mutex_init(&made->lock, NULL);
	enum status status = fill(made, options, failure);
	if (status == STATUS_OK)
		*trust = made;
	else
		trust_close(made);
	return status;
}

void trust_close(struct trust *trust)
{
	if (!trust)
		return;
	secrets_close(trust->secrets);
	authorities_release(&trust->named);
	authorities_release(&trust->system);
	tls_context_release(&trust->context);
	known_servers_release(&trust->refused);
	pthread_mutex_destroy(&trust->lock);
	free(trust);
}

/* --- Securing -------------------------------------------------------------------------------------------------------- */

/* The user's own certificate, shown to servers that ask for one; STATUS_NOT_FOUND is fine. */
static enum status read_own(struct credentials *own)
{
	int folder = configuration_find();
	char *text = NULL;
	size_t length = 0;
	enum status status = STATUS_NOT_FOUND;

	if (folder >= 0) {
		status = whole_file_read(folder, CONFIGURATION_IDENTITY, PEM_TEXT_MAX, WHOLE_FILE_OWNER, &text, &length);
		close(folder);
	}
	struct span pem = {(unsigned char *)text, length};
	if (status == STATUS_OK)
		status = credentials_parse(pem, pem, own);
	if (text)
		explicit_bzero(text, length);
	free(text);
	return status;
}

/* caller holds lock */
static enum status make_context(struct trust *trust, struct failure *failure)
{
	char file[CONFIGURATION_SHOWN_SIZE];
	struct credentials own = {.key = NULL};

	if (trust->context.ssl)
		return STATUS_OK;
	enum status status = read_own(&own);
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		status = tls_context_client(own.key ? &own : NULL, &trust->context);
	if (status != STATUS_OK)
		failure_set(failure, FAILURE_USAGE, status,
			"%s cannot be used: it must hold a certificate and its key in PEM and be for its owner alone (chmod 600)",
			configuration_shown(CONFIGURATION_IDENTITY, file));
	credentials_release(&own);
	return status;
}

/* SNI names hosts, never addresses (RFC 6066, section 3). */
static bool is_address(const char *host)
{
	struct in6_addr address;

	return strchr(host, ':') || inet_pton(AF_INET, host, &address) == 1;
}

enum status trust_secure(struct trust *trust, const struct url *url, struct stream *stream, struct failure *failure)
{
	pthread_mutex_lock(&trust->lock);
	enum status status = make_context(trust, failure);
	if (status == STATUS_OK) {
		status = stream_secure(stream, &trust->context, is_address(url->host) ? NULL : url->host);
		if (status != STATUS_OK)
			failure_set(failure, FAILURE_LOCAL, status, "starting TLS");
	}
	pthread_mutex_unlock(&trust->lock);
	return status;
}

struct span trust_token(const struct trust *trust, const struct url *url)
{
	return secrets_find(trust->secrets, url);
}

/* --- Judging --------------------------------------------------------------------------------------------------------- */

/* The server to be judged. */
struct candidate {
	const struct url *url;
	const struct tls *tls;
	struct pin pin;
	char pin_text[PIN_TEXT_SIZE];
	char *server; /* its URL, heap */
};

static enum status candidate_init(struct candidate *candidate, const struct url *url, const struct tls *tls)
{
	struct x509_st *certificate = tls_peer(tls);

	*candidate = (struct candidate){.url = url, .tls = tls};
	enum status status = certificate ? certificate_pin(certificate, &candidate->pin) : STATUS_UNTRUSTED;
	if (status != STATUS_OK)
		return status;
	pin_text(&candidate->pin, candidate->pin_text);
	candidate->server = url_server_text(url);
	return candidate->server ? STATUS_OK : STATUS_NO_MEMORY;
}

#define REFUSE(failure, ...) (failure_set(failure, FAILURE_NETWORK, STATUS_UNTRUSTED, __VA_ARGS__), STATUS_UNTRUSTED)

static enum status judge_by_pin(const struct trust *trust, const struct candidate *candidate, struct failure *failure)
{
	if (pin_equal(&trust->pin, &candidate->pin))
		return STATUS_OK;
	return REFUSE(failure, "%s is not the server that --pin means: its pin is %s", candidate->server, candidate->pin_text);
}

static enum status judge_by_authorities(const struct authorities *authorities, const struct candidate *candidate,
	const char **reason)
{
	return authorities_verify(authorities, tls_peer(candidate->tls), tls_peer_chain(candidate->tls), candidate->url->host, reason);
}

static enum status judge_by_name(const struct trust *trust, const struct candidate *candidate, struct failure *failure)
{
	const char *reason;

	if (judge_by_authorities(&trust->named, candidate, &reason) == STATUS_OK)
		return STATUS_OK;
	return REFUSE(failure, "%s shows no certificate that --ca trusts: %s", candidate->server, reason);
}

static enum status judge_by_memory(const struct candidate *candidate, const struct pin *known, struct failure *failure)
{
	char text[PIN_TEXT_SIZE];

	if (pin_equal(known, &candidate->pin))
		return STATUS_OK;
	pin_text(known, text);
	return REFUSE(failure, "%s has another pin than before, so somebody may be in between: it was %s and is %s. Only if whoever "
		"runs it confirms the new one: ferry trust %s %s", candidate->server, text, candidate->pin_text, candidate->server,
		candidate->pin_text);
}

/* caller holds lock */
static bool system_trusts(struct trust *trust, const struct candidate *candidate)
{
	const char *reason;

	if (!trust->system.store && authorities_system(&trust->system) != STATUS_OK)
		return false;
	return judge_by_authorities(&trust->system, candidate, &reason) == STATUS_OK;
}

static enum status explain_memory(enum status status, size_t line, struct failure *failure)
{
	char file[CONFIGURATION_SHOWN_SIZE];

	configuration_shown(KNOWN_SERVERS_FILE, file);
	if (line > 0)
		return REFUSE(failure, "%s:%zu: not HOST PORT PIN; nobody is trusted until it is mended", file, line);
	failure_set(failure, FAILURE_LOCAL, status, "%s", file);
	return status;
}

/* caller holds lock */
static bool was_refused(const struct trust *trust, const struct candidate *candidate)
{
	const struct pin *refused = known_servers_find(&trust->refused, candidate->url->host, candidate->url->port);

	return refused && pin_equal(refused, &candidate->pin);
}

/* caller holds lock */
static enum status ask(struct trust *trust, const struct candidate *candidate, int stop_fd)
{
	char text[FAILURE_TEXT_SIZE];

	snprintf(text, sizeof(text), "%s is not known here. Its pin is\n  %s\nIs that what `ferryd --print-pin` shows there? (yes/no) ",
		candidate->server, candidate->pin_text);
	progress_hold(trust->progress);
	enum status status = question_ask(text, stop_fd);
	progress_go_on(trust->progress);
	if (status != STATUS_REFUSED)
		return status;
	status = known_servers_set(&trust->refused, candidate->url->host, candidate->url->port, &candidate->pin);
	return status == STATUS_OK ? STATUS_REFUSED : status;
}

/* caller holds lock */
static enum status introduce(struct trust *trust, const struct candidate *candidate, int stop_fd, struct failure *failure)
{
	size_t line;

	if (!question_can_be_asked())
		return REFUSE(failure, "%s is not known here; its pin is %s. If that is what `ferryd --print-pin` shows there: ferry trust %s %s",
			candidate->server, candidate->pin_text, candidate->server, candidate->pin_text);
	enum status status = was_refused(trust, candidate) ? STATUS_REFUSED : ask(trust, candidate, stop_fd);
	if (status == STATUS_REFUSED)
		return REFUSE(failure, "%s was not accepted", candidate->server);
	if (status != STATUS_OK) {
		failure_set(failure, FAILURE_LOCAL, status, "%s", candidate->server);
		return status;
	}
	status = configuration_learn(candidate->url, &candidate->pin, &line);
	return status == STATUS_OK ? STATUS_CHANGED : explain_memory(status, line, failure);
}

/* caller holds lock, also while the user is asked: the answer, yes or no, counts for all threads */
static enum status judge_unaided(struct trust *trust, const struct candidate *candidate, int stop_fd, struct failure *failure)
{
	struct pin known;
	size_t line;
	enum status status = configuration_recall(candidate->url, &known, &line);

	if (status == STATUS_OK)
		return judge_by_memory(candidate, &known, failure);
	if (status != STATUS_NOT_FOUND)
		return explain_memory(status, line, failure);
	return system_trusts(trust, candidate) ? STATUS_OK : introduce(trust, candidate, stop_fd, failure);
}

static enum status judge(struct trust *trust, const struct candidate *candidate, int stop_fd, struct failure *failure)
{
	if (trust->pinned)
		return judge_by_pin(trust, candidate, failure);
	if (trust->named.store)
		return judge_by_name(trust, candidate, failure);
	pthread_mutex_lock(&trust->lock);
	enum status status = judge_unaided(trust, candidate, stop_fd, failure);
	pthread_mutex_unlock(&trust->lock);
	return status;
}

enum status trust_judge(struct trust *trust, const struct url *url, const struct stream *stream, int stop_fd,
	struct failure *failure)
{
	struct candidate candidate;
	enum status status = candidate_init(&candidate, url, stream->tls);

	if (status == STATUS_OK)
		status = judge(trust, &candidate, stop_fd, failure);
	else if (status == STATUS_UNTRUSTED)
		failure_set(failure, FAILURE_NETWORK, status, "%s shows no certificate with a key that is strong enough", url->host);
	else
		failure_set(failure, FAILURE_NETWORK, status, "%s: its certificate cannot be read", url->host);
	if (status == STATUS_OK)
		tls_approve(stream->tls);
	free(candidate.server);
	return status;
}
