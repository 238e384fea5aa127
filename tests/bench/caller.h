/* A client of ferryd or of an HTTP server that asks for one file again and again and drops what comes. */
#ifndef CALLER_H
#define CALLER_H

#include <stddef.h>
#include <stdint.h>

enum protocol {
	PROTOCOL_FERRY,
	PROTOCOL_HTTP,
};

struct place {
	enum protocol protocol;
	const char *host; /* IPv4, in digits */
	uint16_t port;
};

/* What is sent to have a file, and how long the answer is: it does not change while the file stays as it is. */
struct question {
	unsigned char bytes[512];
	size_t length;
	uint64_t answer_length;
};

struct caller {
	enum protocol protocol;
	int fd;
	uint16_t number; /* of the last request */
	uint64_t received; /* of the answers to come */
};

/* Connects, and greets where the protocol does. Ends the program where that fails; so do the others. */
void caller_open(struct caller *caller, const struct place *place);

void caller_ask(struct caller *caller, const struct question *question);

/* Drops what is there, without waiting; returns how many answers became complete by it. */
unsigned caller_drop(struct caller *caller, const struct question *question);

/* Asks for PATH once, on a connection of its own, and learns how to ask for the whole file. */
void question_learn(struct question *question, const struct place *place, const char *path);

#endif
