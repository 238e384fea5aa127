/* Tests of READ when things change: versions, files that change on the way, remembered digests, very new files. */
/* Threats S14, E5 and E8 of docs/security.md. */
#include "reading.h"

#include <stdio.h>
#include <sys/stat.h>

#include "file_state.h"

static void another_version_is_changed(void **state)
{
	static const uint64_t sizes[] = {100, 3 * PIECE_SIZE};
	struct rig *rig = *state;

	rig_greet(rig);
	for (size_t i = 0; i < 2; i++) {
		rig_file(rig, "file", sizes[i]);
		struct version version = open_file(rig, "file", sizes[i]);
		/* The same bytes and size, and yet another state. */
		rig_file(rig, "file", sizes[i]);
		assert_int_equal(rig_error(rig, ask(rig, "file", version, 0, 1)), ERROR_CHANGED);
		open_file(rig, "file", sizes[i]);
	}
}

/* READ of a big file whose second piece is under way when MISHAP comes: it must be void, and what follows CHANGED. */
static void change_while_sending(struct rig *rig, void (*mishap)(int folder))
{
	uint64_t size = 3 * PIECE_SIZE;

	rig_file(rig, "file", size);
	rig_greet(rig);
	struct version version = open_file(rig, "file", size);
	uint16_t number = ask(rig, "file", version, 0, 3);
	expect_file(rig, number);
	expect_piece(rig, number, size, 0);
	rig_settle(rig);
	mishap(rig->scratch.folder);
	struct data_trailer trailer = expect_data(rig, number, PIECE_SIZE);
	assert_int_equal(trailer.status, DATA_VOID);
	assert_int_equal(rig_error(rig, number), ERROR_CHANGED);
	/* The connection lives on. */
	assert_int_equal(rig_error(rig, ask(rig, "nothing", any, 0, 1)), ERROR_NOT_FOUND);
}

static void shrink(int folder)
{
	int fd = openat(folder, "file", O_WRONLY | O_CLOEXEC);

	assert_int_equal(ftruncate(fd, PIECE_SIZE + 5), 0);
	close(fd);
}

static void grow(int folder)
{
	int fd = openat(folder, "file", O_WRONLY | O_APPEND | O_CLOEXEC);

	assert_int_equal(write(fd, "more", 4), 4);
	close(fd);
}

static void rewrite(int folder)
{
	int fd = openat(folder, "file", O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "other", 5, PIECE_SIZE + 100), 5);
	close(fd);
}

static void back_date(int folder)
{
	const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
	int fd = openat(folder, "file", O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "other", 5, PIECE_SIZE + 100), 5);
	assert_int_equal(futimens(fd, times), 0);
	close(fd);
}

static void file_that_shrinks_is_voided(void **state)
{
	change_while_sending(*state, shrink);
}

static void file_that_grows_is_voided(void **state)
{
	change_while_sending(*state, grow);
}

static void file_that_is_rewritten_in_place_is_voided(void **state)
{
	change_while_sending(*state, rewrite);
}

static void file_that_is_back_dated_is_voided(void **state)
{
	change_while_sending(*state, back_date);
}

static void file_that_is_replaced_is_sent_to_its_end_or_changed(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 3 * PIECE_SIZE;

	rig_file(rig, "file", size);
	rig_file(rig, "other", 10);
	rig_greet(rig);
	struct version version = open_file(rig, "file", size);
	uint16_t number = ask(rig, "file", version, 0, 1);
	expect_file(rig, number);
	expect_piece(rig, number, size, 0);
	assert_int_equal(renameat(rig->scratch.folder, "other", rig->scratch.folder, "file"), 0);
	assert_int_equal(rig_error(rig, ask(rig, "file", version, 0, 1)), ERROR_CHANGED);
	open_file(rig, "file", 10);
}

/* --- Memory ----------------------------------------------------------------------------------------------------------- */

static void plant(struct rig *rig, const char *path, uint64_t piece, const struct digest *digest)
{
	struct version version;
	struct content *content;
	struct stat stat;
	int fd = openat(rig->scratch.folder, path, O_RDONLY | O_CLOEXEC);

	assert_int_equal(fstat(fd, &stat), 0);
	version_of_stat(rig->bench.lanes, &stat, &version);
	assert_int_equal(contents_take(rig->services.contents, fd, &stat, &version, &content), STATUS_OK);
	assert_int_equal(content_remember(rig->services.contents, content, piece, digest), STATUS_OK);
	content_release(rig->services.contents, content);
}

/* A file of two pieces of which the server remembers wrong digests, and thus a wrong root; greets and reads one of them. */
static struct file misremember(struct rig *rig)
{
	const struct digest wrong = {.bytes = {1, 2, 3}};

