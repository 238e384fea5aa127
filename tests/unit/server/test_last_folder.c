/* Tests of the folder that is held from one file to the next: it spares a walk, and changes nothing else. */
/* Threats C2, C4 and C17 of docs/security.md. */
#include "last_folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cmocka.h>

#include "access.h"
#include "forbid.h"
#include "resolve.h"
#include "scratch.h"

/* The folder of a turn, and two shares of one tree: OPEN for anyone, CLOSED for tokens. */
enum { OPEN, CLOSED, SHARES };

struct fixture {
	struct scratch scratch;
	int top; /* what is shared */
	struct share list[SHARES];
	struct share_settings rules[SHARES];
	struct shares shares;
	struct services services;
	struct last_folder last;
};

static struct digest digest_of(unsigned char byte)
{
	struct digest digest;

	memset(digest.bytes, byte, sizeof(digest.bytes));
	return digest;
}

static void add_token(struct tokens *tokens, const char *name, unsigned char byte, const char *prefix)
{
	struct token token = {.name = strdup(name), .share = strdup("closed"), .prefix = strdup(prefix),
		.digest = digest_of(byte), .expires = TOKEN_NEVER};

	assert_int_equal(tokens_add(tokens, &token), STATUS_OK);
}

static int give_access(struct fixture *fixture)
{
	static char open[] = "open", closed[] = "closed";
	struct settings settings = {.shares = fixture->rules, .share_count = SHARES};
	struct tokens tokens = {.list = NULL};

	fixture->list[OPEN] = (struct share){.name = open, .folder = fixture->top};
	fixture->list[CLOSED] = (struct share){.name = closed, .folder = fixture->top};
	fixture->rules[OPEN] = (struct share_settings){.name = open};
	fixture->rules[CLOSED] = (struct share_settings){.name = closed, .access = SHARE_TOKENS};
	fixture->shares.list = fixture->list;
	fixture->shares.count = SHARES;
	fixture->services.shares = &fixture->shares;
	add_token(&tokens, "all", 1, "");
	add_token(&tokens, "part", 2, "folder/part");
	add_token(&tokens, "file", 3, "folder/a");
	return access_new(&settings, &fixture->shares, &tokens, &fixture->services.access) == STATUS_OK ? 0 : -1;
}

