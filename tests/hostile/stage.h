/* The stage of the attacks on a server: what it serves, the servers themselves, an attacker, and a good client. */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>

#include "raw.h"
#include "scratch.h"
#include "victim.h"

/*
 * What the shares hold, in the folder "world" of SCRATCH:
 *   public    small ("good\n"), empty, large (three pieces), folder/inside
 */
struct stage {
	struct scratch scratch;
	struct victim plain; /* no TLS, and deadlines so long that no attack can wait for them */
	struct raw raw;      /* the attacker's; closed after every case */
	struct raw good;
	char *before;        /* a snapshot of the world */
};

/* Ends the program where the stage can't be built. */
void stage_build(struct stage *stage);

/* False, with the reason on standard error, where a server did not end as it should. */
bool stage_strike(struct stage *stage);

/* Asserts that a good client is served by every server, and that nothing in the world has changed. */
void stage_look(void *stage);

#endif
