/* Attacks by paths: what is no path, what leads out of a share, and what is not for everybody. */
#include "against_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cmocka.h>

#include "path.h"
#include "stage.h"

/* --- What is no path --------------------------------------------------------------------------------------------------- */

/* Every request that carries a path is answered by the same error, and the connection lives. */
static void assert_all_say(struct raw *raw, struct span path, enum error_code code)
{
	for (size_t i = 0; i < raw_path_type_count; i++) {
		raw_ask(raw, raw_path_types[i], path);
		raw_expect_error(raw, code);
	}
}

struct wrong_paths {
	enum error_code code;
	const char *paths[12];
};

static void say_paths(void *stage, const void *argument)
{
	const struct wrong_paths *wrong = argument;
	struct raw *raw = stage_greet(stage);

	for (size_t i = 0; wrong->paths[i]; i++)
		assert_all_say(raw, span_of(wrong->paths[i]), wrong->code);
	raw_expect_alive(raw);
}
#define PATHS(threat, name, code, ...) HOSTILE_WITH(threat, name, say_paths, (&(const struct wrong_paths){code, {__VA_ARGS__}}))

static void a_path_with_a_nul_is_refused(struct stage *stage)
{
	static const char path[] = "public/small";
	struct raw *raw = stage_greet(stage);

	for (size_t i = 0; i <= strlen(path); i++) {
		char wrong[sizeof(path)];
		memcpy(wrong, path, sizeof(path));
		wrong[i] = '\0';
		assert_all_say(raw, (struct span){(const unsigned char *)wrong, sizeof(path)}, ERROR_NAME);
	}
	raw_expect_alive(raw);
}

/* Fills PATH with LENGTH bytes: names of SIZE bytes, with slashes between them. */
static struct span path_of(char *path, size_t length, size_t size)
{
	for (size_t i = 0; i < length; i++)
		path[i] = (i + 1) % (size + 1) == 0 && i + 1 < length ? '/' : 'x';
	return (struct span){(const unsigned char *)path, length};
}

static void a_name_is_255_bytes_long_at_most(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	char path[FRAME_REQUEST_MAX];

	assert_all_say(raw, path_of(path, PATH_NAME_MAX - 1, PATH_NAME_MAX), ERROR_NOT_FOUND);
	assert_all_say(raw, path_of(path, PATH_NAME_MAX, PATH_NAME_MAX), ERROR_NOT_FOUND);
	assert_all_say(raw, path_of(path, PATH_NAME_MAX + 1, PATH_NAME_MAX + 1), ERROR_NAME);
	assert_all_say(raw, path_of(path, 4095, 4095), ERROR_NAME);
	raw_expect_alive(raw);
}

static void a_path_is_4095_bytes_long_at_most(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	char path[FRAME_REQUEST_MAX];

	assert_all_say(raw, path_of(path, PATH_LENGTH_MAX - 1, 200), ERROR_NOT_FOUND);
	assert_all_say(raw, path_of(path, PATH_LENGTH_MAX, 200), ERROR_NOT_FOUND);
	assert_all_say(raw, path_of(path, PATH_LENGTH_MAX + 1, 200), ERROR_NAME);
	assert_all_say(raw, path_of(path, 8000, 200), ERROR_NAME);
	raw_expect_alive(raw);
}

/* As long as its frame allows: 8,192 bytes, less what else stands in it. */
static void a_path_that_fills_its_frame_is_refused_by_its_length(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	char path[FRAME_REQUEST_MAX];

	raw_ask(raw, FRAME_STAT, path_of(path, FRAME_REQUEST_MAX - 2, 200));
	raw_expect_error(raw, ERROR_NAME);
	raw_ask(raw, FRAME_LIST, path_of(path, FRAME_REQUEST_MAX - 2, 200));
	raw_expect_error(raw, ERROR_NAME);
	raw_ask(raw, FRAME_SUM, path_of(path, FRAME_REQUEST_MAX - 3, 200));
	raw_expect_error(raw, ERROR_NAME);
	raw_ask(raw, FRAME_READ, path_of(path, FRAME_REQUEST_MAX - 34, 200));
	raw_expect_error(raw, ERROR_NAME);
	raw_ask(raw, FRAME_DIGESTS, path_of(path, FRAME_REQUEST_MAX - 34, 200));
	raw_expect_error(raw, ERROR_NAME);
	raw_expect_alive(raw);
}

