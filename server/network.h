/* Networks: ranges of addresses (CIDR, RFC 4632) that a share may be restricted to. */
#ifndef NETWORK_H
#define NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "status.h"

/* An address without its port: 16 bytes, IPv4 mapped into ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
struct network_host {
	unsigned char bytes[16];
};
struct network_host network_host_of(const struct address *address);

bool network_host_is_loopback(const struct network_host *host);

struct network {
	struct network_host first; /* bits behind BITS are 0 */
	unsigned bits;             /* of FIRST that count, 0..128 */
};

/*
 * "10.0.0.0/8", "192.168.7.4", "fd00::/8", "::1"; never a name. "::/0" is all of IPv6 and nothing of IPv4.
 * STATUS_INVALID for anything else, and where the address has bits behind the length: such a range is seldom meant.
 */
MUST_CHECK enum status network_parse(const char *text, struct network *network);

bool network_holds(const struct network *network, const struct network_host *host);

#endif
