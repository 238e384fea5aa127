/* The guard: identity and access, opened together at the start and renewed together by SIGHUP. */
#ifndef GUARD_H
#define GUARD_H

#include "access.h"
#include "complaint.h"
#include "identity.h"
#include "settings.h"
#include "share.h"
#include "status.h"

struct guard {
	int state;                 /* the folder of the state; -1 where nothing in it is needed */
	struct identity *identity; /* NULL: plain */
	struct access *access;
};

/* Opens both as the settings ask; the state's folder is hidden from SHARES. */
MUST_CHECK enum status guard_open(const struct settings *settings, struct shares *shares, struct guard *guard,
	struct complaint *complaint);
/* A zeroed guard whose state is -1 is fine. */
void guard_release(struct guard *guard);

/*
 * Reads certificates, tokens and rules again, for new connections and for those that are there. Failures are logged: an
 * identity stays as it was, tokens that cannot be read are none.
 */
void guard_renew(const struct guard *guard, const struct settings *settings, const struct shares *shares);

#endif
