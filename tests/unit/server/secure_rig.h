/* The rig with TLS: its connection awaits a handshake. */
#ifndef SECURE_RIG_H
#define SECURE_RIG_H

#include "identity.h"
#include "script.h"

static inline int secure_rig_setup(void **state)
{
	struct complaint complaint;
	int result = rig_setup(state);
	struct rig *rig = *state;

	if (result != 0)
		return result;
	rig_disconnect(rig);
	if (identity_open(&rig->settings, rig->scratch.folder, TLS_CLIENTS_UNASKED, &rig->services.identity, &complaint) != STATUS_OK)
		return -1;
	rig_connect(rig);
	return 0;
}

static inline int secure_rig_teardown(void **state)
{
	struct rig *rig = *state;
	struct identity *identity = rig->services.identity;
	int result = rig_teardown(state);

	identity_free(identity);
	return result;
}

#endif
