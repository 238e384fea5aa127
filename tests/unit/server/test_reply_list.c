/* Tests of LIST: everything that is there, in bounded memory, and nothing left out in silence. */
#include "rig.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>

#include "forbid.h"

#define NAMES_MAX 8192

/* A whole listing, sorted by name. */
struct listing {
	size_t count;
	struct entry entries[NAMES_MAX];
	char *names[NAMES_MAX];
	enum error_code failure; /* 0: DONE */
};

static struct listing *new_listing(void)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	assert_non_null(listing);
	return listing;
}

static void free_listing(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		free(listing->names[i]);
	free(listing);
}

static void add_entries(struct listing *listing, struct span payload)
{
	struct reader reader;
	enum status status;

	reader_init(&reader, payload.bytes, payload.length);
	for (;;) {
		assert_true(listing->count < NAMES_MAX);
		struct entry *entry = &listing->entries[listing->count];
		status = entry_decode(&reader, entry);
		if (status != STATUS_OK)
			break;
		listing->names[listing->count] = strndup((const char *)entry->name.bytes, entry->name.length);
		listing->count++;
	}
	assert_int_equal(status, STATUS_END);
}

static struct listing *list_path(struct rig *rig, const char *path, bool recursive)
{
	struct listing *listing = new_listing();
	uint16_t number = rig_list(rig, path, recursive);
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);
	struct done done;
	struct error error;

	while (answer.frame.type == FRAME_ENTRIES) {
		assert_int_equal(answer.frame.number, number);
		add_entries(listing, answer.payload);
		answer = rig_answer_in(rig, FRAME_OPEN);
	}
	if (answer.frame.type == FRAME_ERROR) {
		assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
		listing->failure = error.code;
		return listing;
	}
	assert_int_equal(answer.frame.type, FRAME_DONE);
	assert_int_equal(done_decode(answer.payload, &done), STATUS_OK);
	assert_int_equal(done.count, listing->count);
	/* Nothing that it held is left. */
	assert_int_equal(rig->services.folders, 0);
	return listing;
}

/* The place of the only entry of that name and kind; fails where there is none. */
static size_t find(const struct listing *listing, const char *name, enum entry_kind kind)
{
	size_t found = NAMES_MAX;

	for (size_t i = 0; i < listing->count; i++) {
		if (strcmp(listing->names[i], name) == 0 && listing->entries[i].kind == kind) {
			assert_int_equal(found, NAMES_MAX);
			found = i;
		}
	}
	assert_int_not_equal(found, NAMES_MAX);
	return found;
}

static void make_folder(struct rig *rig, const char *path)
{
	assert_int_equal(mkdirat(rig->scratch.folder, path, 0755), 0);
}

static void make_file(struct rig *rig, const char *path)
{
	assert_int_equal(scratch_write(rig->scratch.folder, path, "text"), 0);
}

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

/* --- Limits ----------------------------------------------------------------------------------------------------------- */

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
	rig->services.folders_max = 100;
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
	rig->services.folders_max = 100;
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
	rig->services.folders_max = 100;
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
	rig->services.folders_max = 3;
	rig_greet(rig);
	struct listing *listing = list_path(rig, "", true);
	assert_int_equal(listing->failure, ERROR_BUSY);
	assert_int_equal(rig->services.folders, 0);
	free_listing(listing);
	rig->services.folders_max = 5;
	listing = list_path(rig, "", true);
	assert_int_equal(listing->failure, 0);
	assert_int_equal(listing->count, 4);
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
	assert_true(rig->services.folders > 0);
	int next = scratch_next_descriptor();
	shutdown(rig->client, SHUT_WR);
	rig_settle(rig);
	assert_null(rig->connection);
	assert_int_equal(rig->services.folders, 0);
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
		CASE(empty_folder_has_no_entries),
		CASE(folder_is_listed_with_everything_in_it),
		CASE(recursive_listing_names_a_folder_before_what_it_holds),
		CASE(links_are_listed_and_never_followed),
		CASE(what_is_no_folder_is_refused_with_its_reason),
		CASE(many_entries_take_many_frames),
		CASE(many_subfolders_are_all_visited),
		CASE(root_of_named_shares_lists_the_shares),
		CASE(what_lies_too_deep_is_told_once),
		CASE(what_fits_exactly_is_listed),
		CASE(path_that_is_too_long_is_told_at_its_folder),
		CASE(listings_share_a_cap_on_open_folders),
		CASE(client_that_goes_leaves_no_folder_open),
		CASE(large_folder_costs_one_batch_of_memory),
		/* From here on root's privilege is gone. */
		CASE(folder_that_cannot_be_read_is_told_and_the_rest_is_listed),
		CASE(name_that_cannot_be_looked_at_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
