/* Tests of the limits of LIST: depth, length, permissions, descriptors and memory; nothing is left out in silence. */
/* Threat S9 of docs/security.md. */
#include "listing.h"

#include <malloc.h>
#include <stdio.h>

#include "forbid.h"

/* Makes DEPTH folders in each other, of that name each; returns the innermost. */
static int make_chain(struct rig *rig, const char *name, unsigned depth)
{
	int folder = dup(rig->scratch.folder);

	for (unsigned i = 0; i < depth; i++) {
		assert_int_equal(mkdirat(folder, name, 0755), 0);
		int next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		close(folder);
		folder = next;
		assert_true(folder >= 0);
	}
	return folder;
}

/* Entries that say that something is missing, and why. */
static size_t count_limits(const struct listing *listing)
{
	size_t count = 0;

	for (size_t i = 0; i < listing->count; i++) {
		if (listing->entries[i].kind == ENTRY_UNREADABLE) {
			assert_int_equal(listing->entries[i].reason, ERROR_LIMIT);
			count++;
		}
	}
	return count;
}

static void what_lies_too_deep_is_told_once(void **state)
{
	struct rig *rig = *state;
	int innermost = make_chain(rig, "d", PATH_DEPTH_MAX);

	assert_int_equal(scratch_write(innermost, "one", ""), 0);
	assert_int_equal(scratch_write(innermost, "two", ""), 0);
	assert_int_equal(mkdirat(innermost, "three", 0755), 0);
	close(innermost);
	rig_allow_folders(rig, 100);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, PATH_DEPTH_MAX + 1);
	assert_int_equal(count_limits(listing), 1);
	assert_int_equal(path_depth(span_of(listing->names[listing->count - 1])), PATH_DEPTH_MAX);
	free_listing(listing);
	/* Depth counts from the root of the server, not from the listed folder. */
	listing = list_path(rig, "d/d/d", true);
	assert_int_equal(count_limits(listing), 1);
	assert_int_equal(listing->count, PATH_DEPTH_MAX - 3 + 1);
	free_listing(listing);
}

static void what_fits_exactly_is_listed(void **state)
{
	struct rig *rig = *state;
	int innermost = make_chain(rig, "d", PATH_DEPTH_MAX - 1);

	assert_int_equal(scratch_write(innermost, "deepest", ""), 0);
	close(innermost);
	rig_allow_folders(rig, 100);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, PATH_DEPTH_MAX);
	assert_int_equal(count_limits(listing), 0);
	free_listing(listing);
}

static void path_that_is_too_long_is_told_at_its_folder(void **state)
{
	struct rig *rig = *state;
	char name[PATH_NAME_MAX + 1] = {0};

	/* 15 times 255 and a slash leave 255 bytes. */
	memset(name, 'n', PATH_NAME_MAX);
	int innermost = make_chain(rig, name, 15);
	assert_int_equal(scratch_write(innermost, name, ""), 0);
	assert_int_equal(mkdirat(innermost, "x", 0755), 0);
	int below = openat(innermost, "x", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(scratch_write(below, name, ""), 0);
	rig_allow_folders(rig, 100);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	/* No path leads there, so nobody could remove them later. */
	assert_int_equal(unlinkat(below, name, 0), 0);
	assert_int_equal(unlinkat(innermost, name, 0), 0);
	close(below);
	close(innermost);
	assert_int_equal(count_limits(listing), 1);
	assert_int_equal(listing->count, 15 + 2 + 1);
	for (size_t i = 0; i < listing->count; i++) {
		if (listing->entries[i].kind == ENTRY_UNREADABLE)
			assert_int_equal(strlen(listing->names[i]), 15 * 256 + 1);
	}
	free_listing(listing);
}

static void folder_that_cannot_be_read_is_told_and_the_rest_is_listed(void **state)
{
	struct rig *rig = *state;

	make_folder(rig, "open");
	make_file(rig, "open/file");
	make_folder(rig, "shut");
	make_file(rig, "shut/file");
	assert_int_equal(fchmodat(rig->scratch.folder, "shut", 0000, 0), 0);
	assert_int_equal(forbid_ignoring_permissions(), 0);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(fchmodat(rig->scratch.folder, "shut", 0755, 0), 0);
	assert_int_equal(listing->count, 4);
	find(listing, "open/file", ENTRY_FILE);
	size_t shut = find(listing, "shut", ENTRY_FOLDER);
	size_t unreadable = find(listing, "shut", ENTRY_UNREADABLE);
	assert_true(shut < unreadable);
	assert_int_equal(listing->entries[unreadable].reason, ERROR_REFUSED);
	free_listing(listing);
}

static void name_that_cannot_be_looked_at_is_told(void **state)
{
	struct rig *rig = *state;

	make_folder(rig, "blind");
	make_file(rig, "blind/file");
	/* Names may be read, but nothing behind them. */
	assert_int_equal(fchmodat(rig->scratch.folder, "blind", 0444, 0), 0);
	assert_int_equal(forbid_ignoring_permissions(), 0);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "blind", true);
	assert_int_equal(fchmodat(rig->scratch.folder, "blind", 0755, 0), 0);
	assert_int_equal(listing->count, 1);
	assert_int_equal(listing->entries[find(listing, "file", ENTRY_UNREADABLE)].reason, ERROR_REFUSED);
	free_listing(listing);
}

