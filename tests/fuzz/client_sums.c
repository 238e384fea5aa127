/* Fuzzes SHA256SUMS: every name is a legal path, and the list written again as sha256sum would reads back the same. */
#include "lists.h"

#include "hex.h"

static void see(const struct manifest_item *item, FILE *out)
{
	char hex[HEX_SIZE];
	struct span name = span_of(item->name);
	bool escaped = memchr(name.bytes, '\\', name.length) || memchr(name.bytes, '\n', name.length) ||
		memchr(name.bytes, '\r', name.length);

	CHECK(item->sum && name.length > 0 && path_check(name) == STATUS_OK);
	fprintf(out, "%s%s  ", escaped ? "\\" : "", hex_write(item->sum, hex));
	text_print_sum_name(out, name);
	fputc('\n', out);
}

static char *written_again(const void *bytes, size_t length, size_t *written, bool *sound)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, written);

	CHECK(out);
	*sound = list_read(MANIFEST_SUMS, bytes, length, see, out);
	CHECK(fclose(out) == 0);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	size_t once_length, twice_length;
	bool sound;
	char *once = written_again(bytes, length, &once_length, &sound);
	char *twice = written_again(once, once_length, &twice_length, &sound);

	CHECK(sound && once_length == twice_length && memcmp(once, twice, once_length) == 0);
	free(once);
	free(twice);
	return 0;
}
