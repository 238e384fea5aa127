/* The identity: the key and certificate that the server shows, made when first needed, renewed while it runs. */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "complaint.h"
#include "pin.h"
#include "settings.h"
#include "status.h"
#include "stream.h"

/*
 * The certificate and key that the settings name, else the server's own: self-signed, made when there is none, kept in one
 * file of the state folder that is its owner's alone. Any thread may call.
 */
struct identity;

#define IDENTITY_FILE "identity.pem"

/* STATE, the folder, is not needed where the settings name a certificate; it may be -1 then. */
MUST_CHECK enum status identity_open(const struct settings *settings, int state, enum tls_clients clients,
	struct identity **identity, struct complaint *complaint);
void identity_free(struct identity *identity);

/* Reads it again, for new connections, but makes nothing. On failure nothing changes. */
MUST_CHECK enum status identity_renew(struct identity *identity, const struct settings *settings, int state,
	enum tls_clients clients, struct complaint *complaint);

struct pin identity_pin(struct identity *identity);

/* Puts TLS on a connection that was accepted. */
MUST_CHECK enum status identity_secure(struct identity *identity, struct stream *stream);

#endif
