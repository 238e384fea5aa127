/* A raw client: says what it is told, sound or not, and looks hard at what comes back. */
#ifndef RAW_H
#define RAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "message.h"
#include "stream.h"

/* Everything here asserts with cmocka: a frame that a server may not send fails the test, and so does waiting for more than 20 s. */
struct raw {
	struct stream stream;
	enum frame_phase phase;
	uint16_t number;       /* of the last request */
	unsigned char *room;   /* for one payload, kept from one connection to the next */
};

struct raw_answer {
	struct frame frame;
	struct span payload; /* until the next one comes */
};

/* A zeroed one is closed. */
void raw_open(struct raw *raw, uint16_t port);
/* From 127.0.0.HOST. */
void raw_open_from(struct raw *raw, uint8_t host, uint16_t port);
/* From here on inside TLS; the server may be anybody. */
void raw_secure(struct raw *raw);
void raw_secure_by(struct raw *raw, const struct tls_context *context);
/* HELLO, and WELCOME. */
void raw_greet(struct raw *raw);
/* Does nothing to a closed one. */
void raw_close(struct raw *raw);
/* Frees the room. */
void raw_release(struct raw *raw);
/* No more will be said: the client's end of stream. */
void raw_half_close(struct raw *raw);
/* Closes so that the server is told of a reset. */
void raw_reset(struct raw *raw);

/* --- Saying ---------------------------------------------------------------------------------------------------------- */

/* A server that has gone meanwhile is no failure: what it said before decides. */
void raw_put(struct raw *raw, const void *bytes, size_t length);
void raw_say(struct raw *raw, const struct writer *writer);
/* The header as it is, and LENGTH bytes behind it, whatever the header says. */
void raw_frame(struct raw *raw, const struct frame *frame, const void *payload, size_t length);

#define RAW_WRITER(writer)                                                                                              \
	unsigned char writer##_room[2 * FRAME_REQUEST_SIZE];                                       \
	struct writer writer;                                                                                           \
	writer_init(&writer, writer##_room, sizeof(writer##_room))

/* Nothing but a header. */
void raw_header(struct raw *raw, const struct frame *frame);
void raw_hello(struct raw *raw);
void raw_auth(struct raw *raw, const void *token, size_t length);

/* The next request, sound but for its path: READ and DIGESTS ask for piece 0 of any version, SUM for the flat one. */
void raw_ask(struct raw *raw, enum frame_type type, struct span path);
/* The types that carry a path. */
extern const enum frame_type raw_path_types[];
extern const size_t raw_path_type_count;
void raw_read(struct raw *raw, const struct pieces_request *request);
void raw_digests(struct raw *raw, const struct pieces_request *request);
void raw_ping(struct raw *raw, size_t length);
void raw_goodbye(struct raw *raw);

/* --- Expecting ------------------------------------------------------------------------------------------------------- */

/* The next frame; false at the end of the stream, also one by reset. */
bool raw_next(struct raw *raw, struct raw_answer *answer);
struct raw_answer raw_expect(struct raw *raw, enum frame_type type, uint16_t number);
/* ERROR with number 0, then the end. */
void raw_expect_fatal(struct raw *raw, enum error_code code);
/* ERROR with the last request's number; the connection lives. */
void raw_expect_error(struct raw *raw, enum error_code code);
/* The connection answers a PING. */
void raw_expect_alive(struct raw *raw);
/* No further frame: the end of the stream or a reset. */
void raw_expect_end(struct raw *raw);
/* FILE, the answer to the last request. */
struct file raw_expect_file(struct raw *raw);
/* What a good client does on a new connection: greets, fetches PATH, which holds TEXT, says goodbye and closes. */
void raw_visit(struct raw *raw, const char *path, const char *text);

#endif
