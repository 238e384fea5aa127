/* Collects leaves until a batch is full, hashes them together and fills in their digests. */
#include "seals.h"

#include <string.h>

void seals_add(struct seals *seals, struct lanes *lanes, struct span leaf, unsigned char *root, unsigned char *trailer)
{
	seals->list[seals->count].leaf = leaf;
	seals->list[seals->count].root = root;
	seals->list[seals->count].trailer = trailer;
	if (++seals->count == LANES_BATCH)
		seals_fill(seals, lanes);
}

void seals_fill(struct seals *seals, struct lanes *lanes)
{
	struct lane messages[LANES_BATCH];
	struct digest digests[LANES_BATCH];

	for (size_t i = 0; i < seals->count; i++) {
		const struct span *leaf = &seals->list[i].leaf;
		messages[i] = (struct lane){.bytes = leaf->bytes, .length = leaf->length, .digest = &digests[i]};
	}
	lanes_sha256(lanes, messages, seals->count);
	for (size_t i = 0; i < seals->count; i++) {
		memcpy(seals->list[i].root, digests[i].bytes, sizeof(digests[i].bytes));
		memcpy(seals->list[i].trailer, digests[i].bytes, sizeof(digests[i].bytes));
	}
	seals->count = 0;
}
