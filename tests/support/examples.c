/* The worked examples of docs/protocol.md, read from that very file, so that contract and code can't drift apart. */
#include "examples.h"

#include <stdlib.h>
#include <string.h>

#define DOCUMENT "docs/protocol.md"
#define LINE_MAX_LENGTH 512

static void give_up_on(const char *line)
{
	fprintf(stderr, "%s: cannot read this: %s\n", DOCUMENT, line);
	exit(EXIT_FAILURE);
}

FILE *document_open(void)
{
	FILE *document = fopen(DOCUMENT, "r");
	if (!document)
		give_up_on("(the file itself)");
	return document;
}

static bool next_line(FILE *document, char line[LINE_MAX_LENGTH])
{
	if (!fgets(line, LINE_MAX_LENGTH, document))
		return false;
	if (!strchr(line, '\n'))
		give_up_on(line);
	return true;
}

/* Appends the bytes of one line. */
static void add_line(struct example *example, const char *line)
{
	const char *next = line + strspn(line, " ");

	while (*next != '#' && *next != '\n') {
		unsigned byte;
		int used = 0;
		if (sscanf(next, "%2x%n", &byte, &used) != 1 || used != 2 || example->length == EXAMPLE_MAX)
			give_up_on(line);
		example->bytes[example->length++] = (unsigned char)byte;
		next += 2;
		next += strspn(next, " ");
	}
}

static bool is_fence(const char *line)
{
	return strncmp(line, "```", 3) == 0;
}

bool example_next(FILE *document, struct example *example)
{
	char line[LINE_MAX_LENGTH], side[8];

	*example = (struct example){.length = 0};
	do {
		if (!next_line(document, line))
			return false;
	} while (strncmp(line, "```hex", 6) != 0);
	if (sscanf(line, "```hex name=%39s from=%7s\n", example->name, side) != 2)
		give_up_on(line);
	example->from_client = strcmp(side, "client") == 0;
	while (next_line(document, line) && !is_fence(line))
		add_line(example, line);
	return true;
}

static struct example *turn_of(struct conversation *conversation, bool from_client)
{
	size_t count = conversation->turn_count;

	if (count > 0 && conversation->turns[count - 1].from_client == from_client)
		return &conversation->turns[count - 1];
	if (count == TURNS_MAX)
		give_up_on("(more turns than expected)");
	conversation->turns[count] = (struct example){.name = "conversation", .from_client = from_client};
	conversation->turn_count++;
	return &conversation->turns[count];
}

static void add_turn(struct conversation *conversation, const char *line)
{
	if (line[0] == 'C' || line[0] == 'S')
		add_line(turn_of(conversation, line[0] == 'C'), line + 1);
	else if (line[0] != '#' && line[0] != '\n')
		give_up_on(line);
}

void conversation_read(struct conversation *conversation)
{
	FILE *document = document_open();
	char line[LINE_MAX_LENGTH];

	conversation->turn_count = 0;
	while (next_line(document, line))
		if (strcmp(line, "```conversation\n") == 0)
			break;
	while (next_line(document, line) && !is_fence(line))
		add_turn(conversation, line);
	fclose(document);
}

static char *trim(char *cell)
{
	cell += strspn(cell, " ");
	for (size_t length = strlen(cell); length > 0 && cell[length - 1] == ' '; length--)
		cell[length - 1] = '\0';
	return cell;
}

bool row_next(FILE *document, struct row *row)
{
	do {
		if (!next_line(document, row->text))
			return false;
	} while (row->text[0] != '|');

	char *rest = row->text + 1;
	for (row->count = 0; row->count < CELLS_MAX && strchr(rest, '|'); row->count++)
		row->cells[row->count] = trim(strsep(&rest, "|"));
	return true;
}
