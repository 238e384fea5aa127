/* Tests of what the digest index is told, and when: by threads that share the digests of a version. */
#include "shared_digests.h"

#include <pthread.h>
#include <time.h>

#include "clock.h"
#include "index_fixture.h"

#define SIZE (9 * MIB)
#define LONG_AGO 3 /* seconds: more than SHARED_DIGESTS_SETTLED */

static void start(struct shared_digests *digests, struct digest_index *index, uint64_t size, time_t age)
{
	struct version version = numbered_version(1);
	struct stat stat = {.st_size = (off_t)size};

	clock_gettime(CLOCK_REALTIME, &stat.st_ctim);
	stat.st_ctim.tv_sec -= age;
	shared_digests_init(digests, index, &version, &stat);
}

static void agree_on(struct shared_digests *digests, uint64_t first, uint64_t end)
{
	for (uint64_t piece = first; piece < end; piece++) {
		struct digest digest = numbered_digest(piece);
		assert_true(shared_digests_agree(digests, piece, &digest));
	}
}

static void digests_known_before_are_recalled_before_anything_else(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	struct known_digests known;
	struct digest digest, other = numbered_digest(77), expected = numbered_digest(8);

	know_some(&known, SIZE, 4);
	assert_int_equal(save(fixture->index, 1, &known), STATUS_OK);
	start(&digests, fixture->index, SIZE, LONG_AGO);
	assert_true(shared_digests_find(&digests, 8, &digest));
	assert_true(digest_equal(&digest, &expected));
	assert_false(shared_digests_find(&digests, 7, &digest));
	shared_digests_release(&digests);
	start(&digests, fixture->index, SIZE, LONG_AGO);
	assert_false(shared_digests_agree(&digests, 4, &other));
	shared_digests_release(&digests);
	known_digests_release(&known);
}

static void a_root_is_known_from_the_index_alone(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	struct known_digests known;
	struct lanes *lanes = NULL;
	struct digest root;

	assert_int_equal(lanes_new(LANES_OPENSSL, &lanes), STATUS_OK);
	know_some(&known, SIZE, 1);
	assert_int_equal(save(fixture->index, 1, &known), STATUS_OK);
	start(&digests, fixture->index, SIZE, LONG_AGO);
	assert_true(shared_digests_root(&digests, lanes, &root));
	assert_true(digest_equal(&root, known_digests_root(&known, lanes)));
	shared_digests_release(&digests);
	known_digests_release(&known);
	lanes_free(lanes);
}

static void the_index_is_told_once_all_pieces_are_known(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;

	start(&digests, fixture->index, SIZE, LONG_AGO);
	agree_on(&digests, 0, 8);
	assert_false(is_saved(fixture, 1));
	agree_on(&digests, 8, 9);
	assert_int_equal(recalled_count(fixture->index, 1, SIZE), 9);
	shared_digests_release(&digests);
}

static void the_index_is_told_of_every_1024_new_pieces(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;

	start(&digests, fixture->index, 5000 * MIB, LONG_AGO);
	agree_on(&digests, 100, 1123);
	assert_false(is_saved(fixture, 1));
	agree_on(&digests, 1123, 1124);
	assert_int_equal(recalled_count(fixture->index, 1, 5000 * MIB), 1024);
	agree_on(&digests, 1124, 2147);
	assert_int_equal(recalled_count(fixture->index, 1, 5000 * MIB), 1024);
	agree_on(&digests, 2147, 2148);
	assert_int_equal(recalled_count(fixture->index, 1, 5000 * MIB), 2048);
	shared_digests_release(&digests);
}

static void a_large_entry_is_written_again_for_an_eighth_of_it(void **state)
{
	struct fixture *fixture = *state;
	uint64_t size = 30000 * MIB;
	struct shared_digests digests;
	struct known_digests known;

	know_some(&known, size, 3);
	digest_index_free(fixture->index);
	fixture->index = open_index(fixture, 10, 1 << 24);
	assert_int_equal(save(fixture->index, 1, &known), STATUS_OK);
	start(&digests, fixture->index, size, LONG_AGO);
	for (uint64_t piece = 1; piece < 3 * 1024; piece += 3)
		agree_on(&digests, piece, piece + 1);
	assert_int_equal(recalled_count(fixture->index, 1, size), 10000);
	for (uint64_t piece = 3 * 1024 + 1; piece < 6 * 1024; piece += 3)
		agree_on(&digests, piece, piece + 1);
	assert_int_equal(recalled_count(fixture->index, 1, size), 12048);
	shared_digests_release(&digests);
	known_digests_release(&known);
}