static void listings_share_a_cap_on_open_folders(void **state)
{
	struct rig *rig = *state;
	int innermost = make_chain(rig, "d", 4);

	close(innermost);
	rig_allow_folders(rig, 3);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->failure, ERROR_BUSY);
	assert_int_equal(rig_folders(rig), 0);
	free_listing(listing);
	rig_allow_folders(rig, 5);
	listing = list_path(rig, "", true);
	assert_int_equal(listing->failure, 0);
	assert_int_equal(listing->count, 4);
	free_listing(listing);
}

static void one_peer_may_have_so_many_folders_and_others_theirs(void **state)
{
	struct rig *rig = *state;
	int innermost = make_chain(rig, "d", 4);

	close(innermost);
	stock_init(&rig->services.caps.stocks[CAP_FOLDERS], 6, 3);
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->failure, ERROR_BUSY);
	free_listing(listing);
	stock_init(&rig->services.caps.stocks[CAP_FOLDERS], 6, 5);
	listing = list_path(rig, "", true);
	assert_int_equal(listing->failure, 0);
	free_listing(listing);
}

static void listing_of_too_many_names_ends_with_limit(void **state)
{
	struct rig *rig = *state;
	char name[8];

	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "%d", i);
		make_file(rig, name);
	}
	rig->settings.listing_entries = 4;
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", false);
	assert_int_equal(listing->failure, ERROR_LIMIT);
	assert_int_equal(listing->count, 4);
	free_listing(listing);
	rig->settings.listing_entries = 5;
	listing = list_path(rig, "", false);
	assert_int_equal(listing->failure, 0);
	assert_int_equal(listing->count, 5);
	free_listing(listing);
}

static void what_lies_below_the_depth_of_the_settings_is_told_once(void **state)
{
	struct rig *rig = *state;
	int innermost = make_chain(rig, "d", 4);

	close(innermost);
	rig->settings.listing_depth = 3;
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->count, 3 + 1);
	assert_int_equal(count_limits(listing), 1);
	free_listing(listing);
	/* It counts from the listed folder. */
	listing = list_path(rig, "d", true);
	assert_int_equal(listing->count, 3);
	assert_int_equal(count_limits(listing), 0);
	free_listing(listing);
}

static void client_that_goes_leaves_no_folder_open(void **state)
{
	struct rig *rig = *state;
	char path[16];

	make_folder(rig, "d");
	for (int i = 0; i < 3000; i++) {
		snprintf(path, sizeof(path), "d/%d", i);
		make_file(rig, path);
	}
	rig_greet(rig);
	for (int i = 0; i < 4; i++)
		rig_list(rig, "", true);
	rig_settle(rig);
	assert_true(rig_folders(rig) > 0);
	int next = scratch_next_descriptor();
	shutdown(rig->client, SHUT_WR);
	rig_settle(rig);
	assert_null(rig->connection);
	assert_int_equal(rig_folders(rig), 0);
	assert_true(scratch_next_descriptor() < next);
}

static void large_folder_costs_one_batch_of_memory(void **state)
{
	struct rig *rig = *state;
	char path[64];

	make_folder(rig, "large");
	for (int i = 0; i < 7000; i++) {
		snprintf(path, sizeof(path), "large/a file with a name of a certain length %d", i);
		make_file(rig, path);
	}
	rig_greet(rig);
	rig_settle(rig);
	size_t before = mallinfo2().uordblks;
	/* It stops in the middle, since nobody reads. */
	rig_list(rig, "large", true);
	rig_settle(rig);
	assert_true(rig->wish.write);
	assert_true(mallinfo2().uordblks - before < 2 * 65536 + 65536);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_lies_too_deep_is_told_once),
		CASE(what_fits_exactly_is_listed),
		CASE(path_that_is_too_long_is_told_at_its_folder),
		CASE(listings_share_a_cap_on_open_folders),
		CASE(one_peer_may_have_so_many_folders_and_others_theirs),
		CASE(listing_of_too_many_names_ends_with_limit),
		CASE(what_lies_below_the_depth_of_the_settings_is_told_once),
		CASE(client_that_goes_leaves_no_folder_open),
		CASE(large_folder_costs_one_batch_of_memory),
		/* From here on root's privilege is gone. */
		CASE(folder_that_cannot_be_read_is_told_and_the_rest_is_listed),
		CASE(name_that_cannot_be_looked_at_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
