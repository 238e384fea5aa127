/* Tests of one entry of the digest index: what goes in comes out, and nothing else does. */
#include "index_fixture.h"

static struct span encode(const struct version *version, const struct known_digests *known)
{
	unsigned char *bytes = NULL;
	size_t length = 0;

	assert_int_equal(index_entry_encode(version, known, &bytes, &length), STATUS_OK);
	assert_int_equal(index_entry_seal(bytes, length), STATUS_OK);
	assert_true(length == index_entry_length(known->file_size, known->known_count));
	return (struct span){.bytes = bytes, .length = length};
}

static void free_entry(struct span entry)
{
	free((void *)(uintptr_t)entry.bytes);
}

static enum status decode(struct span entry, const struct version *version, uint64_t file_size)
{
	struct known_digests known;

	known_digests_init(&known, file_size);
	enum status status = index_entry_decode(entry, version, &known);
	if (status != STATUS_OK)
		assert_true(known.known_count == 0);
	known_digests_release(&known);
	return status;
}

static void what_is_known_comes_back(void **state)
{
	static const uint64_t sizes[] = {MIB + 1, 7 * MIB, 8 * MIB, 9 * MIB, 1024 * MIB, 3000 * MIB - 1};
	struct version version = numbered_version(1);

	(void)state;
	for (size_t i = 0; i < 6 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct known_digests known, found;
		know_some(&known, sizes[i / 6], 1 + i % 6);
		struct span entry = encode(&version, &known);
		known_digests_init(&found, sizes[i / 6]);
		assert_int_equal(index_entry_decode(entry, &version, &found), STATUS_OK);
		assert_true(same_knowledge(&known, &found));
		known_digests_release(&found);
		known_digests_release(&known);
		free_entry(entry);
	}
}

static void an_entry_has_the_bytes_that_its_header_says(void **state)
{
	static const unsigned char header[] = "FERRYIDX\0\0\0\1" "\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3"
		"\0\0\0\0\0\220\0\0" "\0\0\0\0\0\0\0\3";
	struct version version = numbered_version(3);
	struct known_digests known;
	struct digest digest;

	(void)state;
	know_some(&known, 9 * MIB, 4);
	struct span entry = encode(&version, &known);
	assert_int_equal(entry.length, 44 + 2 + 3 * 32 + 32);
	assert_memory_equal(entry.bytes, header, 44);
	assert_int_equal(entry.bytes[44], 0x11);
	assert_int_equal(entry.bytes[45], 0x01);
	digest = numbered_digest(4);
	assert_memory_equal(entry.bytes + 46 + 32, digest.bytes, 32);
	known_digests_release(&known);
	free_entry(entry);
}

static void an_entry_cut_anywhere_is_refused(void **state)
{
	struct version version = numbered_version(1);
	struct known_digests known;

	(void)state;
	know_some(&known, 20 * MIB, 3);
	struct span entry = encode(&version, &known);
	for (size_t length = 0; length < entry.length; length++)
		assert_int_equal(decode((struct span){entry.bytes, length}, &version, 20 * MIB), STATUS_MISMATCH);
	assert_int_equal(decode(entry, &version, 20 * MIB), STATUS_OK);
	known_digests_release(&known);
	free_entry(entry);
}

static void an_entry_with_any_bit_flipped_is_refused(void **state)
{
	struct version version = numbered_version(1);
	struct known_digests known;

	(void)state;
	know_some(&known, 20 * MIB, 3);
	struct span entry = encode(&version, &known);
	unsigned char *bytes = (unsigned char *)(uintptr_t)entry.bytes;
	for (size_t bit = 0; bit < entry.length * 8; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_int_equal(decode(entry, &version, 20 * MIB), STATUS_MISMATCH);
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	assert_int_equal(decode(entry, &version, 20 * MIB), STATUS_OK);
	known_digests_release(&known);
	free_entry(entry);
}

/* With its sum made right again, each of these is what an enemy who knows the format would write. */
static void a_sealed_lie_is_refused(void **state)
{
	static const struct {
		size_t offset;
		unsigned char value;
	} lies[] = {
		{0, 'f'},      /* the magic */
		{11, 2},       /* a format to come */
		{12, 0xff},    /* another version */
		{35, 1},       /* another size */
		{36, 0x80},    /* digests without end */
		{43, 4},       /* more than there are */
		{43, 2},       /* fewer */
		{44, 0x00},    /* bits that are missing */
		{44, 0xff},    /* or too many */
		{45, 0x03},
	};
	struct version version = numbered_version(1);
	struct known_digests known;

	(void)state;
	know_some(&known, 9 * MIB, 4);
	struct span entry = encode(&version, &known);
	unsigned char *bytes = (unsigned char *)(uintptr_t)entry.bytes;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		unsigned char truth = bytes[lies[i].offset];
		bytes[lies[i].offset] = lies[i].value;
		assert_int_equal(index_entry_seal(bytes, entry.length), STATUS_OK);
		assert_int_equal(decode(entry, &version, 9 * MIB), STATUS_MISMATCH);
		bytes[lies[i].offset] = truth;
	}
	/* As many bits as there are digests, one of them behind the last piece. */
	bytes[44] = 0x01;
	bytes[45] = 0x03;
	assert_int_equal(index_entry_seal(bytes, entry.length), STATUS_OK);
	assert_int_equal(decode(entry, &version, 9 * MIB), STATUS_MISMATCH);
	known_digests_release(&known);
	free_entry(entry);
}

static void an_entry_is_for_one_version_and_size_only(void **state)
{
	struct version version = numbered_version(1), other = numbered_version(2);
	struct known_digests known;

	(void)state;
	know_some(&known, 9 * MIB, 1);
	struct span entry = encode(&version, &known);
	assert_int_equal(decode(entry, &other, 9 * MIB), STATUS_MISMATCH);
	assert_int_equal(decode(entry, &version, 9 * MIB - 1), STATUS_MISMATCH);
	assert_int_equal(decode(entry, &version, 10 * MIB), STATUS_MISMATCH);
	assert_int_equal(decode(entry, &version, FILE_SIZE_MAX), STATUS_MISMATCH);
	known_digests_release(&known);
	free_entry(entry);
}

static void lengths_of_the_largest_file_do_not_overflow(void **state)
{
	uint64_t pieces = piece_count(FILE_SIZE_MAX);

	(void)state;
	assert_true(index_entry_length(FILE_SIZE_MAX, pieces) == 44 + pieces / 8 + 32 * pieces + 32);
	assert_true(index_entry_length(FILE_SIZE_MAX, 0) == 44 + pieces / 8 + 32);
}

static void an_entry_is_named_by_its_version_in_hex(void **state)
{
	struct version version = {.bytes = {0x00, 0x1f, 0xa0, [15] = 0xff}};
	char name[INDEX_NAME_LENGTH + 1];

	(void)state;
	index_entry_name(&version, name);
	assert_string_equal(name, "001fa0000000000000000000000000ff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_comes_back),
		cmocka_unit_test(an_entry_has_the_bytes_that_its_header_says),
		cmocka_unit_test(an_entry_cut_anywhere_is_refused),
		cmocka_unit_test(an_entry_with_any_bit_flipped_is_refused),
		cmocka_unit_test(a_sealed_lie_is_refused),
		cmocka_unit_test(an_entry_is_for_one_version_and_size_only),
		cmocka_unit_test(lengths_of_the_largest_file_do_not_overflow),
		cmocka_unit_test(an_entry_is_named_by_its_version_in_hex),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
