/* Fuzzes the file of known servers: what is accepted reads back the same once it was written. */
#include "target.h"

#include "known_servers.h"

static char *written(const struct known_servers *servers, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	CHECK(out);
	known_servers_write(out, servers);
	CHECK(fclose(out) == 0);
	return text;
}

/* A server is there once, whatever is done to it. */
static void change(struct known_servers *servers)
{
	const struct pin pin = {{{1}}};
	bool known = known_servers_find(servers, "new", 1);
	size_t count = servers->count - known;

	CHECK(known_servers_remove(servers, "new", 1) == (known ? STATUS_OK : STATUS_NOT_FOUND));
	CHECK(known_servers_set(servers, "new", 1, &pin) == STATUS_OK && known_servers_set(servers, "NEW", 1, &pin) == STATUS_OK);
	CHECK(servers->count == count + 1 && pin_equal(known_servers_find(servers, "New", 1), &pin));
	while (servers->count > 0) {
		char *host = target_text(servers->list[0].host, strlen(servers->list[0].host));
		uint16_t port = servers->list[0].port;
		CHECK(known_servers_remove(servers, host, port) == STATUS_OK && !known_servers_find(servers, host, port));
		free(host);
	}
}

static void check(const struct known_servers *servers)
{
	struct known_servers again;
	size_t length, again_length, line;

	for (size_t i = 0; i < servers->count; i++) {
		const struct known_server *server = &servers->list[i];
		CHECK(*server->host && server->port > 0);
		CHECK(known_servers_find(servers, server->host, server->port) == &server->pin);
	}
	char *text = written(servers, &length);
	CHECK(known_servers_parse((struct span){(unsigned char *)text, length}, &again, &line) == STATUS_OK);
	char *text_again = written(&again, &again_length);
	CHECK(again.count == servers->count && again_length == length && memcmp(text, text_again, length) == 0);
	change(&again);
	known_servers_release(&again);
	free(text);
	free(text_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	void *copy = target_copy(bytes, length);
	struct known_servers servers;
	size_t line = 0;

	if (known_servers_parse((struct span){copy, length}, &servers, &line) == STATUS_OK) {
		CHECK(!length || !memchr(bytes, '\0', length));
		check(&servers);
		known_servers_release(&servers);
	} else {
		CHECK(line > 0);
	}
	free(copy);
	return 0;
}
