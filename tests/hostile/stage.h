/* The stage of the attacks on a server: what it serves, the servers themselves, an attacker, and a good client. */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>

#include "case.h"
#include "raw.h"
#include "scratch.h"
#include "shape.h"
#include "victim.h"

/* Files that are known to the attacks; those not named here have their own path as contents. */
#define STAGE_SMALL "good\n"
#define STAGE_LARGE_PIECES 3u
#define STAGE_LARGE_SIZE (2 * PIECE_SIZE + 1)

/* Who shows it may read what its name says; in the servers' state folder, which lies in the share "public". */
#define TOKEN_OF_LOCKED "ferry_locked"
#define TOKEN_OF_PART "ferry_part"
#define TOKEN_EXPIRED "ferry_expired"
/* Whose certificates have these keys may read it too. */
#define STAGE_KEY SHAPE_P256
#define STAGE_WEAK_KEY SHAPE_RSA_1024

/*
 * The folder "world" of SCRATCH holds what is served, and what lies next to it:
 *   public/    small, empty, large, folder/inside, fifo, socket, out -> ../outside/secret, outside -> ../outside, absolute (to the same
 *              secret), here -> small, below -> folder, loop -> loop, nowhere -> missing, device -> /dev/zero, process -> /proc/self,
 *              state/ (the servers')
 *   followed/  a share whose symlinks are followed as long as they stay in it; the same links, and small
 *   veiled/    a share without hidden names: small, .secret, .folder/inside
 *   locked/    a share for tokens: file, part/inside, part/up -> ../file
 *   far/       a share for other addresses: file
 *   outside/   no share: secret
 */
struct stage {
	struct scratch scratch;
	struct victim plain;  /* deadlines so long that no attack can wait for them */
	struct victim secure; /* the same inside TLS */
	struct victim narrow; /* four connections, one address with three of them, two requests, 16 KiB of them */
	struct victim hasty;  /* deadlines of 300 ms */
	struct raw raw;       /* the attacker's; closed after every case */
	struct raw others[8];
	struct raw good;
	char *before;         /* a snapshot of the world */
};

/* Ends the program where the stage can't be built. */
void stage_build(struct stage *stage);

/* False, with the reason on standard error, where a server did not end as it should. */
bool stage_strike(struct stage *stage);

/* Asserts that good clients are served, and that nothing in the world has changed. STAGE is a struct stage. */
void stage_look(void *stage);

/* The attacker's connection to the plain server: greeted, or only connected. */
struct raw *stage_greet(struct stage *stage);
struct raw *stage_connect(struct stage *stage);

/* A case that needs nothing but the stage. */
struct attack {
	void (*play)(struct stage *stage);
};
void stage_play(void *stage, const void *attack);
#define ATTACK(threat, name) HOSTILE_WITH(threat, name, stage_play, (&(const struct attack){name}))

#endif