static int plant(const struct fixture *fixture)
{
	static const char *const folders[] = {"folder", "folder/part", "folder/part/deep", "shut", "own", "own/below"};
	static const char *const files[] = {
		"root", "folder/a", "folder/b", "folder/.hidden", "folder/closed", "folder/part/x", "folder/part/y", "folder/part/deep/z",
		"shut/a", "own/entry", "own/below/entry",
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (mkdirat(fixture->top, folders[i], 0755) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (scratch_write(fixture->top, files[i], files[i]) < 0)
			return -1;
	if (mkfifoat(fixture->top, "folder/fifo", 0644) < 0 || symlinkat("a", fixture->top, "folder/link") < 0 ||
	    symlinkat("folder", fixture->top, "way") < 0 || symlinkat("../../outside", fixture->top, "folder/out") < 0)
		return -1;
	/* What lies in an own folder is no less hidden where others may read it. */
	if (fchmodat(fixture->top, "own/entry", 0644, 0) < 0 || fchmodat(fixture->top, "own/below/entry", 0644, 0) < 0)
		return -1;
	return fchmodat(fixture->top, "folder/closed", 0, 0) | fchmodat(fixture->top, "shut", 0, 0);
}

static int hide_own_folder(struct fixture *fixture)
{
	int own = openat(fixture->top, "own", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status status = own_folders_add(&fixture->shares.own, own);

	close(own);
	return status == STATUS_OK ? 0 : -1;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0 || mkdirat(fixture->scratch.folder, "top", 0755) < 0 ||
	    scratch_write(fixture->scratch.folder, "outside", "outside") < 0)
		return -1;
	fixture->top = openat(fixture->scratch.folder, "top", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (plant(fixture) < 0 || hide_own_folder(fixture) < 0 || give_access(fixture) < 0)
		return -1;
	last_folder_init(&fixture->last);
	return forbid_ignoring_permissions();
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	int result = fchmodat(fixture->top, "shut", 0755, 0);

	last_folder_release(&fixture->last);
	close(fixture->top);
	access_free(fixture->services.access);
	result |= scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

/* Who holds token number BYTE; 0: none. */
static struct visitor *visitor(unsigned char byte)
{
	struct claim claim = {.kind = TOKEN_SECRET, .digest = digest_of(byte)};
	struct address address;

	assert_int_equal(address_parse("127.0.0.1", &address), STATUS_OK);
	struct visitor *visitor = visitor_new(&address, NULL);
	assert_non_null(visitor);
	if (byte != 0)
		assert_int_equal(visitor_claim(visitor, &claim), STATUS_OK);
	return visitor;
}

/* What the file of that path holds, or what its opening came to. */
static const char *read_as(struct fixture *fixture, unsigned char token, struct last_folder *last, const char *path)
{
	static char text[64];
	struct opened_file file;
	struct visitor *asking = visitor(token);
	enum status status = resolve_file(&fixture->services, asking, span_of(path), last, &file);

	visitor_free(asking);
	if (status != STATUS_OK)
		return status_text(status);
	ssize_t length = pread(file.fd, text, sizeof(text) - 1, 0);
	close(file.fd);
	assert_true(length >= 0);
	text[length] = '\0';
	return text;
}

static const char *read_next(struct fixture *fixture, const char *path)
{
	return read_as(fixture, 0, &fixture->last, path);
}

static void assert_moved(const struct fixture *fixture, const char *from, const char *to)
{
	assert_int_equal(renameat(fixture->top, from, fixture->scratch.folder, to), 0);
}

/* The inode of the folder that is held; 0: none is. */
static ino_t held(const struct fixture *fixture)
{
	struct stat stat;

	return fixture->last.share && fstat(fixture->last.fd, &stat) == 0 ? stat.st_ino : 0;
}

static ino_t inode_of(const struct fixture *fixture, const char *path)
{
	struct stat stat;

	assert_int_equal(fstatat(fixture->top, path, &stat, AT_EMPTY_PATH), 0);
	return stat.st_ino;
}

static void the_folder_of_the_last_file_is_held_and_no_other(void **state)
{
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	assert_string_equal(read_next(fixture, "open/folder/a"), "folder/a");
	assert_int_equal(held(fixture), inode_of(fixture, "folder"));
	assert_string_equal(read_next(fixture, "open/folder/b"), "folder/b");
	assert_int_equal(held(fixture), inode_of(fixture, "folder"));
	assert_string_equal(read_next(fixture, "open/folder/part/x"), "folder/part/x");
	assert_int_equal(held(fixture), inode_of(fixture, "folder/part"));
	assert_string_equal(read_next(fixture, "open/root"), "root");
	assert_int_equal(held(fixture), inode_of(fixture, ""));
	last_folder_release(&fixture->last);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void it_comes_to_the_same_with_and_without(void **state)
{
	static const char *const paths[] = {
		"", "open", "open/root", "open/folder", "open/folder/a", "open/folder/.hidden", "open/folder/closed", "open/folder/fifo",
		"open/folder/link", "open/folder/out", "open/folder/nothing", "open/folder/part", "open/folder/part/x", "open/folder/a/below",
		"open/way/a", "open/nothing/a", "open/shut/a", "open/own/entry", "open/own/below/entry", "open/own", "open/../outside",
		"open/folder/../root", "open/folder//a", "closed/folder/a", "nothing/folder/a",
	};
	struct fixture *fixture = *state;
	const size_t count = sizeof(paths) / sizeof(paths[0]);
	char expected[64];

	/* Every path after every other one. */
	for (size_t i = 0; i < count * count; i++) {
		snprintf(expected, sizeof(expected), "%s", read_as(fixture, 0, NULL, paths[i % count]));
		read_next(fixture, paths[i / count]);
		assert_string_equal(read_next(fixture, paths[i % count]), expected);
	}
}

static void hidden_names_stay_hidden_in_a_folder_that_is_held(void **state)
{
	struct fixture *fixture = *state;

	fixture->list[OPEN].hides = true;
	assert_string_equal(read_next(fixture, "open/folder/a"), "folder/a");
	assert_string_equal(read_next(fixture, "open/folder/.hidden"), status_text(STATUS_NOT_FOUND));
}

static void what_a_folder_of_our_own_holds_stays_hidden(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_next(fixture, "open/own/entry"), status_text(STATUS_NOT_FOUND));
	assert_int_equal(held(fixture), 0);
	assert_string_equal(read_next(fixture, "open/own/below/entry"), status_text(STATUS_NOT_FOUND));
	assert_int_equal(held(fixture), 0);
}

static void a_folder_at_hand_permits_nothing(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_as(fixture, 1, &fixture->last, "closed/folder/b"), "folder/b");
	for (unsigned char token = 0; token <= 4; token++)
		if (token != 1)
			assert_string_not_equal(read_as(fixture, token, &fixture->last, "closed/folder/b"), "folder/b");
	assert_string_equal(read_as(fixture, 3, &fixture->last, "closed/folder/a"), "folder/a");
	assert_string_equal(read_as(fixture, 3, &fixture->last, "closed/folder/b"), status_text(STATUS_NOT_FOUND));
}

static void a_token_for_a_part_never_uses_what_was_found_from_above(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_as(fixture, 1, &fixture->last, "closed/folder/part/x"), "folder/part/x");
	assert_int_equal(fixture->last.confined, 0);
	assert_string_equal(read_as(fixture, 2, &fixture->last, "closed/folder/part/y"), "folder/part/y");
	assert_int_equal(fixture->last.confined, strlen("folder/part"));
	assert_string_equal(read_as(fixture, 2, &fixture->last, "closed/folder/part/deep/z"), "folder/part/deep/z");
	assert_int_equal(fixture->last.confined, strlen("folder/part"));
}

static void where_links_are_followed_nothing_is_held(void **state)
{
	struct fixture *fixture = *state;

	fixture->list[OPEN].symlinks = BENEATH_SYMLINKS_INSIDE;
	assert_string_equal(read_next(fixture, "open/way/a"), "folder/a");
	assert_int_equal(held(fixture), 0);
}

static void a_folder_replaced_by_a_symlink_leads_nowhere_else(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_next(fixture, "open/folder/a"), "folder/a");
	assert_moved(fixture, "folder", "moved");
	assert_int_equal(symlinkat("..", fixture->top, "folder"), 0);
	assert_string_equal(read_next(fixture, "open/folder/outside"), status_text(STATUS_SYMLINK));
	last_folder_release(&fixture->last);
	assert_string_equal(read_next(fixture, "open/folder/a"), status_text(STATUS_SYMLINK));
}

static void what_a_moved_folder_lacks_is_looked_for_anew(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_next(fixture, "open/folder/a"), "folder/a");
	assert_moved(fixture, "folder", "moved");
	assert_int_equal(mkdirat(fixture->top, "folder", 0755), 0);
	assert_int_equal(scratch_write(fixture->top, "folder/a", "another a"), 0);
	assert_int_equal(scratch_write(fixture->top, "folder/later", "later"), 0);
	assert_string_equal(read_next(fixture, "open/folder/later"), "later");
	assert_string_equal(read_next(fixture, "open/folder/a"), "another a");
}

