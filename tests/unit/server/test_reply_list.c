/* Tests of LIST: everything that is there, from files to shares. */
#include "listing.h"

#include <stdio.h>

static void empty_folder_has_no_entries(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 0);
	assert_int_equal(listing->failure, 0);
	free_listing(listing);
}

static void folder_is_listed_with_everything_in_it(void **state)
{
	struct rig *rig = *state;
	int folder = rig->scratch.folder;

	make_folder(rig, "folder");
	make_file(rig, "folder/file");
	make_file(rig, "folder/line\nfeed \xff");
	make_folder(rig, "folder/sub");
	make_file(rig, "folder/sub/below");
	assert_int_equal(mkfifoat(folder, "folder/fifo", 0600), 0);
	assert_int_equal(symlinkat("file", folder, "folder/link"), 0);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "folder", false);
	assert_int_equal(listing->count, 5);
	const struct entry *entry = &listing->entries[find(listing, "file", ENTRY_FILE)];
	assert_int_equal(entry->size, 4);
	assert_int_equal(entry->mode & 0600, 0600);
	assert_true(entry->mtime.seconds > 1000000000);
	find(listing, "line\nfeed \xff", ENTRY_FILE);
	assert_int_equal(listing->entries[find(listing, "sub", ENTRY_FOLDER)].mode, 0755);
	find(listing, "fifo", ENTRY_OTHER);
	find(listing, "link", ENTRY_SYMLINK);
	free_listing(listing);
}

static void recursive_listing_names_a_folder_before_what_it_holds(void **state)
{
	struct rig *rig = *state;

	make_folder(rig, "a");
	make_folder(rig, "a/b");
	make_folder(rig, "a/b/c");
	make_folder(rig, "a/empty");
	make_file(rig, "a/b/c/file");
	make_file(rig, "top");
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 6);
	size_t a = find(listing, "a", ENTRY_FOLDER);
	size_t b = find(listing, "a/b", ENTRY_FOLDER);
	size_t c = find(listing, "a/b/c", ENTRY_FOLDER);
	assert_true(a < b && b < c && c < find(listing, "a/b/c/file", ENTRY_FILE));
	find(listing, "a/empty", ENTRY_FOLDER);
	find(listing, "top", ENTRY_FILE);
	free_listing(listing);
	/* The names are relative to what is listed. */
	listing = list_path(rig, "a/b", true);
	assert_int_equal(listing->count, 2);
	find(listing, "c/file", ENTRY_FILE);
	free_listing(listing);
}

static void links_are_listed_and_never_followed(void **state)
{
	struct rig *rig = *state;

	make_folder(rig, "folder");
	make_file(rig, "folder/file");
	assert_int_equal(symlinkat("folder", rig->scratch.folder, "link"), 0);
	assert_int_equal(symlinkat("..", rig->scratch.folder, "folder/up"), 0);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 4);
	find(listing, "link", ENTRY_SYMLINK);
	find(listing, "folder/up", ENTRY_SYMLINK);
	free_listing(listing);
	listing = list_path(rig, "link", false);
	assert_int_equal(listing->failure, ERROR_REFUSED);
	free_listing(listing);
}

static void what_is_no_folder_is_refused_with_its_reason(void **state)
{
	struct rig *rig = *state;
	struct listing *listing;

	make_file(rig, "file");
	rig_greet(rig);
	listing = list_path(rig, "file", false);
	assert_int_equal(listing->failure, ERROR_NOT_A_FOLDER);
	free_listing(listing);
	listing = list_path(rig, "nothing", true);
	assert_int_equal(listing->failure, ERROR_NOT_FOUND);
	free_listing(listing);
	listing = list_path(rig, "..", true);
	assert_int_equal(listing->failure, ERROR_NAME);
	free_listing(listing);
}

static void many_entries_take_many_frames(void **state)
{
	struct rig *rig = *state;
	char path[32];

	make_folder(rig, "many");
	make_folder(rig, "many/sub");
	for (int i = 0; i < 5000; i++) {
		snprintf(path, sizeof(path), i % 2 ? "many/%d" : "many/sub/%d", i);
		make_file(rig, path);
	}
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 5002);
	find(listing, "many/4999", ENTRY_FILE);
	find(listing, "many/sub/4998", ENTRY_FILE);
	free_listing(listing);
}

static void many_subfolders_are_all_visited(void **state)
{
	struct rig *rig = *state;
	char path[64];

	for (int i = 0; i < 1500; i++) {
		snprintf(path, sizeof(path), "a folder with a longer name %d", i);
		make_folder(rig, path);
		snprintf(path, sizeof(path), "a folder with a longer name %d/file", i);
		make_file(rig, path);
	}
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 3000);
	free_listing(listing);
}

/* --- Shares ----------------------------------------------------------------------------------------------------------- */

static char music[] = "music", films[] = "films";

static void offer_two_shares(struct rig *rig, struct share shares[2])
{
	make_folder(rig, "one");
	make_folder(rig, "two");
	make_folder(rig, "two/sub");
	make_file(rig, "one/file");
	make_file(rig, "two/sub/file");
	shares[0] = (struct share){.name = music, .folder = openat(rig->scratch.folder, "one", O_PATH)};
	shares[1] = (struct share){.name = films, .folder = openat(rig->scratch.folder, "two", O_PATH)};
	rig->shares = (struct shares){.list = shares, .count = 2};
	struct share_settings open[] = {{.name = music}, {.name = films}};
	struct settings settings = {.shares = open, .share_count = 2};
	struct tokens tokens = {.list = NULL};
	assert_int_equal(access_renew(rig->services.access, &settings, &rig->shares, &tokens), STATUS_OK);
}

static void root_of_named_shares_lists_the_shares(void **state)
{
	struct rig *rig = *state;
	struct share shares[2];

	offer_two_shares(rig, shares);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", false);
	assert_int_equal(listing->count, 2);
	find(listing, "music", ENTRY_FOLDER);
	find(listing, "films", ENTRY_FOLDER);
	free_listing(listing);
	listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 5);
	find(listing, "music/file", ENTRY_FILE);
	find(listing, "films/sub/file", ENTRY_FILE);
	free_listing(listing);
	listing = list_path(rig, "films", true);
	assert_int_equal(listing->count, 2);
	find(listing, "sub/file", ENTRY_FILE);
	free_listing(listing);
	listing = list_path(rig, "nothing", true);
	assert_int_equal(listing->failure, ERROR_NOT_FOUND);
	free_listing(listing);
	close(shares[0].folder);
	close(shares[1].folder);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(empty_folder_has_no_entries),
		CASE(folder_is_listed_with_everything_in_it),
		CASE(recursive_listing_names_a_folder_before_what_it_holds),
		CASE(links_are_listed_and_never_followed),
		CASE(what_is_no_folder_is_refused_with_its_reason),
		CASE(many_entries_take_many_frames),
		CASE(many_subfolders_are_all_visited),
		CASE(root_of_named_shares_lists_the_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
