/* Tests of contents on real files: sharing, room, staleness, digests. */
#include "content_fixture.h"
#include "content_state.h"

#include <sys/stat.h>
#include <time.h>

static bool remembers(struct content *content, uint64_t piece, unsigned char byte)
{
	struct digest found, expected = digest_of(byte);

	return content_digest(content, piece, &found) && digest_equal(&found, &expected);
}

static void one_version_is_one_content_for_all_its_users(void **state)
{
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();
	struct content *first = take(fixture, "0"), *second = take(fixture, "0"), *other = take(fixture, "1");

	assert_ptr_equal(first, second);
	assert_ptr_not_equal(first, other);
	assert_true(version_equal(&first->version, &second->version));
	assert_false(version_equal(&first->version, &other->version));
	content_release(fixture->contents, first);
	assert_int_equal(content_check(fixture->contents, second), STATUS_OK);
	content_release(fixture->contents, second);
	content_release(fixture->contents, other);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void a_content_holds_the_file_that_it_was_made_of(void **state)
{
	struct fixture *fixture = *state;
	struct content *content = take(fixture, "0");
	struct stat stat;

	assert_int_equal(fstat(content_fd(content), &stat), 0);
	assert_int_equal(stat.st_size, FILE_PIECES * PIECE_SIZE - 1);
	content_release(fixture->contents, content);
}

static void an_unused_content_holds_no_descriptor_but_its_digests(void **state)
{
	struct fixture *fixture = *state;
	struct digest digest = digest_of(7);
	int before = scratch_next_descriptor();
	struct content *content = take(fixture, "0");

	assert_int_equal(content_remember(fixture->contents, content, 1, &digest), STATUS_OK);
	assert_int_not_equal(scratch_next_descriptor(), before);
	content_release(fixture->contents, content);
	assert_int_equal(scratch_next_descriptor(), before);
	content = take(fixture, "0");
	assert_true(remembers(content, 1, 7));
	assert_int_equal(content_check(fixture->contents, content), STATUS_OK);
	content_release(fixture->contents, content);
}

static void no_place_is_taken_from_a_content_in_use(void **state)
{
	struct fixture *fixture = *state;
	struct content *used[PLACES] = {take(fixture, "0"), take(fixture, "1"), take(fixture, "2")};
	struct content *content = NULL;
	int before = scratch_next_descriptor();

	assert_int_equal(try_take(fixture, fixture->lanes, "3", &content), STATUS_BUSY);
	assert_null(content);
	assert_int_equal(scratch_next_descriptor(), before);
	assert_ptr_equal(take(fixture, "1"), used[1]);
	content_release(fixture->contents, used[1]);
	content_release(fixture->contents, used[1]);
	content_release(fixture->contents, take(fixture, "3"));
	content_release(fixture->contents, used[0]);
	content_release(fixture->contents, used[2]);
}

static void the_least_recently_used_makes_place(void **state)
{
	struct fixture *fixture = *state;
	static const char *const names[PLACES] = {"0", "1", "2"};

	for (unsigned char i = 0; i < PLACES; i++) {
		struct digest digest = digest_of(i);
		struct content *content = take(fixture, names[i]);
		assert_int_equal(content_remember(fixture->contents, content, 0, &digest), STATUS_OK);
		content_release(fixture->contents, content);
	}
	content_release(fixture->contents, take(fixture, "0")); /* thus "1" is the one that waits longest */
	content_release(fixture->contents, take(fixture, "3"));
	struct content *kept[] = {take(fixture, "0"), take(fixture, "2")};
	assert_true(remembers(kept[0], 0, 0));
	assert_true(remembers(kept[1], 0, 2));
	struct content *again = take(fixture, "1");
	assert_false(remembers(again, 0, 1));
	content_release(fixture->contents, again);
	content_release(fixture->contents, kept[0]);
	content_release(fixture->contents, kept[1]);
}

/* File times move with the kernel's coarse clock: a change within one tick of it could go unseen. */
static void wait_for_tick(void)
{
	struct timespec start, now;

	clock_gettime(CLOCK_REALTIME_COARSE, &start);
	do
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
	while (now.tv_sec == start.tv_sec && now.tv_nsec == start.tv_nsec);
}

static void change_size(int folder)
{
	make_file(folder, "0", 70000);
}

static void change_mode(int folder)
{
	assert_int_equal(fchmodat(folder, "0", 0600, 0), 0);
}

static void change_time(int folder)
{
	const struct timespec times[] = {{.tv_sec = 5}, {.tv_sec = 5}};

	assert_int_equal(utimensat(folder, "0", times, 0), 0);
}

static void change_name(int folder)
{
	assert_int_equal(unlinkat(folder, "0", 0), 0);
}

/* Every change moves at least the ctime, also the loss of the last name. */
static void a_changed_file_is_stale_for_good(void **state)
{
	struct fixture *fixture = *state;
	static void (*const changes[])(int) = {change_size, change_mode, change_time, change_name};
	struct digest digest = digest_of(1);

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct content *content = take(fixture, "0");
		assert_int_equal(content_check(fixture->contents, content), STATUS_OK);
		wait_for_tick();
		changes[i](fixture->scratch.folder);
		assert_int_equal(content_check(fixture->contents, content), STATUS_CHANGED);
		assert_int_equal(content_check(fixture->contents, content), STATUS_CHANGED);
		assert_int_equal(content_remember(fixture->contents, content, 0, &digest), STATUS_CHANGED);
		assert_int_equal(content_refresh(content, 0, &digest), STATUS_CHANGED);
		content_release(fixture->contents, content);
	}
}

