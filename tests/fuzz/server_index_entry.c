/* Fuzzes entries of the digest index: one that is believed must encode to the very bytes it came from. */
#include "target.h"

#include "index_entry.h"

#define VERSION_AT 12
#define SIZE_AT 28
#define DIGEST_SIZE sizeof(struct digest)
#define HEADER_SIZE 44
#define PIECES_MAX 4096

/* There is one as soon as all digests are known, and none once they are forgotten. */
static void check_root(struct known_digests *known)
{
	static struct lanes *lanes;

	if (!lanes)
		CHECK(lanes_new(LANES_OPENSSL, &lanes) == STATUS_OK);
	const struct digest *root = known_digests_root(known, lanes);
	CHECK((root != NULL) == (known->known_count == known->piece_count));
	CHECK(known_digests_root(known, lanes) == root);
	known_digests_forget(known);
	CHECK(known->known_count == 0 && !known_digests_find(known, 0) && !known_digests_root(known, lanes));
}

static void decode(const unsigned char *entry, size_t length, const struct version *version, uint64_t file_size)
{
	struct known_digests known;
	unsigned char *again = NULL;
	size_t again_length = 0;

	known_digests_init(&known, file_size);
	if (index_entry_decode((struct span){entry, length}, version, &known) == STATUS_OK) {
		CHECK(index_entry_encode(version, &known, &again, &again_length) == STATUS_OK);
		CHECK(index_entry_seal(again, again_length) == STATUS_OK);
		CHECK(again_length == length && memcmp(again, entry, length) == 0);
		free(again);
		check_root(&known);
	} else {
		CHECK(known.known_count == 0);
	}
	known_digests_release(&known);
}

/* As it came, and with a seal that fits; for the version and, unless it is huge, the size that it names itself. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	unsigned char *entry = target_copy(bytes, length);
	struct version version = {{1}};
	uint64_t file_size = 3 * (uint64_t)PIECE_SIZE;
	char name[INDEX_NAME_LENGTH + 1];
	struct reader reader;

	if (length >= HEADER_SIZE) {
		memcpy(version.bytes, bytes + VERSION_AT, sizeof(version.bytes));
		reader_init(&reader, bytes + SIZE_AT, sizeof(file_size));
		file_size = reader_u64(&reader);
		if (file_size > PIECES_MAX * (uint64_t)PIECE_SIZE)
			file_size %= PIECES_MAX * (uint64_t)PIECE_SIZE;
	}
	index_entry_name(&version, name);
	CHECK(strspn(name, "0123456789abcdef") == INDEX_NAME_LENGTH);
	decode(entry, length, &version, file_size);
	if (length >= DIGEST_SIZE) {
		CHECK(index_entry_seal(entry, length) == STATUS_OK);
		decode(entry, length, &version, file_size);
	}
	free(entry);
	return 0;
}
