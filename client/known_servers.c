/* Reads, changes and writes the file of known servers. */
#include "known_servers.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "line_file.h"
#include "path.h"

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

static enum status take(void *store, char *line)
{
	struct known_servers *servers = store;
	char *place, *host = strtok_r(line, " ", &place), *port_text = strtok_r(NULL, " ", &place);
	char *pin_text = strtok_r(NULL, " ", &place);
	struct pin pin;
	uint16_t port;

	/* A '#' behind blanks: rewritten without the blanks it would begin a comment. */
	if (!pin_text || strtok_r(NULL, " ", &place) || *host == '#')
		return STATUS_INVALID;
	if (!address_parse_port(span_of(port_text), &port) || port == 0 || pin_parse(pin_text, &pin) != STATUS_OK || find(servers, host, port))
		return STATUS_INVALID;
	return add(servers, host, port, &pin);
}

static void write_all(FILE *out, const void *store)
{
	known_servers_write(out, store);
}

static const struct line_file format = {
	.name = KNOWN_SERVERS_FILE,
	.text_max = KNOWN_SERVERS_TEXT_MAX,
	.readers = WHOLE_FILE_ANYBODY,
	.take = take,
	.write = write_all,
};

void known_servers_write(FILE *out, const struct known_servers *servers)
{
	char text[PIN_TEXT_SIZE];

	fputs("# Servers that ferry knows: `ferry trust` and `ferry untrust` change this file.\n", out);
	for (size_t i = 0; i < servers->count; i++) {
		pin_text(&servers->list[i].pin, text);
		fprintf(out, "%s %u %s\n", servers->list[i].host, servers->list[i].port, text);
	}
}

enum status known_servers_parse(struct span text, struct known_servers *servers, size_t *line)
{
	*servers = (struct known_servers){.list = NULL};
	enum status status = line_file_parse(&format, text, servers, line);
	if (status != STATUS_OK)
		known_servers_release(servers);
	return status;
}

enum status known_servers_load(int folder, struct known_servers *servers, size_t *line)
{
	*servers = (struct known_servers){.list = NULL};
	enum status status = line_file_load(&format, folder, servers, line);
	if (status != STATUS_OK)
		known_servers_release(servers);
	return status;
}

enum status known_servers_save(int folder, const struct known_servers *servers)
{
	return line_file_save(&format, folder, servers);
}