static void what_is_new_is_saved_on_request(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;

	start(&digests, fixture->index, SIZE, LONG_AGO);
	shared_digests_save(&digests);
	assert_false(is_saved(fixture, 1));
	agree_on(&digests, 2, 4);
	shared_digests_save(&digests);
	assert_int_equal(recalled_count(fixture->index, 1, SIZE), 2);
	shared_digests_release(&digests);
}

static void what_was_recalled_is_not_written_again(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	struct known_digests known;
	struct digest digest;
	char name[INDEX_NAME_LENGTH + 1];

	know_some(&known, SIZE, 4);
	assert_int_equal(save(fixture->index, 1, &known), STATUS_OK);
	start(&digests, fixture->index, SIZE, LONG_AGO);
	assert_true(shared_digests_find(&digests, 8, &digest));
	assert_int_equal(unlinkat(fixture->scratch.folder, name_of(1, name), 0), 0);
	shared_digests_save(&digests);
	assert_false(is_saved(fixture, 1));
	shared_digests_release(&digests);
	known_digests_release(&known);
}

/* Also when the rest is computed later. */
static void of_a_file_hashed_too_early_the_index_is_not_told(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	struct digest digest;

	start(&digests, fixture->index, SIZE, 1);
	agree_on(&digests, 0, 1);
	digests.changed -= 10 * CLOCK_SECOND;
	agree_on(&digests, 1, 9);
	shared_digests_save(&digests);
	assert_false(is_saved(fixture, 1));
	assert_true(shared_digests_find(&digests, 8, &digest));
	shared_digests_release(&digests);
}

static void a_file_from_the_future_is_too_young(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;

	start(&digests, fixture->index, SIZE, -1000);
	agree_on(&digests, 0, 9);
	assert_false(is_saved(fixture, 1));
	shared_digests_release(&digests);
}

static void a_replaced_digest_drops_the_others_here_and_in_the_index(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	struct digest digest, same = numbered_digest(3), other = numbered_digest(77);

	start(&digests, fixture->index, SIZE, LONG_AGO);
	agree_on(&digests, 0, 9);
	shared_digests_replace(&digests, 3, &same);
	assert_true(is_saved(fixture, 1));
	shared_digests_replace(&digests, 3, &other);
	assert_false(is_saved(fixture, 1));
	assert_true(shared_digests_find(&digests, 3, &digest));
	assert_true(digest_equal(&digest, &other));
	assert_false(shared_digests_find(&digests, 4, &digest));
	agree_on(&digests, 0, 3);
	agree_on(&digests, 4, 9);
	shared_digests_save(&digests);
	assert_false(is_saved(fixture, 1));
	shared_digests_release(&digests);
}

static void a_replacement_that_comes_first_meets_what_the_index_remembers(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	struct known_digests known;
	struct digest other = numbered_digest(77);

	know_some(&known, SIZE, 1);
	assert_int_equal(save(fixture->index, 1, &known), STATUS_OK);
	start(&digests, fixture->index, SIZE, LONG_AGO);
	shared_digests_replace(&digests, 3, &other);
	assert_false(is_saved(fixture, 1));
	shared_digests_release(&digests);
	known_digests_release(&known);
}

static void a_disowned_version_leaves_the_index_for_good(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;

	start(&digests, fixture->index, SIZE, LONG_AGO);
	agree_on(&digests, 0, 8);
	shared_digests_save(&digests);
	assert_true(is_saved(fixture, 1));
	shared_digests_disown(&digests);
	assert_false(is_saved(fixture, 1));
	agree_on(&digests, 8, 9);
	shared_digests_save(&digests);
	assert_false(is_saved(fixture, 1));
	shared_digests_release(&digests);
}

