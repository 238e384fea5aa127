/* Fuzzes manifests: every destination that one names is a legal path. */
#include "lists.h"

static void see(const struct manifest_item *item, FILE *out)
{
	(void)out;
	CHECK(item->name);
	CHECK(!item->destination || (*item->destination && path_check(span_of(item->destination)) == STATUS_OK));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	list_read(MANIFEST_URLS, bytes, length, see, NULL);
	return 0;
}