static void a_path_is_64_names_deep_at_most(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	char path[FRAME_REQUEST_MAX];

	assert_all_say(raw, path_of(path, 2 * PATH_DEPTH_MAX - 1, 1), ERROR_NOT_FOUND);
	assert_all_say(raw, path_of(path, 2 * PATH_DEPTH_MAX + 1, 1), ERROR_NAME);
	assert_all_say(raw, path_of(path, PATH_LENGTH_MAX, 1), ERROR_NAME);
	raw_expect_alive(raw);
}

/* --- What leads out ---------------------------------------------------------------------------------------------------- */

static void assert_not_read(struct raw *raw, const char *path, enum error_code code)
{
	static const enum frame_type types[] = {FRAME_READ, FRAME_DIGESTS, FRAME_SUM};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		raw_ask(raw, types[i], span_of(path));
		raw_expect_error(raw, code);
	}
}

struct link {
	const char *path;
	enum error_code read; /* of READ, DIGESTS and SUM */
	enum error_code list;
};

/* The secret must not come, whatever is asked; where a symlink is the last component, STAT tells that it is one. */
static void follow(void *stage, const void *argument)
{
	const struct link *link = argument;
	struct raw *raw = stage_greet(stage);

	assert_not_read(raw, link->path, link->read);
	raw_ask(raw, FRAME_LIST, span_of(link->path));
	raw_expect_error(raw, link->list);
	raw_expect_alive(raw);
}
#define LINK(threat, name, path, read, list) HOSTILE_WITH(threat, name, follow, (&(const struct link){path, read, list}))

static void a_symlink_is_described_and_not_followed(struct stage *stage)
{
	static const char *const paths[] = {"public/out", "public/outside", "public/absolute", "public/here", "public/loop",
		"public/nowhere", "public/device", "public/process"};
	struct raw *raw = stage_greet(stage);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		raw_ask(raw, FRAME_STAT, span_of(paths[i]));
		assert_int_equal(raw_expect_file(raw).kind, ENTRY_SYMLINK);
	}
}

static void a_symlink_that_may_be_followed_is_only_described_where_it_leads_out(struct stage *stage)
{
	static const char *const paths[] = {"followed/out", "followed/outside", "followed/absolute", "followed/loop", "followed/nowhere",
		"followed/device", "followed/process"};
	struct raw *raw = stage_greet(stage);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		raw_ask(raw, FRAME_STAT, span_of(paths[i]));
		assert_int_equal(raw_expect_file(raw).kind, ENTRY_SYMLINK);
	}
	raw_ask(raw, FRAME_STAT, span_of("followed/here"));
	assert_int_equal(raw_expect_file(raw).kind, ENTRY_FILE);
}

/* Who waits to write into it would be let go by an opening, into nothing. */
static void a_fifo_is_not_even_opened(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);
	int watcher = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char path[PATH_MAX + 32], event[512];

	snprintf(path, sizeof(path), "%s/world/public/fifo", stage->scratch.path);
	assert_true(inotify_add_watch(watcher, path, IN_OPEN) >= 0);
	assert_not_read(raw, "public/fifo", ERROR_NOT_A_FILE);
	raw_ask(raw, FRAME_LIST, span_of("public/fifo"));
	raw_expect_error(raw, ERROR_NOT_A_FOLDER);
	raw_ask(raw, FRAME_STAT, span_of("public/fifo"));
	assert_int_equal(raw_expect_file(raw).kind, ENTRY_OTHER);
	ssize_t opened = read(watcher, event, sizeof(event));
	close(watcher);
	assert_true(opened < 0);
}

static void a_folder_is_not_read(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	assert_not_read(raw, "public", ERROR_NOT_A_FILE);
	assert_not_read(raw, "public/folder", ERROR_NOT_A_FILE);
	raw_expect_alive(raw);
}

static void the_list_of_shares_is_not_read(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	assert_not_read(raw, "", ERROR_NOT_A_FILE);
	raw_expect_alive(raw);
}

/* --- What is not for everybody ------------------------------------------------------------------------------------------ */

