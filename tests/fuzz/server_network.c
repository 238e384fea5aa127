/* Fuzzes networks: whom one holds, against a bit by bit wording of RFC 4632. */
#include "target.h"

#include <netinet/in.h>

#include "network.h"

#define BITS 128u

static bool bit(const struct network_host *host, unsigned number)
{
	return host->bytes[number / 8] & 0x80u >> number % 8;
}

static bool is_ipv4(const struct network_host *host)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(host->bytes, mapped, sizeof(mapped)) == 0;
}

static bool holds(const struct network *network, const struct network_host *host)
{
	if (is_ipv4(host) && !is_ipv4(&network->first))
		return false;
	for (unsigned i = 0; i < network->bits; i++) {
		if (bit(&network->first, i) != bit(host, i))
			return false;
	}
	return true;
}

/* A socket address of either kind leads to the host again. */
static void check_address(const struct network_host *host)
{
	struct sockaddr_in ipv4 = {.sin_family = AF_INET};
	struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
	struct address address = {.length = sizeof(ipv6)};

	memcpy(&ipv6.sin6_addr, host->bytes, sizeof(host->bytes));
	memcpy(&ipv4.sin_addr, host->bytes + 12, sizeof(ipv4.sin_addr));
	memcpy(&address.storage, &ipv6, sizeof(ipv6));
	if (is_ipv4(host))
		memcpy(&address.storage, &ipv4, sizeof(ipv4));
	struct network_host again = network_host_of(&address);
	CHECK(memcmp(again.bytes, host->bytes, sizeof(again.bytes)) == 0);
	CHECK(network_host_is_loopback(host) == address_is_loopback(&address));
}

/* The network itself, its neighbours that differ in one bit near its end, and a host of the input's own choice. */
static void check(const struct network *network, const struct network_host *other)
{
	CHECK(network->bits <= BITS && network_holds(network, &network->first));
	CHECK(network_holds(network, other) == holds(network, other));
	for (unsigned i = network->bits ? network->bits - 1 : 0; i < BITS && i <= network->bits; i++) {
		struct network_host near = network->first;
		near.bytes[i / 8] ^= (unsigned char)(0x80u >> i % 8);
		CHECK(network_holds(network, &near) == holds(network, &near));
	}
}

/* 16 bytes of a host, then a network as text. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct network_host other;
	struct network network;

	if (length < sizeof(other.bytes))
		return 0;
	memcpy(other.bytes, bytes, sizeof(other.bytes));
	check_address(&other);
	char *text = target_text(bytes + sizeof(other.bytes), length - sizeof(other.bytes));
	if (network_parse(text, &network) == STATUS_OK)
		check(&network, &other);
	free(text);
	return 0;
}
