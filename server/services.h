/* Services: everything that all connections share, such as settings, shares, contents, caps and counters. */
#ifndef SERVICES_H
#define SERVICES_H

#include <stdatomic.h>
#include <stdint.h>

#include "caps.h"
#include "cold.h"
#include "content.h"
#include "gate.h"
#include "peers.h"
#include "settings.h"
#include "share.h"

struct access;
struct identity;

/* Counted by every thread; any may read the totals. */
struct tally {
	_Atomic uint64_t requests;    /* answered, whatever the answer */
	_Atomic uint64_t sent;        /* bytes of files */
	_Atomic uint64_t hashed;      /* bytes of files */
	_Atomic uint64_t connections; /* accepted, refused ones included */
};

struct services {
	const struct settings *settings;
	const struct shares *shares;
	struct contents *contents;
	struct access *access;
	struct identity *identity; /* NULL: plain */
	struct peers *peers;
	struct caps caps;
	struct gate gate;
	struct cold cold;
	struct tally tally;
};

#endif
