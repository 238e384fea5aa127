/* Tests of the digests of local files: against the protocol document's examples, and when a file is not as long as told. */
#include "hasher.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Byte number i is i mod 251, as in the examples of docs/protocol.md. */
static int file_of(size_t size)
{
	static unsigned char bytes[2097153];
	int fd = memfd_create("sample", 0);

	assert_true(fd >= 0 && size <= sizeof bytes);
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(i % 251);
	assert_int_equal(pwrite(fd, bytes, size, 0), size);
	return fd;
}

static const char *hex(const struct digest *digest)
{
	static char text[65];

	for (size_t i = 0; i < sizeof digest->bytes; i++)
		snprintf(text + 2 * i, 3, "%02x", digest->bytes[i]);
	return text;
}

static struct hasher *hasher_of(enum hasher_kind kind)
{
	struct hasher *hasher;

	assert_int_equal(hasher_new(kind, &hasher), STATUS_OK);
	return hasher;
}

static void tree_digests_are_those_of_the_protocol(void **state)
{
	static const struct {
		size_t size;
		const char *root;
	} cases[] = {
		{0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{16385, "9d7887c65d577a0237fb3c0998b87b3a62762d03796889a2caea01db914ccbb8"},
		{32769, "934c793a4cecccfd47faaf6b69c17703875e6c58ffe623bcd31ff3b2170770d1"},
		{1048577, "c764e3ed4ebac5f61ce59e1c78b804a6b9c02350917800126926d903f8d3dc27"},
		{2097153, "4ed05eb9ba4c181511c7554f7abdf7abf237f41b0ab53c289b3e0201efb72bab"},
	};
	struct hasher *hasher = hasher_of(HASHER_TREE);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct digest digest;
		int fd = file_of(cases[i].size);
		assert_int_equal(hasher_file(hasher, fd, cases[i].size, &digest), STATUS_OK);
		assert_string_equal(hex(&digest), cases[i].root);
		close(fd);
	}
	hasher_free(hasher);
}

/* Sums of coreutils' sha256sum. */
static void flat_digests_are_those_of_sha256sum(void **state)
{
	static const struct {
		size_t size;
		const char *sum;
	} cases[] = {
		{0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{2097153, "72bcf8fa6c73c0a650f5c83f47e54290ba2fe60ac6cb0d8fe5b0a41dd57a0844"},
	};
	struct hasher *hasher = hasher_of(HASHER_FLAT);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct digest digest;
		int fd = file_of(cases[i].size);
		assert_int_equal(hasher_file(hasher, fd, cases[i].size, &digest), STATUS_OK);
		assert_string_equal(hex(&digest), cases[i].sum);
		close(fd);
	}
	hasher_free(hasher);
}

static void file_of_another_length_has_changed(void **state)
{
	static const enum hasher_kind kinds[] = {HASHER_FLAT, HASHER_TREE};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct hasher *hasher = hasher_of(kinds[i]);
		struct digest digest;
		int fd = file_of(300000);
		assert_int_equal(hasher_file(hasher, fd, 299999, &digest), STATUS_CHANGED);
		assert_int_equal(hasher_file(hasher, fd, 300001, &digest), STATUS_CHANGED);
		close(fd);
		hasher_free(hasher);
	}
}

static void file_after_one_that_failed_is_hashed_from_its_start(void **state)
{
	struct hasher *hasher = hasher_of(HASHER_FLAT);
	struct digest digest;
	int longer = file_of(300000), fd = file_of(1);

	(void)state;
	assert_int_equal(hasher_file(hasher, longer, 300001, &digest), STATUS_CHANGED);
	assert_int_equal(hasher_file(hasher, fd, 1, &digest), STATUS_OK);
	assert_string_equal(hex(&digest), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
	close(longer);
	close(fd);
	hasher_free(hasher);
}

static void descriptor_that_cannot_be_read_is_told(void **state)
{
	struct hasher *hasher = hasher_of(HASHER_TREE);
	struct digest digest;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(hasher_file(hasher, ends[0], 1, &digest), STATUS_IO);
	close(ends[0]);
	close(ends[1]);
	hasher_free(hasher);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tree_digests_are_those_of_the_protocol),
		cmocka_unit_test(flat_digests_are_those_of_sha256sum),
		cmocka_unit_test(file_of_another_length_has_changed),
		cmocka_unit_test(file_after_one_that_failed_is_hashed_from_its_start),
		cmocka_unit_test(descriptor_that_cannot_be_read_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