static void a_file_that_is_replaced_or_removed_is_seen_so(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_next(fixture, "open/folder/b"), "folder/b");
	assert_int_equal(renameat(fixture->top, "folder/a", fixture->top, "folder/b"), 0);
	assert_string_equal(read_next(fixture, "open/folder/b"), "folder/a");
	assert_string_equal(read_next(fixture, "open/folder/a"), status_text(STATUS_NOT_FOUND));
	assert_int_equal(unlinkat(fixture->top, "folder/b", 0), 0);
	assert_int_equal(mkfifoat(fixture->top, "folder/b", 0644), 0);
	assert_string_equal(read_next(fixture, "open/folder/b"), status_text(STATUS_NOT_REGULAR));
}

static void a_folder_that_is_closed_meanwhile_lets_nothing_out(void **state)
{
	struct fixture *fixture = *state;

	assert_string_equal(read_next(fixture, "open/folder/part/x"), "folder/part/x");
	assert_int_equal(fchmodat(fixture->top, "folder/part", 0, 0), 0);
	assert_string_equal(read_next(fixture, "open/folder/part/y"), status_text(STATUS_REFUSED));
	assert_int_equal(fchmodat(fixture->top, "folder/part", 0755, 0), 0);
}

/* Has anybody opened what WATCH watches, since this was asked last? */
static bool was_opened(int watch)
{
	char event[sizeof(struct inotify_event) + NAME_MAX + 1];

	return read(watch, event, sizeof(event)) > 0;
}

static void a_fifo_is_looked_at_and_not_opened(void **state)
{
	struct fixture *fixture = *state;
	char path[64];
	int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	snprintf(path, sizeof(path), "/proc/self/fd/%d/folder/fifo", fixture->top);
	assert_true(inotify_add_watch(watch, path, IN_OPEN) >= 0);
	assert_string_equal(read_next(fixture, "open/folder/a"), "folder/a");
	assert_string_equal(read_next(fixture, "open/folder/fifo"), status_text(STATUS_NOT_REGULAR));
	assert_false(was_opened(watch));
	close(openat(fixture->top, "folder/fifo", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
	assert_true(was_opened(watch));
	close(watch);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_FIXTURE(the_folder_of_the_last_file_is_held_and_no_other),
		WITH_FIXTURE(it_comes_to_the_same_with_and_without),
		WITH_FIXTURE(hidden_names_stay_hidden_in_a_folder_that_is_held),
		WITH_FIXTURE(what_a_folder_of_our_own_holds_stays_hidden),
		WITH_FIXTURE(a_folder_at_hand_permits_nothing),
		WITH_FIXTURE(a_token_for_a_part_never_uses_what_was_found_from_above),
		WITH_FIXTURE(where_links_are_followed_nothing_is_held),
		WITH_FIXTURE(a_folder_replaced_by_a_symlink_leads_nowhere_else),
		WITH_FIXTURE(what_a_moved_folder_lacks_is_looked_for_anew),
		WITH_FIXTURE(a_file_that_is_replaced_or_removed_is_seen_so),
		WITH_FIXTURE(a_folder_that_is_closed_meanwhile_lets_nothing_out),
		WITH_FIXTURE(a_fifo_is_looked_at_and_not_opened),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
