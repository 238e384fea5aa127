/* Fuzzes URLs: one that is accepted holds a legal path, and what is printed of it means the same again. */
#include "target.h"

#include "path.h"
#include "url.h"

static void check_parsed(const struct url *url)
{
	CHECK(path_check(span_of(url->path)) == STATUS_OK);
	CHECK(*url->host && url->port > 0);
	CHECK(*url->path || url->contents);
}

static void check_printed(const struct url *url)
{
	char *text = url_text(url, span_of(""));
	const char *problem;
	struct url again;

	CHECK(text && url_is_meant(text));
	for (const char *next = text; *next; next++)
		CHECK(*next > ' ' && *next < 0x7f);
	CHECK(url_parse(text, &again, &problem) == STATUS_OK);
	CHECK(url_same_server(url, &again));
	CHECK(strcmp(url->host, again.host) == 0 && strcmp(url->path, again.path) == 0);
	CHECK(url->contents == again.contents && url->tls == again.tls);
	url_release(&again);
	free(text);
}

/* A copy is the same, and the server's own URL leads to the server. */
static void check_others(const struct url *url)
{
	char *text = url_server_text(url);
	const char *problem;
	struct url copy, server;

	CHECK(url_copy(url, &copy) == STATUS_OK && url_same_server(url, &copy) && strcmp(url->path, copy.path) == 0);
	url_release(&copy);
	CHECK(text && url_parse(text, &server, &problem) == STATUS_OK);
	CHECK(url_same_server(url, &server) && !*server.path);
	url_release(&server);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = target_text(bytes, length);
	const char *problem = NULL;
	struct url url;

	if (url_parse(text, &url, &problem) == STATUS_OK) {
		CHECK(url_is_meant(text));
		check_parsed(&url);
		check_printed(&url);
		check_others(&url);
		url_release(&url);
	} else {
		CHECK(problem && *problem);
	}
	free(text);
	return 0;
}
