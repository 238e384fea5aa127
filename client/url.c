/* Parses ferry:// URLs, refusing anything that is not exactly one, and writes them. */
#include "url.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "path.h"
#include "text.h"

#define HOST_MAX 253 /* RFC 1035: 255 bytes on the wire */
#define TEXT_MAX 16384 /* no longer URL can be legal: every byte of the longest path escaped */

static const char scheme_plain[] = "ferry://";
static const char scheme_tls[] = "ferrys://";
static const char out_of_memory[] = "out of memory";
static const char empty_name[] = "the path holds an empty name: write one / between names";
static const char bad_port[] = "the port must be a number from 1 to 65535";

static bool starts_with(const char *text, const char *prefix)
{
	return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static struct span span_between(const char *start, const char *end)
{
	return (struct span){(const unsigned char *)start, (size_t)(end - start)};
}

static bool all_of(struct span span, const char *extra)
{
	for (size_t i = 0; i < span.length; i++) {
		unsigned char byte = span.bytes[i];
		if (byte == '\0' || byte >= 0x80 || (!isalnum(byte) && !strchr(extra, byte)))
			return false;
	}
	return true;
}

/* --- Host and port ------------------------------------------------------------------------------------------------- */

static const char *parse_port(struct span digits, uint16_t *port)
{
	return address_parse_port(digits, port) && *port > 0 ? NULL : bad_port;
}

/* Parses the text behind the host: nothing, or a colon and a port. */
static const char *parse_after_host(struct span rest, uint16_t *port)
{
	if (rest.length == 0) {
		*port = ADDRESS_DEFAULT_PORT;
		return NULL;
	}
	if (rest.bytes[0] != ':')
		return "only :PORT may follow the bracket";
	return parse_port((struct span){rest.bytes + 1, rest.length - 1}, port);
}

/* ADDRESS or ADDRESS%25ZONE (RFC 6874), which becomes ADDRESS%ZONE. */
static const char *parse_bracketed(struct span inside, char **host)
{
	char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 1] = "";
	const unsigned char *percent = memchr(inside.bytes, '%', inside.length);
	size_t length = percent ? (size_t)(percent - inside.bytes) : inside.length;
	struct in6_addr address;

	if (length >= INET6_ADDRSTRLEN)
		return "the brackets must hold an IPv6 address";
	memcpy(text, inside.bytes, length);
	if (inet_pton(AF_INET6, text, &address) != 1)
		return "the brackets must hold an IPv6 address";
	if (percent) {
		struct span zone = {percent + 3, inside.length - length - 3};
		if (inside.length - length < 4 || memcmp(percent, "%25", 3) != 0 || zone.length >= IF_NAMESIZE ||
			!all_of(zone, "-._~"))
			return "the zone of an IPv6 address is written %25 and the interface's name";
		text[length++] = '%';
		memcpy(text + length, zone.bytes, zone.length);
		text[length + zone.length] = '\0';
	}
	*host = strdup(text);
	return *host ? NULL : out_of_memory;
}

static const char *parse_name(struct span name, char **host)
{
	if (name.length == 0)
		return "the host is missing: write ferry://HOST/PATH";
	if (name.length > HOST_MAX)
		return "the host's name is too long";
	if (!all_of(name, "-._"))
		return "the host's name holds a character that no host has";
	*host = strndup((const char *)name.bytes, name.length);
	return *host ? NULL : out_of_memory;
}

static const char *parse_authority(struct span authority, struct url *url)
{
	const unsigned char *end = authority.bytes + authority.length;
	const unsigned char *close, *colon, *after;
	const char *problem;

	if (memchr(authority.bytes, '@', authority.length))
		return "a URL of ferry names no user: leave out everything up to the @";
	if (authority.length > 0 && authority.bytes[0] == '[') {
		close = memchr(authority.bytes, ']', authority.length);
		if (!close)
			return "the bracket of the IPv6 address is not closed";
		problem = parse_bracketed((struct span){authority.bytes + 1, (size_t)(close - authority.bytes - 1)}, &url->host);
		after = close + 1;
	} else {
		colon = memchr(authority.bytes, ':', authority.length);
		if (colon && memchr(colon + 1, ':', (size_t)(end - colon - 1)))
			return "an IPv6 address needs brackets: ferry://[::1]/PATH";
		after = colon ? colon : end;
		problem = parse_name((struct span){authority.bytes, (size_t)(after - authority.bytes)}, &url->host);
	}
	if (problem)
		return problem;
	return parse_after_host((struct span){after, (size_t)(end - after)}, &url->port);
}

/* --- Path ---------------------------------------------------------------------------------------------------------- */

