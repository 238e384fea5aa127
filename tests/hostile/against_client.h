/* The half of the hostile suite that attacks the client: what an attack is, and the rooms that it passes through. */
#ifndef AGAINST_CLIENT_H
#define AGAINST_CLIENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message.h"
#include "shape.h"
#include "stream.h"

/*
 * An attack is an honest server (against_client_server.c, which offers what against_client_offer.c has) with one lie in
 * what it says, and a client's command that has to see through it. It is tried once for each command and each value. The
 * client runs in a folder of its own, beside things that are none of its business; afterwards against_client_trial.c
 * compares everything there, and looks at the exit code, at what was said, and at how long it took.
 */

/* --- Lies ---------------------------------------------------------------------------------------------------------- */

enum lie_kind {
	LIE_NONE,
	LIE_SET,     /* WIDTH bytes at OFFSET of the frame become VALUE; an offset below zero counts from the frame's end */
	LIE_PAYLOAD, /* the payload has VALUE bytes, cut off or filled up with zeros; the header agrees */
	LIE_END,     /* VALUE bytes of the frame are said, then the connection ends */
	LIE_HOLD,    /* VALUE bytes of the frame are said, then nothing */
	LIE_RESET,   /* VALUE bytes of the frame are said, then the connection is reset */
	LIE_DROP,    /* the frame is not said */
	LIE_REPEAT,  /* the frame is said VALUE times */
	LIE_BEFORE,  /* before it another frame is said, sound in itself: VALUE is its type, 0: noise */
	LIE_BEHIND,  /* behind it */
	LIE_INSTEAD, /* instead of it */
};

struct lie {
	enum lie_kind kind;
	uint8_t type;   /* of the frames that are meant, an enum frame_type */
	unsigned spare; /* that many of them on each connection are true */
	int offset;
	unsigned width;
	uint64_t value; /* the attack's values take its place, one after the other */
};

/* One entry of a listing that no honest server has. */
struct listed {
	enum entry_kind kind;
	const char *name;
	size_t length; /* of NAME where that holds a NUL; else 0 */
	uint64_t size;
	int64_t seconds;
	uint32_t nanoseconds;
	uint16_t mode;
	uint16_t reason;
};
#define LISTED_MAX 8

struct visit;
struct trial;

struct attack {
	const char *threat;
	const char *name;
	const char *commands; /* one a line; what stands for something is explained below */
	int code;             /* that the client ends with */
	const char *says;     /* what is in its stderr; NULL: anything */
	struct lie lie;
	const uint64_t *values; /* VALUES(...) */
	size_t value_count;
	struct listed listing[LISTED_MAX]; /* instead of every folder's own; ends with a zeroed one */
	void (*play)(struct visit *visit);  /* says everything itself, from the greeting on */
	/* Sees every frame of the honest server that the lie does not touch, and may change it in place. True: it has said it itself. */
	bool (*alter)(struct visit *visit, unsigned char *frame, size_t length);
	void (*prepare)(const char *folder); /* puts things into the client's folder beforehand */
	const char *fetched; /* names that have to be there afterwards, true to what the server offers */
	const char *may;     /* names that may be there; one that ends in a slash is a folder */
	const struct shape *shape; /* what the server shows, all inside TLS; the client's folder has ca.pem */
	bool is_long;        /* left out where QUICK is set */
	unsigned seconds;    /* within which it ends; 0: PATIENCE */
};

#define VALUES(...) .values = (const uint64_t[]){__VA_ARGS__}, .value_count = sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)
#define LIE(kind, type, ...) .lie = {LIE_##kind, FRAME_##type, __VA_ARGS__}

/* Where fields begin in a frame, and how many bytes they have. */
#define AT(first, bytes) .offset = (first), .width = (bytes)
#define AT_LENGTH AT(0, 4)
#define AT_TYPE AT(4, 1)
#define AT_FLAGS AT(5, 1)
#define AT_NUMBER AT(6, 2)
#define AT_FILE_KIND AT(8, 1)
#define AT_FILE_MODE AT(9, 2)
#define AT_FILE_SIZE AT(11, 8)
#define AT_FILE_SECONDS AT(19, 8)
#define AT_FILE_NANOSECONDS AT(27, 4)
#define AT_FILE_ROOT_KNOWN AT(47, 1)
#define AT_FILE_ROOT AT(48, 1)
#define AT_ENTRY_KIND AT(8, 1) /* of the first one */
#define AT_ENTRY_MODE AT(9, 2)
#define AT_ENTRY_SIZE AT(11, 8)
#define AT_ENTRY_SECONDS AT(19, 8)
#define AT_ENTRY_NANOSECONDS AT(27, 4)
#define AT_ENTRY_REASON AT(31, 2)
#define AT_ENTRY_NAME_LENGTH AT(33, 2)
#define AT_DATA_STATUS AT(-33, 1)
#define AT_DATA_DIGEST AT(-32, 1)

#define PATIENCE 60u /* far beyond every deadline that is set: a wobbling machine is no fault of the client */

struct attack_table {
	const struct attack *attacks;
	size_t count;
};
#define ATTACK_TABLE(rows) {rows, sizeof(rows) / sizeof((rows)[0])}

extern const struct attack_table greeting_attacks, field_attacks, order_attacks, listing_attacks, piece_attacks, error_attacks,
	time_attacks, place_attacks, tls_attacks, certificate_attacks;

/* --- Commands ------------------------------------------------------------------------------------------------------ */

/*
 * URL stands for the server's, without a slash at its end, TLSURL for the same with ferrys://, NAMEDURL for ferrys://localhost...,
 * PIN for the pin of the shape's key.
 * None of these has to wait for the server's patience: it is there for the day on which one does.
 */
