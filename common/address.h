/* Socket addresses: from text, to text, which are loopback, which belong to one peer. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "status.h"
#include "wire.h"

#define ADDRESS_DEFAULT_PORT 7440

struct address {
	struct sockaddr_storage storage;
	socklen_t length;
};

/* ADDR:PORT, ADDR, :PORT (IPv4 and IPv6 wildcards are one address each: "::"), [IPv6]:PORT; numeric only. */
MUST_CHECK enum status address_parse(const char *text, struct address *address);

/* A port alone: up to five decimal digits, 0 to 65535. */
bool address_parse_port(struct span text, uint16_t *port);

uint16_t address_port(const struct address *address);
void address_set_port(struct address *address, uint16_t port);
bool address_is_loopback(const struct address *address);
bool address_is_wildcard(const struct address *address);

/* "127.0.0.1:7440" or "[::1]:7440"; ADDRESS_TEXT_SIZE bytes, NUL-terminated. */
#define ADDRESS_TEXT_SIZE 80
void address_text(const struct address *address, char *text);

/* Counts as one peer for caps: an IPv4 address, or the /64 of an IPv6 address (v4-mapped counts as IPv4). */
struct address_peer {
	unsigned char bytes[9]; /* family, then 4 or 8 bytes, zero-padded */
};
struct address_peer address_peer_of(const struct address *address);

#endif
