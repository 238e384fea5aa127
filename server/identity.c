/* Makes, reads and shows the server's identity. */
#include "identity.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "credentials.h"
#include "log.h"
#include "path.h"
#include "pem.h"
#include "whole_file.h"

struct identity {
	pthread_mutex_t lock;
	/* guarded by lock */
	struct tls_context context;
	struct pin pin;
};

static void forget_text(char *text, size_t length)
{
	if (text)
		explicit_bzero(text, length);
	free(text);
}

/* --- The server's own ------------------------------------------------------------------------------------------------ */

static enum status make(int state)
{
	char *text = NULL;
	size_t length = 0;
	enum status status = credentials_make("ferryd", &text, &length);

	if (status == STATUS_OK)
		status = whole_file_replace(state, IDENTITY_FILE, text, length);
	forget_text(text, length);
	if (status == STATUS_OK)
		log_line(LOG_INFO, "event=identity made=%s", IDENTITY_FILE);
	return status;
}

/* Two servers that start at once must not each make their own. */
static enum status make_unless_made(int state)
{
	int lock;
	enum status status = whole_file_lock(state, IDENTITY_FILE, &lock);

	if (status != STATUS_OK)
		return status;
	char *text = NULL;
	size_t length = 0;
	status = whole_file_read(state, IDENTITY_FILE, PEM_TEXT_MAX, WHOLE_FILE_OWNER, &text, &length);
	forget_text(text, length);
	if (status == STATUS_NOT_FOUND)
		status = make(state);
	close(lock);
	return status;
}

static enum status read_own(int state, struct credentials *credentials)
{
	char *text = NULL;
	size_t length = 0;
	enum status status = whole_file_read(state, IDENTITY_FILE, PEM_TEXT_MAX, WHOLE_FILE_OWNER, &text, &length);
	struct span pem = {(unsigned char *)text, length};
	if (status == STATUS_OK)
		status = credentials_parse(pem, pem, credentials);
	forget_text(text, length);
	return status;
}

static const char *reason_of_own(enum status status)
{
	if (status == STATUS_REFUSED)
		return "others than its owner have permissions on it (chmod 600)";
	if (status == STATUS_INVALID || status == STATUS_MISMATCH)
		return "damaged: restore it from a backup, or remove it for a new identity, which clients will not trust at first";
	if (status == STATUS_NOT_FOUND)
		return "missing: restore it from a backup, or restart for a new identity, which clients will not trust at first";
	return status_text(status);
}

static enum status complain_of_own(struct complaint *complaint, enum status status)
{
	return complain(complaint, status, "ferryd: " IDENTITY_FILE " in the state folder: %s", reason_of_own(status));
}

/* Only at the start: one that is missing later is somebody's mistake, made worse by a new one for every client that knows the old one. */
static enum status have_own(const struct settings *settings, int state, struct complaint *complaint)
{
	enum status status = settings->cert ? STATUS_OK : make_unless_made(state);

	return status == STATUS_OK ? status : complain_of_own(complaint, status);
}

/* --- The settings' --------------------------------------------------------------------------------------------------- */

struct pem_file {
	const char *setting; /* that names it */
	const char *path;
	char *text; /* heap */
	size_t length;
};

static enum status read_pem(const struct settings *settings, struct pem_file *file, struct complaint *complaint)
{
	enum status status = whole_file_read_path(file->path, PEM_TEXT_MAX, &file->text, &file->length);

	if (status == STATUS_OK)
		return status;
	return settings_complain_of(settings, file->setting, complaint,
		complain(complaint, status, "%s = %s: %s", file->setting, file->path, status_text(status)));
}

static struct span span_of_file(const struct pem_file *file)
{
	return (struct span){(const unsigned char *)file->text, file->length};
}

static enum status parse_named(const struct settings *settings, struct span cert, struct span key,
	struct credentials *credentials, struct complaint *complaint)
{
	const char *key_path = settings->key ? settings->key : settings->cert;
	enum status status = credentials_parse(cert, key, credentials);