#define ASKED " --timeout 20 --retry 0\n"
#define GET "get URL/file --no-sync" ASKED
#define GET_BIG "get URL/big" ASKED
#define GET_TREE "get -r URL/folder" ASKED
#define GET_CONTENTS "get -r URL/folder/" ASKED
#define PIPE "get URL/big -o -" ASKED
#define LS "ls URL/folder --timeout 20\n"
#define LS_TREE "ls -r URL/folder --timeout 20\n"
#define STAT "stat URL/file --timeout 20\n"
#define SUM "sum URL/file --timeout 20\n"
#define SUM_TREE "sum -r URL/folder --timeout 20\n"
#define VERIFY "verify URL/file kept --timeout 20\n"
#define VERIFY_TREE "verify URL/folder . --timeout 20\n"
#define PING "ping URL -c 3 --timeout 20\n"
#define EVERY_TREE GET_TREE GET_CONTENTS LS_TREE SUM_TREE VERIFY_TREE
#define EVERY_COMMAND GET GET_BIG PIPE LS STAT SUM VERIFY PING EVERY_TREE

/* --- What the server offers ---------------------------------------------------------------------------------------- */

struct offered {
	const char *path;
	enum entry_kind kind;
	uint64_t size;
	const unsigned char *bytes;
	struct digest root;
	struct digest sum; /* SHA-256 */
	struct version version;
};
#define OFFERED_TIME 1730000000
#define OFFERED_PIECES_MAX 3u

/* Computes all digests. */
void offer_prepare(void);
/* NULL: there is nothing of that name. */
const struct offered *offer_find(const char *path);
/* The one that follows AFTER (NULL: the first); NULL at the end. */
const struct offered *offer_next(const struct offered *after);
const struct digest *offer_piece(const struct offered *offered, uint64_t piece);

/* --- The server ---------------------------------------------------------------------------------------------------- */

struct server;

/* One connection. */
struct visit {
	struct server *server;
	const struct attack *attack;
	uint64_t value;
	struct stream stream;
	uint16_t number; /* of the request that is answered */
	unsigned said[256]; /* frames of each type */
	bool over;       /* nothing more is said */
	unsigned char *frame; /* FRAME_ROOM bytes */
	unsigned char request[FRAME_REQUEST_SIZE];
};

/* Listens on a free port of 127.0.0.1 and plays ATTACK to every client, with VALUE. */
struct server *server_start(const struct attack *attack, uint64_t value);
uint16_t server_port(const struct server *server);
/* How many connections there were; a client that opens so many for one small task is out of its mind. */
#define SERVER_VISITS_MAX 64u
unsigned server_visits(const struct server *server);
/* A number that all visits of a server share, one greater each time; the first is 1. */
unsigned server_count(struct server *server);
void server_stop(struct server *server);

/* For what plays by itself. SAY encodes one frame by ENCODE and says it as it is. */
bool visit_hear(struct visit *visit, struct frame *frame, struct span *payload); /* the next frame from the client */
void visit_say(struct visit *visit, const void *bytes, size_t length);
void visit_greet(struct visit *visit);
/* Answers as the honest server would, with the lie, until the client is gone. */
void visit_serve(struct visit *visit);
/* Says nothing more, but listens until the client is gone. */
void visit_hold(struct visit *visit);
#define SAY(visit, encode, ...) \
	do { \
		unsigned char say_bytes[FRAME_HEADER_SIZE + FRAME_ANSWER_MAX]; \
		struct writer say_writer; \
		writer_init(&say_writer, say_bytes, sizeof(say_bytes)); \
		encode(&say_writer, __VA_ARGS__); \
		visit_say(visit, say_bytes, writer_length(&say_writer)); \
	} while (0)
/* Ends this direction of the connection. */
void visit_end(struct visit *visit);
/* What STAT says of it. */
struct file visit_file(const struct offered *offered);
void visit_answer(struct visit *visit, const struct frame *frame, struct span payload);

/* One frame of an honest server, built in FRAME; the lie, or whoever alters it, may bend it. */
void visit_say_bent(struct visit *visit, unsigned char *frame, size_t length);
#define FRAME_ROOM (FRAME_HEADER_SIZE + FRAME_DATA_MAX + FRAME_ANSWER_MAX)
#define SAY_TRUE(visit, encode, ...) \
	do { \
		struct writer say_writer; \
		writer_init(&say_writer, (visit)->frame, FRAME_ROOM); \
		encode(&say_writer, __VA_ARGS__); \
		visit_say_bent(visit, (visit)->frame, writer_length(&say_writer)); \
	} while (0)

/* --- The trial ----------------------------------------------------------------------------------------------------- */

/* All commands with all values: writes what went wrong to COMPLAINT, which stays empty where nothing did; returns the number of runs. */
#define COMPLAINT_SIZE 4096
size_t trial_run(const struct attack *attack, char complaint[COMPLAINT_SIZE]);

/* --- What lies in a folder ----------------------------------------------------------------------------------------- */

/* Everything below a folder: names, kinds, modes, times, links, bytes. */
struct traces;

struct traces *traces_take(const char *folder);
void traces_free(struct traces *traces);

struct trace_rules {
	const char *inside;    /* the folder, below the one that was taken, in which something may be new */
	const char *fetched;   /* as in struct attack */
	const char *may;
	const char *tree;      /* what was asked for with all that is in it; NULL: nothing */
};
/* NULL, or what has changed that may not have; static until the thread's next call. */
const char *traces_judge(const struct traces *before, const struct traces *after, const struct trace_rules *rules);

#endif
