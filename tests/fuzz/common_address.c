/* Fuzzes socket addresses: one that is accepted is the same again once it was written. */
#include "target.h"

#include "address.h"

static void check(const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE], text_again[ADDRESS_TEXT_SIZE];
	struct address again;

	address_text(address, text);
	for (const char *next = text; *next; next++)
		CHECK(*next > ' ' && *next < 0x7f);
	CHECK(address_parse(text, &again) == STATUS_OK);
	address_text(&again, text_again);
	CHECK(strcmp(text, text_again) == 0 && address_port(address) == address_port(&again));
	CHECK(address_is_loopback(address) == address_is_loopback(&again));
	CHECK(address_is_wildcard(address) == address_is_wildcard(&again));
	CHECK(!address_is_loopback(address) || !address_is_wildcard(address));
	struct address_peer peer = address_peer_of(address), peer_again = address_peer_of(&again);
	CHECK(memcmp(peer.bytes, peer_again.bytes, sizeof(peer.bytes)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = target_text(bytes, length);
	struct address address;

	if (address_parse(text, &address) == STATUS_OK)
		check(&address);
	free(text);
	return 0;
}