	switch (status) {
	case STATUS_OK:
		return status;
	case STATUS_MISMATCH:
		return complain(complaint, status, "ferryd: the key in %s is not that of the certificate in %s", key_path, settings->cert);
	default:
		return complain(complaint, status, "ferryd: %s, %s: no certificate, or no key without a password, in PEM", settings->cert,
			key_path);
	}
}

static enum status read_named(const struct settings *settings, struct credentials *credentials, struct complaint *complaint)
{
	struct pem_file cert = {.setting = "cert", .path = settings->cert};
	struct pem_file key = {.setting = settings->key ? "key" : "cert", .path = settings->key ? settings->key : settings->cert};
	enum status status = read_pem(settings, &cert, complaint);

	if (status == STATUS_OK)
		status = read_pem(settings, &key, complaint);
	if (status == STATUS_OK)
		status = parse_named(settings, span_of_file(&cert), span_of_file(&key), credentials, complaint);
	forget_text(cert.text, cert.length);
	forget_text(key.text, key.length);
	return status;
}

/* --- Either ---------------------------------------------------------------------------------------------------------- */

static enum status read_credentials(const struct settings *settings, int state, struct credentials *credentials,
	struct complaint *complaint)
{
	enum status status;

	if (settings->cert)
		return read_named(settings, credentials, complaint);
	status = read_own(state, credentials);
	return status == STATUS_OK ? status : complain_of_own(complaint, status);
}

static enum status make_context(const struct credentials *credentials, enum tls_clients clients, struct tls_context *context,
	struct pin *pin, struct complaint *complaint)
{
	enum status status = certificate_pin(credentials->certificate, pin);

	if (status == STATUS_OK)
		status = tls_context_server(credentials, clients, context);
	if (status != STATUS_OK)
		complain(complaint, status, "ferryd: this certificate cannot be used: %s", status == STATUS_INVALID ||
			status == STATUS_UNTRUSTED ? "its key is too weak, or of a kind that TLS 1.3 does not know" : status_text(status));
	return status;
}

enum status identity_renew(struct identity *identity, const struct settings *settings, int state, enum tls_clients clients,
	struct complaint *complaint)
{
	struct credentials credentials;
	struct tls_context context, old;
	char text[PIN_TEXT_SIZE];
	struct pin pin;
	enum status status = read_credentials(settings, state, &credentials, complaint);

	if (status != STATUS_OK)
		return status;
	status = make_context(&credentials, clients, &context, &pin, complaint);
	credentials_release(&credentials);
	if (status != STATUS_OK)
		return status;
	pthread_mutex_lock(&identity->lock);
	old = identity->context;
	identity->context = context;
	identity->pin = pin;
	pthread_mutex_unlock(&identity->lock);
	tls_context_release(&old);
	pin_text(&pin, text);
	log_line(LOG_INFO, "event=identity pin=%s", text);
	return STATUS_OK;
}

enum status identity_open(const struct settings *settings, int state, enum tls_clients clients, struct identity **identity,
	struct complaint *complaint)
{
	struct identity *made = calloc(1, sizeof(*made));

	if (!made)
		return complain(complaint, STATUS_NO_MEMORY, "ferryd: out of memory");
	pthread_mutex_init(&made->lock, NULL);
	enum status status = have_own(settings, state, complaint);
	if (status == STATUS_OK)
		status = identity_renew(made, settings, state, clients, complaint);
	if (status == STATUS_OK)
		*identity = made;
	else
		identity_free(made);
	return status;
}

void identity_free(struct identity *identity)
{
	if (!identity)
		return;
	tls_context_release(&identity->context);
	pthread_mutex_destroy(&identity->lock);
	free(identity);
}

struct pin identity_pin(struct identity *identity)
{
	struct pin pin;

	pthread_mutex_lock(&identity->lock);
	pin = identity->pin;
	pthread_mutex_unlock(&identity->lock);
	return pin;
}

enum status identity_secure(struct identity *identity, struct stream *stream)
{
	pthread_mutex_lock(&identity->lock);
	enum status status = stream_secure(stream, &identity->context, NULL);
	pthread_mutex_unlock(&identity->lock);
	return status;
}