static void without_an_index_digests_are_shared_all_the_same(void **state)
{
	struct shared_digests digests;
	struct digest digest, other = numbered_digest(77);

	(void)state;
	start(&digests, NULL, SIZE, LONG_AGO);
	agree_on(&digests, 0, 9);
	assert_false(shared_digests_agree(&digests, 3, &other));
	shared_digests_replace(&digests, 3, &other);
	assert_false(shared_digests_find(&digests, 4, &digest));
	shared_digests_disown(&digests);
	shared_digests_save(&digests);
	shared_digests_release(&digests);
}

/* --- Threads ---------------------------------------------------------------------------------------------------------- */

/* What another thread knows once a draft is made, and before it is written. */
static struct shared_digests *known_meanwhile;

enum status __real_index_entry_seal(unsigned char *bytes, size_t length);
enum status __wrap_index_entry_seal(unsigned char *bytes, size_t length);

enum status __wrap_index_entry_seal(unsigned char *bytes, size_t length)
{
	struct shared_digests *digests = known_meanwhile;

	if (digests) {
		known_meanwhile = NULL;
		agree_on(digests, 1024, 1025);
	}
	return __real_index_entry_seal(bytes, length);
}

static void an_older_draft_never_comes_after_a_newer_one(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;

	start(&digests, fixture->index, 1025 * MIB, LONG_AGO);
	agree_on(&digests, 0, 1023);
	known_meanwhile = &digests;
	agree_on(&digests, 1023, 1024);
	assert_null(known_meanwhile);
	assert_int_equal(recalled_count(fixture->index, 1, 1025 * MIB), 1025);
	shared_digests_release(&digests);
}

#define THREADS 4
#define ROUNDS 300

struct hand {
	struct shared_digests *digests;
	unsigned seed;
};

/* One of them finds a difference now and then, the others save what they know. */
static void *work(void *argument)
{
	struct hand *hand = argument;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t piece = (unsigned)rand_r(&hand->seed) % 9;
		struct digest found, digest = numbered_digest(piece);
		if (!shared_digests_find(hand->digests, piece, &found))
			shared_digests_agree(hand->digests, piece, &digest);
		shared_digests_save(hand->digests);
	}
	return NULL;
}

static void threads_never_bring_back_what_one_of_them_replaced(void **state)
{
	struct fixture *fixture = *state;
	struct shared_digests digests;
	pthread_t threads[THREADS];
	struct hand hands[THREADS];
	struct digest other = numbered_digest(77);

	start(&digests, fixture->index, SIZE, LONG_AGO);
	agree_on(&digests, 3, 4);
	for (unsigned i = 0; i < THREADS; i++) {
		hands[i] = (struct hand){.digests = &digests, .seed = i + 1};
		assert_int_equal(pthread_create(&threads[i], NULL, work, &hands[i]), 0);
	}
	shared_digests_replace(&digests, 3, &other);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_false(is_saved(fixture, 1));
	shared_digests_release(&digests);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_INDEX(digests_known_before_are_recalled_before_anything_else),
		ON_INDEX(a_root_is_known_from_the_index_alone),
		ON_INDEX(the_index_is_told_once_all_pieces_are_known),
		ON_INDEX(the_index_is_told_of_every_1024_new_pieces),
		ON_INDEX(a_large_entry_is_written_again_for_an_eighth_of_it),
		ON_INDEX(what_is_new_is_saved_on_request),
		ON_INDEX(what_was_recalled_is_not_written_again),
		ON_INDEX(of_a_file_hashed_too_early_the_index_is_not_told),
		ON_INDEX(a_file_from_the_future_is_too_young),
		ON_INDEX(a_replaced_digest_drops_the_others_here_and_in_the_index),
		ON_INDEX(a_replacement_that_comes_first_meets_what_the_index_remembers),
		ON_INDEX(a_disowned_version_leaves_the_index_for_good),
		ON_INDEX(without_an_index_digests_are_shared_all_the_same),
		ON_INDEX(an_older_draft_never_comes_after_a_newer_one),
		ON_INDEX(threads_never_bring_back_what_one_of_them_replaced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
