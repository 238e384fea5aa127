/* Reads networks and compares addresses with them. */
#include "network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define BITS_MAX 128u
#define IPV4_BITS 32u
#define TEXT_MAX 64

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static struct network_host map_ipv4(const void *bytes)
{
	struct network_host host;

	memcpy(host.bytes, mapped_prefix, sizeof(mapped_prefix));
	memcpy(host.bytes + sizeof(mapped_prefix), bytes, 4);
	return host;
}

struct network_host network_host_of(const struct address *address)
{
	struct network_host host;

	if (address->storage.ss_family == AF_INET)
		return map_ipv4(&((const struct sockaddr_in *)&address->storage)->sin_addr);
	memcpy(host.bytes, &((const struct sockaddr_in6 *)&address->storage)->sin6_addr, sizeof(host.bytes));
	return host;
}

bool network_host_is_loopback(const struct network_host *host)
{
	static const struct network_host ipv6 = {{[15] = 1}};

	if (memcmp(host->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0)
		return host->bytes[sizeof(mapped_prefix)] == 127;
	return memcmp(host->bytes, ipv6.bytes, sizeof(ipv6.bytes)) == 0;
}

/* *BITS is how many an address of this kind has. */
static bool parse_host(const char *text, struct network_host *host, unsigned *bits)
{
	struct in_addr ipv4;

	*bits = IPV4_BITS;
	if (inet_pton(AF_INET, text, &ipv4) == 1) {
		*host = map_ipv4(&ipv4);
		return true;
	}
	*bits = BITS_MAX;
	return inet_pton(AF_INET6, text, host->bytes) == 1;
}

static bool parse_length(const char *text, unsigned max, unsigned *length)
{
	unsigned value = 0;
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 3 || text[digits] || (text[0] == '0' && digits > 1))
		return false;
	for (; *text; text++)
		value = 10 * value + (unsigned)(*text - '0');
	*length = value;
	return value <= max;
}

static bool bit_is_set(const struct network_host *host, unsigned bit)
{
	return host->bytes[bit / 8] >> (7 - bit % 8) & 1;
}

enum status network_parse(const char *text, struct network *network)
{
	char copy[TEXT_MAX];
	struct network parsed;
	unsigned bits, length;

	if (strlen(text) >= sizeof(copy))
		return STATUS_INVALID;
	memcpy(copy, text, strlen(text) + 1);
	char *slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	if (!parse_host(copy, &parsed.first, &bits))
		return STATUS_INVALID;
	length = bits;
	if (slash && !parse_length(slash + 1, bits, &length))
		return STATUS_INVALID;
	parsed.bits = BITS_MAX - bits + length;
	for (unsigned bit = parsed.bits; bit < BITS_MAX; bit++) {
		if (bit_is_set(&parsed.first, bit))
			return STATUS_INVALID;
	}
	*network = parsed;
	return STATUS_OK;
}

bool network_holds(const struct network *network, const struct network_host *host)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	/* "::/0" is all of IPv6, not of IPv4 too. */
	if (network->bits < BITS_MAX - IPV4_BITS && memcmp(host->bytes, mapped_prefix, sizeof(mapped_prefix)) == 0)
		return false;
	if (memcmp(network->first.bytes, host->bytes, whole) != 0)
		return false;
	return rest == 0 || (network->first.bytes[whole] ^ host->bytes[whole]) >> (8 - rest) == 0;
}