/* Nothing tells what must not be seen from what is not there, word for word. */
static void assert_same_answers(struct raw *raw, const char *path, const char *missing)
{
	unsigned char expected[1024];

	for (size_t i = 0; i < raw_path_type_count; i++) {
		raw_ask(raw, raw_path_types[i], span_of(missing));
		struct span answer = raw_expect(raw, FRAME_ERROR, raw->number).payload;
		size_t length = answer.length;
		assert_in_range(length, 1, sizeof(expected));
		memcpy(expected, answer.bytes, length);
		raw_ask(raw, raw_path_types[i], span_of(path));
		answer = raw_expect(raw, FRAME_ERROR, raw->number).payload;
		assert_int_equal(answer.length, length);
		assert_memory_equal(answer.bytes, expected, length);
	}
}

struct unseen {
	const char *missing;
	const char *paths[6];
};

static void look_for(void *stage, const void *argument)
{
	const struct unseen *unseen = argument;
	struct raw *raw = stage_greet(stage);

	for (size_t i = 0; unseen->paths[i]; i++) {
		assert_all_say(raw, span_of(unseen->paths[i]), ERROR_NOT_FOUND);
		assert_same_answers(raw, unseen->paths[i], unseen->missing);
	}
}
#define UNSEEN(name, missing, ...) HOSTILE_WITH(C17, name, look_for, (&(const struct unseen){missing, {__VA_ARGS__}}))

/* Names in an answer to LIST. */
static bool lists(struct raw *raw, const char *folder, bool recursive, const char *name)
{
	struct raw_answer answer;
	struct entry entry;
	bool found = false;
	RAW_WRITER(writer);

	raw->number = frame_next_number(raw->number);
	list_request_encode(&writer, raw->number, &(struct list_request){span_of(folder), recursive});
	raw_say(raw, &writer);
	while (raw_next(raw, &answer) && answer.frame.type == FRAME_ENTRIES) {
		struct reader reader;
		reader_init(&reader, answer.payload.bytes, answer.payload.length);
		while (entry_decode(&reader, &entry) == STATUS_OK)
			found |= entry.name.length == strlen(name) && memcmp(entry.name.bytes, name, entry.name.length) == 0;
	}
	assert_int_equal(answer.frame.type, FRAME_DONE);
	return found;
}

static void a_listing_leaves_out_what_is_not_for_everybody(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	assert_true(lists(raw, "", false, "public"));
	assert_false(lists(raw, "", false, "locked"));
	assert_false(lists(raw, "", false, "far"));
	assert_false(lists(raw, "", true, "locked/file"));
	assert_true(lists(raw, "veiled", false, "small"));
	assert_false(lists(raw, "veiled", false, ".secret"));
	assert_false(lists(raw, "", true, "veiled/.folder/inside"));
	assert_false(lists(raw, "public", false, "state"));
	assert_false(lists(raw, "public", true, "state/tokens"));
}

static void a_listing_does_not_go_through_symlinks(struct stage *stage)
{
	struct raw *raw = stage_greet(stage);

	assert_true(lists(raw, "public", true, "folder/inside"));
	assert_false(lists(raw, "public", true, "outside/secret"));
	assert_false(lists(raw, "public", true, "below/inside"));
	assert_false(lists(raw, "followed", true, "outside/secret"));
	assert_false(lists(raw, "followed", true, "process/status"));
}

#define F ERROR_NOT_A_FILE
#define N ERROR_NOT_A_FOLDER
#define R ERROR_REFUSED

