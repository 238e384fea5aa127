/* Reads, changes and writes the file of known servers. */
#include "known_servers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "path.h"
#include "whole_file.h"

#define LINE_MAX_LENGTH 512

void known_servers_release(struct known_servers *servers)
{
	for (size_t i = 0; i < servers->count; i++)
		free(servers->list[i].host);
	free(servers->list);
	*servers = (struct known_servers){.list = NULL};
}

static struct known_server *find(const struct known_servers *servers, const char *host, uint16_t port)
{
	for (size_t i = 0; i < servers->count; i++) {
		if (servers->list[i].port == port && strcasecmp(servers->list[i].host, host) == 0)
			return &servers->list[i];
	}
	return NULL;
}

const struct pin *known_servers_find(const struct known_servers *servers, const char *host, uint16_t port)
{
	const struct known_server *server = find(servers, host, port);

	return server ? &server->pin : NULL;
}

static enum status add(struct known_servers *servers, const char *host, uint16_t port, const struct pin *pin)
{
	if (servers->count == KNOWN_SERVERS_MAX)
		return STATUS_LIMIT;
	struct known_server *grown = reallocarray(servers->list, servers->count + 1, sizeof(*grown));
	char *copy = strdup(host);
	if (grown)
		servers->list = grown;
	if (!grown || !copy) {
		free(copy);
		return STATUS_NO_MEMORY;
	}
	grown[servers->count++] = (struct known_server){.host = copy, .port = port, .pin = *pin};
	return STATUS_OK;
}

enum status known_servers_set(struct known_servers *servers, const char *host, uint16_t port, const struct pin *pin)
{
	struct known_server *server = find(servers, host, port);

	if (!server)
		return add(servers, host, port, pin);
	server->pin = *pin;
	return STATUS_OK;
}

enum status known_servers_remove(struct known_servers *servers, const char *host, uint16_t port)
{
	struct known_server *server = find(servers, host, port);

	if (!server)
		return STATUS_NOT_FOUND;
	free(server->host);
	size_t behind = (size_t)(servers->list + servers->count - server) - 1;
	memmove(server, server + 1, behind * sizeof(*server));
	servers->count--;
	return STATUS_OK;
}

/* --- The file -------------------------------------------------------------------------------------------------------- */

static bool parse_port(const char *text, uint16_t *port)
{
	char *end;
	size_t digits = strspn(text, "0123456789");
	unsigned long value = strtoul(text, &end, 10);

	if (digits == 0 || digits > 5 || text[digits] || value == 0 || value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	return true;
}

/* LINE is taken apart. */
static enum status take_line(char *line, struct known_servers *servers)
{
	char *place, *host, *port_text, *pin_text;
	struct pin pin;
	uint16_t port;

	if (*line == '\0' || *line == '#')
		return STATUS_OK;
	host = strtok_r(line, " ", &place);
	port_text = strtok_r(NULL, " ", &place);
	pin_text = strtok_r(NULL, " ", &place);
	if (!pin_text || strtok_r(NULL, " ", &place))
		return STATUS_INVALID;
	if (!parse_port(port_text, &port) || pin_parse(pin_text, &pin) != STATUS_OK || find(servers, host, port))
		return STATUS_INVALID;
	return add(servers, host, port, &pin);
}

/* The next line of TEXT without its end, as a C string; false where it is none. */
static bool next_line(struct span *text, char line[LINE_MAX_LENGTH + 1])
{
	const unsigned char *end = memchr(text->bytes, '\n', text->length);
	size_t length = end ? (size_t)(end - text->bytes) : text->length;

	if (length > LINE_MAX_LENGTH || memchr(text->bytes, '\0', length))
		return false;
	memcpy(line, text->bytes, length);
	line[length] = '\0';
	*text = (struct span){text->bytes + length + (end ? 1 : 0), text->length - length - (end ? 1 : 0)};
	return true;
}

enum status known_servers_parse(struct span text, struct known_servers *servers, size_t *line)
{
	struct known_servers parsed = {.list = NULL};
	char words[LINE_MAX_LENGTH + 1];
	enum status status = STATUS_OK;
	size_t number = 0;

	while (status == STATUS_OK && text.length > 0) {
		number++;
		status = next_line(&text, words) ? take_line(words, &parsed) : STATUS_INVALID;
	}
	if (status == STATUS_OK) {
		*servers = parsed;
		return STATUS_OK;
	}
	known_servers_release(&parsed);
	*line = number;
	return status;
}

void known_servers_write(FILE *out, const struct known_servers *servers)
{
	char text[PIN_TEXT_SIZE];

	fputs("# Servers that ferry knows: `ferry trust` and `ferry untrust` change this file.\n", out);
	for (size_t i = 0; i < servers->count; i++) {
		pin_text(&servers->list[i].pin, text);
		fprintf(out, "%s %u %s\n", servers->list[i].host, servers->list[i].port, text);
	}
}

enum status known_servers_load(int folder, struct known_servers *servers, size_t *line)
{
	char *text;
	size_t length;
	enum status status = whole_file_read(folder, KNOWN_SERVERS_FILE, KNOWN_SERVERS_TEXT_MAX, WHOLE_FILE_ANYBODY, &text, &length);

	*line = 0;
	if (status == STATUS_NOT_FOUND) {
		*servers = (struct known_servers){.list = NULL};
		return STATUS_OK;
	}
	if (status != STATUS_OK)
		return status;
	status = known_servers_parse((struct span){(unsigned char *)text, length}, servers, line);
	free(text);
	return status;
}

enum status known_servers_save(int folder, const struct known_servers *servers)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	enum status status = STATUS_NO_MEMORY;

	if (!out)
		return status;
	known_servers_write(out, servers);
	if (fclose(out) == 0)
		status = whole_file_replace(folder, KNOWN_SERVERS_FILE, text, length);
	free(text);
	return status;
}