static void a_stale_content_gives_way_to_the_next_version(void **state)
{
	struct fixture *fixture = *state;
	struct digest digest = digest_of(1);
	struct content *old = take(fixture, "0");

	assert_int_equal(content_remember(fixture->contents, old, 0, &digest), STATUS_OK);
	wait_for_tick();
	change_time(fixture->scratch.folder);
	assert_int_equal(content_check(fixture->contents, old), STATUS_CHANGED);
	struct content *next = take(fixture, "0");
	assert_ptr_not_equal(next, old);
	assert_false(remembers(next, 0, 1));
	assert_int_equal(content_check(fixture->contents, next), STATUS_OK);
	content_release(fixture->contents, old);
	content_release(fixture->contents, next);
	assert_ptr_equal(take(fixture, "0"), next);
	content_release(fixture->contents, next);
}

static void a_digest_that_differs_makes_the_content_stale(void **state)
{
	struct fixture *fixture = *state;
	struct digest one = digest_of(1), two = digest_of(2);
	struct content *content = take(fixture, "0");

	assert_int_equal(content_remember(fixture->contents, content, 2, &one), STATUS_OK);
	assert_int_equal(content_remember(fixture->contents, content, 2, &one), STATUS_OK);
	assert_int_equal(content_remember(fixture->contents, content, 2, &two), STATUS_CHANGED);
	assert_int_equal(content_check(fixture->contents, content), STATUS_CHANGED);
	struct content *next = take(fixture, "0");
	assert_ptr_not_equal(next, content);
	content_release(fixture->contents, content);
	content_release(fixture->contents, next);
}

static void a_fresh_digest_that_differs_drops_all_others_and_the_root(void **state)
{
	struct fixture *fixture = *state;
	struct digest one = digest_of(1), two = digest_of(2), root;
	struct content *content = take(fixture, "0");

	for (uint64_t piece = 0; piece < FILE_PIECES; piece++)
		assert_int_equal(content_remember(fixture->contents, content, piece, &one), STATUS_OK);
	assert_true(content_root(content, fixture->lanes, &root));
	assert_int_equal(content_refresh(content, 1, &one), STATUS_OK);
	assert_true(remembers(content, 0, 1));
	assert_int_equal(content_refresh(content, 1, &two), STATUS_OK);
	assert_true(remembers(content, 1, 2));
	assert_false(remembers(content, 0, 1));
	assert_false(remembers(content, 2, 1));
	assert_false(content_root(content, fixture->lanes, &root));
	assert_int_equal(content_check(fixture->contents, content), STATUS_OK);
	content_release(fixture->contents, content);
}

static void the_root_is_known_when_all_pieces_are(void **state)
{
	struct fixture *fixture = *state;
	struct digest one = digest_of(1), found, expected;
	struct content *content = take(fixture, "0");
	struct root root;

	root_start(&root);
	for (uint64_t piece = 0; piece < FILE_PIECES; piece++) {
		assert_false(content_root(content, fixture->lanes, &found));
		assert_int_equal(content_remember(fixture->contents, content, piece, &one), STATUS_OK);
		root_add(&root, fixture->lanes, &one);
	}
	root_finish(&root, fixture->lanes, &expected);
	assert_true(content_root(content, fixture->lanes, &found));
	assert_true(digest_equal(&found, &expected));
	content_release(fixture->contents, content);
}

static void freeing_no_contents_does_nothing(void **state)
{
	(void)state;
	contents_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FILES(one_version_is_one_content_for_all_its_users),
		ON_FILES(a_content_holds_the_file_that_it_was_made_of),
		ON_FILES(an_unused_content_holds_no_descriptor_but_its_digests),
		ON_FILES(no_place_is_taken_from_a_content_in_use),
		ON_FILES(the_least_recently_used_makes_place),
		ON_FILES(a_changed_file_is_stale_for_good),
		ON_FILES(a_stale_content_gives_way_to_the_next_version),
		ON_FILES(a_digest_that_differs_makes_the_content_stale),
		ON_FILES(a_fresh_digest_that_differs_drops_all_others_and_the_root),
		ON_FILES(the_root_is_known_when_all_pieces_are),
		cmocka_unit_test(freeing_no_contents_does_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
