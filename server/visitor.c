/* Makes visitors. */
#include "visitor.h"

#include <stdlib.h>
#include <string.h>

const struct visitor VISITOR_SELF = {.claim = NULL};

struct visitor *visitor_new(const struct address *address, struct caps_part *part)
{
	char text[ADDRESS_TEXT_SIZE];
	struct visitor *visitor;

	address_text(address, text);
	visitor = calloc(1, sizeof(*visitor) + strlen(text) + 1);
	if (!visitor)
		return NULL;
	visitor->host = network_host_of(address);
	visitor->part = part;
	memcpy(visitor->text, text, strlen(text) + 1);
	return visitor;
}

void visitor_free(struct visitor *visitor)
{
	if (!visitor)
		return;
	free(visitor->claim);
	free(visitor);
}

enum status visitor_claim(struct visitor *visitor, const struct claim *claim)
{
	struct claim *copy = malloc(sizeof(*copy));

	if (!copy)
		return STATUS_NO_MEMORY;
	*copy = *claim;
	free(visitor->claim);
	visitor->claim = copy;
	return STATUS_OK;
}
