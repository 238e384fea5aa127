/* What tests of the digest index share: versions and digests by number, and a folder that an index lies in. */
#ifndef INDEX_FIXTURE_H
#define INDEX_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "digest_index.h"
#include "index_entry.h"
#include "scratch.h"

#define MIB ((uint64_t)PIECE_SIZE)

struct fixture {
	struct scratch scratch;
	struct digest_index *index;
};

static inline struct version numbered_version(unsigned char number)
{
	struct version version;

	memset(version.bytes, number, sizeof(version.bytes));
	return version;
}

static inline struct digest numbered_digest(uint64_t number)
{
	struct digest digest = {{0xd1}};

	memcpy(digest.bytes + 1, &number, sizeof(number));
	return digest;
}

/* Every STEP-th piece of a file of FILE_SIZE is known. */
static inline void know_some(struct known_digests *known, uint64_t file_size, uint64_t step)
{
	known_digests_init(known, file_size);
	for (uint64_t piece = 0; piece < known->piece_count; piece += step) {
		struct digest digest = numbered_digest(piece);
		known_digests_add(known, piece, &digest);
	}
}

static inline bool same_knowledge(const struct known_digests *a, const struct known_digests *b)
{
	if (a->known_count != b->known_count || a->piece_count != b->piece_count)
		return false;
	for (uint64_t piece = 0; piece < a->piece_count; piece++) {
		const struct digest *left = known_digests_find(a, piece), *right = known_digests_find(b, piece);
		if (!left != !right || (left && !digest_equal(left, right)))
			return false;
	}
	return true;
}

static inline struct digest_index *open_index(const struct fixture *fixture, uint64_t files, uint64_t bytes)
{
	struct digest_index *index = NULL;
	int folder = open(fixture->scratch.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(folder >= 0);
	struct digest_index_limits limits = {.files = files, .bytes = bytes};
	assert_int_equal(digest_index_new(folder, limits, &index), STATUS_OK);
	return index;
}

static inline enum status save(struct digest_index *index, unsigned char number, const struct known_digests *known)
{
	struct version version = numbered_version(number);
	struct digest_draft draft;
	uint64_t moment = digest_index_moment(index);
	enum status status = digest_index_encode(index, &version, known, &draft);

	return status == STATUS_OK ? digest_index_save(index, moment, &draft) : status;
}

/* How many pieces of a file of FILE_SIZE the index remembers. */
static inline uint64_t recalled_count(struct digest_index *index, unsigned char number, uint64_t file_size)
{
	struct version version = numbered_version(number);
	struct known_digests known;

	known_digests_init(&known, file_size);
	digest_index_recall(index, &version, &known);
	known_digests_release(&known);
	return known.known_count;
}

/* The name of version NUMBER's file, in a buffer of the caller's. */
static inline const char *name_of(unsigned char number, char name[INDEX_NAME_LENGTH + 1])
{
	struct version version = numbered_version(number);

	index_entry_name(&version, name);
	return name;
}

static inline bool exists(const struct fixture *fixture, const char *name)
{
	struct stat stat;

	return fstatat(fixture->scratch.folder, name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline bool is_saved(const struct fixture *fixture, unsigned char number)
{
	char name[INDEX_NAME_LENGTH + 1];

	return exists(fixture, name_of(number, name));
}

static inline int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	fixture->index = open_index(fixture, 1000, 1 << 20);
	return 0;
}

static inline int release_fixture(void **state)
{
	struct fixture *fixture = *state;

	digest_index_free(fixture->index);
	int result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

#define ON_INDEX(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

#endif