	rig_file(rig, "file", 2 * PIECE_SIZE);
	plant(rig, "file", 0, &wrong);
	plant(rig, "file", 1, &wrong);
	rig_greet(rig);
	uint16_t number = ask(rig, "file", any, 0, 1);
	struct file file = expect_file(rig, number);
	struct data_trailer trailer = expect_data(rig, number, PIECE_SIZE);
	assert_true(digest_equal(&trailer.digest, &wrong));
	return file;
}

static void fresh_hashes_again_and_drops_what_was_wrong(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 2 * PIECE_SIZE;
	struct pieces_request request = {.path = span_of("file"), .count = 1, .version = misremember(rig).version, .fresh = true};

	uint16_t number = rig_read(rig, &request);
	expect_file(rig, number);
	expect_piece(rig, number, size, 0);
	/* Where one was wrong, the others are not believed either. */
	number = ask(rig, "file", request.version, 0, 2);
	assert_false(expect_file(rig, number).root_known);
	expect_piece(rig, number, size, 0);
	expect_piece(rig, number, size, 1);
}

static void fresh_names_no_remembered_root(void **state)
{
	struct rig *rig = *state;
	struct file file = misremember(rig);
	struct pieces_request request = {.path = span_of("file"), .count = 1, .version = file.version, .fresh = true};

	assert_true(file.root_known);
	uint16_t number = rig_read(rig, &request);
	assert_false(expect_file(rig, number).root_known);
	expect_piece(rig, number, 2 * PIECE_SIZE, 0);
}

static void fresh_waits_for_the_hash_budget(void **state)
{
	struct rig *rig = *state;
	struct pieces_request request = {.path = span_of("file"), .count = 2, .fresh = true};

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	request.version = open_file(rig, "file", 2 * PIECE_SIZE);
	rig->services.caps.budgets[CAP_HASHING].rate_per_peer = PIECE_SIZE; /* a piece a second */
	uint16_t number = rig_read(rig, &request);
	expect_file(rig, number);
	expect_piece(rig, number, 2 * PIECE_SIZE, 0);
	rig_settle(rig);
	assert_true(rig->wish.wake > clock_now() + CLOCK_SECOND / 2);
	assert_true(rig->wish.wake <= clock_now() + CLOCK_SECOND);
}

/* --- Very new files --------------------------------------------------------------------------------------------------- */

/* The time of day as ferry sees it stands still while it is set: a busy machine must not make a new file old. 0: it goes on. */
static int64_t standing;

int64_t __real_clock_real(void);
int64_t __wrap_clock_real(void);

int64_t __wrap_clock_real(void)
{
	return standing ? standing : __real_clock_real();
}

static int64_t change_of(struct rig *rig, const char *path)
{
	struct stat stat;

	assert_int_equal(fstatat(rig->scratch.folder, path, &stat, 0), 0);
	return clock_of_timespec(stat.st_ctim);
}

static void very_new_file_is_not_read_before_its_clock_has_ticked(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 100);
	rig_greet(rig);
	standing = change_of(rig, "file");
	uint16_t number = ask(rig, "file", any, 0, 1);
	int64_t before = clock_now();
	assert_true(rig_turn(rig));
	standing = 0;
	assert_true(rig->wish.wake >= before + 20 * CLOCK_MS);
	assert_true(rig->wish.wake <= clock_now() + 20 * CLOCK_MS);
	/* Turns before that time change nothing. */
	for (unsigned i = 1; i < RIG_WINDOW_REQUESTS; i++) {
		rig_ping(rig, "");
		rig_settle(rig);
	}
	expect_file(rig, number);
	expect_piece(rig, number, 100, 0);
	assert_true(clock_now() >= before + 20 * CLOCK_MS);
	rig_answer(rig, FRAME_PONG, (uint16_t)(number + 1));
}

/* As new each time that it is looked at. */
static void file_that_keeps_changing_is_changed_in_the_end(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 100);
	rig_greet(rig);
	standing = change_of(rig, "file");
	uint16_t number = ask(rig, "file", any, 0, 1);
	int64_t before = clock_now();
	uint16_t code = rig_error(rig, number);
	standing = 0;
	assert_int_equal(code, ERROR_CHANGED);
	/* It had its chances. */
	assert_true(clock_now() >= before + 3 * 20 * CLOCK_MS);
	open_file(rig, "file", 100);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(another_version_is_changed),
		CASE(file_that_shrinks_is_voided),
		CASE(file_that_grows_is_voided),
		CASE(file_that_is_rewritten_in_place_is_voided),
		CASE(file_that_is_back_dated_is_voided),
		CASE(file_that_is_replaced_is_sent_to_its_end_or_changed),
		CASE(fresh_hashes_again_and_drops_what_was_wrong),
		CASE(fresh_names_no_remembered_root),
		CASE(fresh_waits_for_the_hash_budget),
		CASE(very_new_file_is_not_read_before_its_clock_has_ticked),
		CASE(file_that_keeps_changing_is_changed_in_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
