/* Socket addresses: from text, to text, which are loopback, which belong to one peer. */
#include "address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "path.h"

#define HOST_SIZE 64 /* an IPv6 address and the name of an interface behind '%' */
#define PORT_DIGITS_MAX 5

/* sockaddr_storage may be read as what it holds (it is made for that), so these are the only casts. */
static const struct sockaddr_in *ipv4(const struct address *address)
{
	return (const struct sockaddr_in *)&address->storage;
}

static const struct sockaddr_in6 *ipv6(const struct address *address)
{
	return (const struct sockaddr_in6 *)&address->storage;
}

/* The four bytes of an IPv4 address, mapped ones included; NULL for a true IPv6 address. */
static const unsigned char *ipv4_bytes(const struct address *address)
{
	if (address->storage.ss_family == AF_INET)
		return (const unsigned char *)&ipv4(address)->sin_addr;
	if (IN6_IS_ADDR_V4MAPPED(&ipv6(address)->sin6_addr))
		return &ipv6(address)->sin6_addr.s6_addr[12];
	return NULL;
}

bool address_parse_port(struct span text, uint16_t *port)
{
	uint32_t value = 0;

	if (text.length == 0 || text.length > PORT_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9')
			return false;
		value = 10 * value + (uint32_t)(text.bytes[i] - '0');
	}
	if (value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	return true;
}

/* inet_pton knows no "fe80::1%eth0"; getaddrinfo for AF_INET would also take "127.1". */
static bool parse_ipv6(const char *host, struct address *address)
{
	struct addrinfo hints = {.ai_family = AF_INET6, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct addrinfo *found;

	if (getaddrinfo(host, NULL, &hints, &found) != 0)
		return false;
	memcpy(&address->storage, found->ai_addr, found->ai_addrlen);
	address->length = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

static bool parse_ipv4(const char *host, struct address *address)
{
	struct sockaddr_in parsed = {.sin_family = AF_INET};

	if (inet_pton(AF_INET, host, &parsed.sin_addr) != 1)
		return false;
	memcpy(&address->storage, &parsed, sizeof(parsed));
	address->length = sizeof(parsed);
	return true;
}

static bool parse_host(const char *text, size_t length, struct address *address)
{
	char host[HOST_SIZE];

	if (length >= sizeof(host))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	return strchr(host, ':') ? parse_ipv6(host, address) : parse_ipv4(host, address);
}

/* "[IPv6]" and the rest; brackets around an IPv4 address are refused. */
static bool parse_bracketed(const char *text, struct address *address, const char **rest)
{
	const char *close = strchr(text, ']');

	if (!close || !memchr(text, ':', (size_t)(close - text)))
		return false;
	*rest = close + 1;
	return parse_host(text + 1, (size_t)(close - text) - 1, address);
}

/* The address; *REST is ":PORT" or empty. */
static bool parse_place(const char *text, struct address *address, const char **rest)
{
	const char *colon = strchr(text, ':');
	bool bare_ipv6 = colon && strchr(colon + 1, ':');

	if (text[0] == '[')
		return parse_bracketed(text, address, rest);
	*rest = colon && !bare_ipv6 ? colon : text + strlen(text);
	if (*rest == text)
		return colon && parse_host("::", 2, address);
	return parse_host(text, (size_t)(*rest - text), address);
}

enum status address_parse(const char *text, struct address *address)
{
	struct address parsed = {.length = 0};
	uint16_t port = ADDRESS_DEFAULT_PORT;
	const char *rest;

	if (!parse_place(text, &parsed, &rest))
		return STATUS_INVALID;
	if (*rest && (*rest != ':' || !address_parse_port(span_of(rest + 1), &port)))
		return STATUS_INVALID;
	address_set_port(&parsed, port);
	*address = parsed;
	return STATUS_OK;
}

/* Both families keep the port at the same place (RFC 3493). */
_Static_assert(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port), "port");

uint16_t address_port(const struct address *address)
{
	return ntohs(ipv4(address)->sin_port);
}

void address_set_port(struct address *address, uint16_t port)
{
	((struct sockaddr_in *)&address->storage)->sin_port = htons(port);
}

bool address_is_loopback(const struct address *address)
{
	const unsigned char *bytes = ipv4_bytes(address);

	return bytes ? bytes[0] == 127 : IN6_IS_ADDR_LOOPBACK(&ipv6(address)->sin6_addr);
}

bool address_is_wildcard(const struct address *address)
{
	const unsigned char *bytes = ipv4_bytes(address);

	return bytes ? memcmp(bytes, "\0\0\0\0", 4) == 0 : IN6_IS_ADDR_UNSPECIFIED(&ipv6(address)->sin6_addr);
}

void address_text(const struct address *address, char *text)
{
	const unsigned char *bytes = ipv4_bytes(address);
	char host[HOST_SIZE];

	if (bytes) {
		snprintf(text, ADDRESS_TEXT_SIZE, "%u.%u.%u.%u:%u", bytes[0], bytes[1], bytes[2], bytes[3], address_port(address));
		return;
	}
	if (getnameinfo((const struct sockaddr *)&address->storage, address->length, host, sizeof(host), NULL, 0, NI_NUMERICHOST))
		host[0] = '\0';
	snprintf(text, ADDRESS_TEXT_SIZE, "[%s]:%u", host, address_port(address));
}

struct address_peer address_peer_of(const struct address *address)
{
	const unsigned char *bytes = ipv4_bytes(address);
	struct address_peer peer = {.bytes = {bytes ? 4 : 6}};

	if (bytes)
		memcpy(peer.bytes + 1, bytes, 4);
	else
		memcpy(peer.bytes + 1, &ipv6(address)->sin6_addr, 8);
	return peer;
}
