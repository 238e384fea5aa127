/* Collects files of one leaf, and hashes them in one batch. */
#include "handful.h"

unsigned char *handful_next(const struct handful *handful)
{
	return handful->room + handful->count * LEAF_SIZE;
}

void handful_add(struct handful *handful, const struct errand *errand, size_t length, const struct digest *digest)
{
	handful->files[handful->count] = (struct held){
		.errand = *errand,
		.bytes = {.bytes = handful_next(handful), .length = length},
		.digest = *digest,
	};
	handful->count++;
}

bool handful_is_full(const struct handful *handful)
{
	return handful->count == LANES_BATCH;
}

void handful_prove(struct handful *handful, struct lanes *lanes)
{
	struct lane messages[LANES_BATCH];
	struct digest digests[LANES_BATCH];

	for (size_t i = 0; i < handful->count; i++) {
		const struct span *bytes = &handful->files[i].bytes;
		messages[i] = (struct lane){.bytes = bytes->bytes, .length = bytes->length, .digest = &digests[i]};
	}
	lanes_sha256(lanes, messages, handful->count);
	for (size_t i = 0; i < handful->count; i++)
		handful->files[i].proven = digest_equal(&digests[i], &handful->files[i].digest);
}