/* OUT has room for as many bytes as TEXT has and a NUL. */
static const char *decode(struct span text, char *out)
{
	while (text.length > 0) {
		bool encoded = text.bytes[0] == '%';
		int byte = text_decode_next(&text);
		if (byte < 0)
			return "% must be followed by two hexadecimal digits: a percent sign itself is %25";
		if (byte == '\0')
			return "%00 cannot be part of a name";
		if (encoded && byte == '/')
			return "%2F cannot be part of a name";
		*out++ = (char)byte;
	}
	*out = '\0';
	return NULL;
}

static const char *check_components(struct span path)
{
	enum status status = path_check(path);

	if (status == STATUS_OK)
		return NULL;
	if (status == STATUS_LIMIT)
		return "the path has more than 64 folders";
	if (status == STATUS_NAME_TOO_LONG)
		return "a name is longer than 255 bytes, or the whole path longer than 4095";
	const unsigned char *end = path.bytes + path.length;
	for (const unsigned char *start = path.bytes, *slash; start <= end; start = slash + 1) {
		slash = memchr(start, '/', (size_t)(end - start));
		slash = slash ? slash : end;
		if (start == slash)
			return empty_name;
	}
	return "the path holds . or .., which are not names of ferry: write the path without them";
}

static const char *parse_path(struct span text, struct url *url)
{
	/* One slash more than the host's: an empty name is between them, not the root. */
	if (text.length == 1 && text.bytes[0] == '/')
		return empty_name;
	url->contents = text.length == 0 || text.bytes[text.length - 1] == '/';
	if (text.length > 0 && url->contents)
		text.length--;
	url->path = malloc(text.length + 1);
	if (!url->path)
		return out_of_memory;
	const char *problem = decode(text, url->path);
	if (problem)
		return problem;
	return check_components(span_of(url->path));
}

/* --- The whole ----------------------------------------------------------------------------------------------------- */

bool url_is_meant(const char *text)
{
	return starts_with(text, scheme_plain) || starts_with(text, scheme_tls);
}

static const char *parse(const char *text, struct url *url)
{
	url->tls = starts_with(text, scheme_tls);
	if (!url->tls && !starts_with(text, scheme_plain))
		return "a URL begins with ferry:// or ferrys://";
	if (strlen(text) > TEXT_MAX)
		return "it is too long";
	const char *start = text + strlen(url->tls ? scheme_tls : scheme_plain);
	const char *slash = strchrnul(start, '/');
	const char *problem = parse_authority(span_between(start, slash), url);
	if (problem)
		return problem;
	return parse_path(span_of(*slash ? slash + 1 : slash), url);
}

enum status url_parse(const char *text, struct url *url, const char **problem)
{
	struct url parsed = {0};

	*problem = parse(text, &parsed);
	if (!*problem) {
		*url = parsed;
		return STATUS_OK;
	}
	url_release(&parsed);
	return *problem == out_of_memory ? STATUS_NO_MEMORY : STATUS_INVALID;
}

enum status url_copy(const struct url *url, struct url *copy)
{
	struct url made = *url;

	made.host = strdup(url->host);
	made.path = strdup(url->path);
	if (!made.host || !made.path) {
		url_release(&made);
		return STATUS_NO_MEMORY;
	}
	*copy = made;
	return STATUS_OK;
}

void url_release(struct url *url)
{
	free(url->host);
	free(url->path);
	*url = (struct url){0};
}

static void print_host(FILE *out, const char *host)
{
	const char *zone = strchrnul(host, '%');

	if (!strchr(host, ':')) {
		fputs(host, out);
		return;
	}
	fprintf(out, "[%.*s%s%s]", (int)(zone - host), host, *zone ? "%25" : "", *zone ? zone + 1 : "");
}

void url_print(FILE *out, const struct url *url, struct span below)
{
	struct span path = span_of(url->path);

	fputs(url->tls ? scheme_tls : scheme_plain, out);
	print_host(out, url->host);
	if (url->port != ADDRESS_DEFAULT_PORT)
		fprintf(out, ":%u", url->port);
	fputc('/', out);
	text_print_url_path(out, path);
	if (path.length > 0 && (below.length > 0 || url->contents))
		fputc('/', out);
	text_print_url_path(out, below);
}

char *url_text(const struct url *url, struct span below)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	url_print(out, url, below);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

char *url_server_text(const struct url *url)
{
	struct url server = *url;
	char root[] = "";

	server.path = root;
	server.contents = true;
	return url_text(&server, span_of(""));
}

bool url_same_server(const struct url *a, const struct url *b)
{
	return a->tls == b->tls && a->port == b->port && strcasecmp(a->host, b->host) == 0;
}
