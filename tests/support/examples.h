/* The worked examples of docs/protocol.md, read from that very file, so that contract and code can't drift apart. */
#ifndef EXAMPLES_H
#define EXAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * A fenced block is an example when its first line is "```hex name=NAME from=SIDE" or "```conversation". Its lines are
 * pairs of hexadecimal digits, spaces, and a remark from '#' on. In a conversation each line begins with C (client)
 * or S (server).
 */
#define EXAMPLE_MAX 1024

struct example {
	char name[40];
	bool from_client;
	unsigned char bytes[EXAMPLE_MAX];
	size_t length;
};

/* The document, from its beginning. Ends the program with a message when it can't be read. */
FILE *document_open(void);

/* The next hex block; false at the end of the document. A malformed one ends the program with a message. */
bool example_next(FILE *document, struct example *example);

/* What both sides of the conversation send, cut into turns: one from_client or not after the other. */
#define TURNS_MAX 32
struct conversation {
	struct example turns[TURNS_MAX];
	size_t turn_count;
};
void conversation_read(struct conversation *conversation);

/* The next line that is a row of a table, split at its bars into cells without blanks around them; their number. */
#define CELLS_MAX 8
#define ROW_MAX 512
struct row {
	char text[ROW_MAX];
	char *cells[CELLS_MAX];
	size_t count;
};
bool row_next(FILE *document, struct row *row);

#endif