static const struct hostile_case cases[] = {
	PATHS(C1, a_path_with_dot_dot_is_refused, ERROR_NAME, "..", "../outside/secret", "public/..", "public/../outside/secret",
		"public/folder/../small", "public/../../../../../../etc/passwd", "public/folder/../../../outside/secret"),
	PATHS(C1, a_path_with_dot_is_refused, ERROR_NAME, ".", "./public", "public/.", "public/./small", "public/folder/."),
	PATHS(C1, an_absolute_path_is_refused, ERROR_NAME, "/", "/public/small", "/etc/passwd", "//public/small"),
	PATHS(C1, a_path_with_an_empty_name_is_refused, ERROR_NAME, "public//small", "public///folder", "public/folder//inside"),
	PATHS(C1, a_path_with_a_slash_at_its_end_is_refused, ERROR_NAME, "public/", "public/folder/", "public/small/", "public//"),
	PATHS(C1, nothing_is_decoded_in_a_path, ERROR_NOT_FOUND, "public/%2e%2e", "public/%2e%2e%2foutside%2fsecret", "public/%73mall",
		"public%2fsmall", "public/%252e%252e", "public/..%2f..%2fsecret", "public/%00"),
	PATHS(C1, other_spellings_of_dot_dot_are_names_like_any_other, ERROR_NOT_FOUND, "public/...", "public/..\\..\\secret", "public/.. ",
		"public/\xc0\xae\xc0\xae", "public/\xe0\x80\xae", "public/\xef\xbc\x8e\xef\xbc\x8e", "..\\public"),
	PATHS(C17, a_share_is_found_by_its_whole_name_only, ERROR_NOT_FOUND, "publi", "publicx", "PUBLIC", "public ", "x/public",
		"outside/secret", "world/public"),
	ATTACK(C1, a_path_with_a_nul_is_refused),
	ATTACK(C1, a_name_is_255_bytes_long_at_most),
	ATTACK(C1, a_path_is_4095_bytes_long_at_most),
	ATTACK(C1, a_path_that_fills_its_frame_is_refused_by_its_length),
	ATTACK(C1, a_path_is_64_names_deep_at_most),

	LINK(C2, a_symlink_to_a_file_outside_is_refused, "public/out", R, R),
	LINK(C2, a_symlink_to_a_folder_outside_is_refused, "public/outside", R, R),
	LINK(C2, a_path_through_a_symlink_is_refused, "public/outside/secret", R, R),
	LINK(C2, an_absolute_symlink_is_refused, "public/absolute", R, R),
	LINK(C2, a_symlink_that_stays_inside_is_refused_too, "public/here", R, R),
	LINK(C2, a_symlink_to_itself_is_refused, "public/loop", R, R),
	LINK(C4, a_symlink_to_a_device_is_refused, "public/device", R, R),
	LINK(C4, a_symlink_into_proc_is_refused, "public/process/status", R, R),
	ATTACK(C2, a_symlink_is_described_and_not_followed),
	LINK(C2, a_symlink_that_may_be_followed_does_not_lead_out, "followed/out", R, R),
	LINK(C2, a_path_through_a_symlink_that_may_be_followed_does_not_lead_out, "followed/outside/secret", R, R),
	LINK(C2, an_absolute_symlink_that_may_be_followed_does_not_lead_out, "followed/absolute", R, R),
	LINK(C2, a_symlink_that_may_be_followed_to_itself_is_refused, "followed/loop", R, R),
	LINK(C4, a_symlink_that_may_be_followed_reaches_no_device, "followed/device", R, R),
	LINK(C4, a_symlink_that_may_be_followed_does_not_lead_into_proc, "followed/process/status", R, R),
	ATTACK(C2, a_symlink_that_may_be_followed_is_only_described_where_it_leads_out),

	LINK(C4, a_fifo_is_not_read, "public/fifo", F, N),
	LINK(C4, a_socket_is_not_read, "public/socket", F, N),
	LINK(C1, a_path_below_a_file_is_refused, "public/small/below", N, N),
	LINK(C4, a_path_below_a_fifo_is_refused, "public/fifo/below", N, N),
	ATTACK(C4, a_fifo_is_not_even_opened),
	ATTACK(C4, a_folder_is_not_read),
	ATTACK(C17, the_list_of_shares_is_not_read),

	UNSEEN(a_hidden_name_is_not_there, "veiled/nothing", "veiled/.secret", "veiled/.folder", "veiled/.folder/inside", "veiled/.nothing"),
	UNSEEN(a_share_for_tokens_is_not_there, "nothing/at/all", "locked", "locked/file", "locked/part/inside", "locked/nothing"),
	UNSEEN(a_share_for_other_addresses_is_not_there, "nothing", "far", "far/file", "far/nothing"),
	UNSEEN(the_state_of_the_server_is_not_there, "public/nothing", "public/state", "public/state/tokens", "public/state/identity.pem",
		"public/state/nothing"),
	ATTACK(C17, a_listing_leaves_out_what_is_not_for_everybody),
	ATTACK(C2, a_listing_does_not_go_through_symlinks),
};
const struct hostile_table against_paths = HOSTILE_TABLE(cases);
