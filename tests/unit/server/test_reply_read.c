/* Tests of READ and STAT: sizes, ranges, versions, remembered digests, and files that change on the way. */
#include "rig.h"

#include <stdio.h>
#include <sys/stat.h>

static const struct version any;

/* The digest that byte number i = i mod 251 gives for a piece. */
static struct digest digest_of(struct rig *rig, uint64_t size, uint64_t index)
{
	static unsigned char bytes[PIECE_SIZE];
	uint32_t length = piece_length(size, index);
	struct digest digest;
	struct piece piece;

	for (uint32_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)((index * PIECE_SIZE + i) % 251);
	piece_start(&piece, size);
	if (length > 0)
		piece_add(&piece, rig->bench.lanes, bytes, length);
	piece_finish(&piece, rig->bench.lanes, &digest);
	return digest;
}

static struct file expect_file(struct rig *rig, uint16_t number)
{
	struct answer answer = rig_answer(rig, FRAME_FILE, number);
	struct file file;

	assert_int_equal(file_decode(answer.payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_FILE);
	return file;
}

static struct data_trailer expect_data(struct rig *rig, uint16_t number, uint32_t length)
{
	struct answer answer = rig_answer(rig, FRAME_DATA, number);
	struct data_trailer trailer;

	assert_int_equal(answer.payload.length, length + DATA_TRAILER_SIZE);
	assert_int_equal(data_trailer_decode(answer.payload.bytes + length, &trailer), STATUS_OK);
	return trailer;
}

static void expect_piece(struct rig *rig, uint16_t number, uint64_t size, uint64_t index)
{
	struct data_trailer trailer = expect_data(rig, number, piece_length(size, index));
	struct digest digest = digest_of(rig, size, index);

	assert_int_equal(trailer.status, DATA_PROVEN);
	assert_true(digest_equal(&trailer.digest, &digest));
}

static uint16_t ask(struct rig *rig, const char *path, struct version version, uint64_t first, uint64_t count)
{
	return rig_read(rig, &(struct pieces_request){
		.path = span_of(path), .version = version, .first = first, .count = count,
	});
}

/* Opens the file: its version, from piece 0. */
static struct version open_file(struct rig *rig, const char *path, uint64_t size)
{
	uint16_t number = ask(rig, path, any, 0, 1);
	struct file file = expect_file(rig, number);

	assert_int_equal(file.size, size);
	expect_piece(rig, number, size, 0);
	return file.version;
}

static void files_of_all_sizes_arrive_proven(void **state)
{
	static const uint64_t sizes[] = {
		0, 1, 16383, 16384, 16385, 65535, 65536, 65537, 262144, 1048575, 1048576, 1048577, 2097152, 2097153,
	};
	struct rig *rig = *state;

	rig_greet(rig);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		rig_file(rig, "file", sizes[i]);
		struct version version = open_file(rig, "file", sizes[i]);
		uint16_t number = ask(rig, "file", version, 0, UINT64_MAX);
		struct file file = expect_file(rig, number);
		assert_true(version_equal(&file.version, &version));
		for (uint64_t index = 0; index < piece_count(sizes[i]); index++)
			expect_piece(rig, number, sizes[i], index);
	}
	rig_goodbye(rig);
	rig_expect_end(rig);
}

static void small_file_names_its_root(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 40000);
	rig_greet(rig);
	struct file file = expect_file(rig, ask(rig, "file", any, 0, 1));
	struct digest digest = digest_of(rig, 40000, 0);
	assert_true(file.root_known);
	assert_true(digest_equal(&file.root, &digest));
}

static void root_is_named_once_all_pieces_are_known(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	uint16_t number = ask(rig, "file", any, 0, 1);
	struct file file = expect_file(rig, number);
	assert_false(file.root_known);
	expect_piece(rig, number, 2 * PIECE_SIZE, 0);
	number = ask(rig, "file", file.version, 1, 1);
	assert_false(expect_file(rig, number).root_known);
	expect_piece(rig, number, 2 * PIECE_SIZE, 1);
	assert_true(expect_file(rig, ask(rig, "file", file.version, 0, 1)).root_known);
}

static void piece_is_hashed_once(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	struct version version = open_file(rig, "file", 2 * PIECE_SIZE);
	for (int i = 0; i < 3; i++) {
		uint16_t number = ask(rig, "file", version, 0, 2);
		expect_file(rig, number);
		expect_piece(rig, number, 2 * PIECE_SIZE, 0);
		expect_piece(rig, number, 2 * PIECE_SIZE, 1);
	}
	assert_int_equal(rig->services.tally.hashed, 2 * PIECE_SIZE);
	assert_int_equal(rig->services.tally.sent, 7 * PIECE_SIZE);
	assert_int_equal(rig->services.tally.requests, 4);
}

static void ranges_are_cut_at_the_end_and_refused_behind_it(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 2 * PIECE_SIZE + 1;

	rig_file(rig, "file", size);
	rig_greet(rig);
	struct version version = open_file(rig, "file", size);
	uint16_t number = ask(rig, "file", version, 1, UINT64_MAX - 1);
	expect_file(rig, number);
	expect_piece(rig, number, size, 1);
	expect_piece(rig, number, size, 2);
	assert_int_equal(rig_error(rig, ask(rig, "file", version, 3, 1)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask(rig, "file", version, UINT64_MAX - 1, 1)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask(rig, "file", any, 1, 1)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask(rig, "file", any, 0, 2)), ERROR_RANGE);
}

static void what_is_no_regular_file_is_refused_with_its_reason(void **state)
{
	struct rig *rig = *state;
	int folder = rig->scratch.folder;

	assert_int_equal(mkdirat(folder, "folder", 0755), 0);
	assert_int_equal(mkfifoat(folder, "fifo", 0644), 0);
	assert_int_equal(symlinkat("file", folder, "link"), 0);
	rig_file(rig, "file", 1);
	rig_greet(rig);
	assert_int_equal(rig_error(rig, ask(rig, "", any, 0, 1)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, ask(rig, "folder", any, 0, 1)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, ask(rig, "fifo", any, 0, 1)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, ask(rig, "link", any, 0, 1)), ERROR_REFUSED);
	assert_int_equal(rig_error(rig, ask(rig, "nothing", any, 0, 1)), ERROR_NOT_FOUND);
	assert_int_equal(rig_error(rig, ask(rig, "file/below", any, 0, 1)), ERROR_NOT_A_FOLDER);
	assert_int_equal(rig_error(rig, ask(rig, "../file", any, 0, 1)), ERROR_NAME);
	assert_int_equal(rig_error(rig, ask(rig, "/file", any, 0, 1)), ERROR_NAME);
	assert_int_equal(rig_error(rig, ask(rig, "folder//file", any, 0, 1)), ERROR_NAME);
}

static void stat_describes_without_opening(void **state)
{
	struct rig *rig = *state;
	struct file file;

	assert_int_equal(mkfifoat(rig->scratch.folder, "fifo", 0640), 0);
	assert_int_equal(symlinkat("nowhere", rig->scratch.folder, "link"), 0);
	rig_file(rig, "file", 70000);
	rig_greet(rig);
	file = expect_file(rig, rig_stat(rig, "file"));
	assert_int_equal(file.size, 70000);
	assert_int_equal(file.mode, 0644);
	struct version version = open_file(rig, "file", 70000);
	assert_true(version_equal(&version, &file.version));
	assert_int_equal(file_decode(rig_answer(rig, FRAME_FILE, rig_stat(rig, "fifo")).payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_OTHER);
	assert_int_equal(file_decode(rig_answer(rig, FRAME_FILE, rig_stat(rig, "link")).payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_SYMLINK);
	assert_int_equal(file_decode(rig_answer(rig, FRAME_FILE, rig_stat(rig, "")).payload, &file), STATUS_OK);
	assert_int_equal(file.kind, ENTRY_FOLDER);
}

/* --- Change ----------------------------------------------------------------------------------------------------------- */

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

static void fresh_hashes_again_and_drops_what_was_wrong(void **state)
{
	const struct digest wrong = {.bytes = {1, 2, 3}};
	struct rig *rig = *state;
	struct pieces_request request = {.path = span_of("file"), .count = 1};
	uint64_t size = 2 * PIECE_SIZE;

	rig_file(rig, "file", size);
	plant(rig, "file", 0, &wrong);
	plant(rig, "file", 1, &wrong);
	rig_greet(rig);
	uint16_t number = rig_read(rig, &request);
	request.version = expect_file(rig, number).version;
	struct data_trailer trailer = expect_data(rig, number, PIECE_SIZE);
	assert_true(digest_equal(&trailer.digest, &wrong));

	request.fresh = true;
	number = rig_read(rig, &request);
	expect_file(rig, number);
	expect_piece(rig, number, size, 0);
	/* Where one was wrong, the others are not believed either. */
	number = ask(rig, "file", request.version, 0, 2);
	assert_false(expect_file(rig, number).root_known);
	expect_piece(rig, number, size, 0);
	expect_piece(rig, number, size, 1);
}

static void fresh_waits_for_the_hash_budget(void **state)
{
	struct rig *rig = *state;
	struct pieces_request request = {.path = span_of("file"), .count = 2, .fresh = true};

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	request.version = open_file(rig, "file", 2 * PIECE_SIZE);
	rig->services.budget.rate_per_peer = PIECE_SIZE; /* a piece a second */
	uint16_t number = rig_read(rig, &request);
	expect_file(rig, number);
	expect_piece(rig, number, 2 * PIECE_SIZE, 0);
	rig_settle(rig);
	assert_true(rig->wish.wake > clock_now() + CLOCK_SECOND / 2);
	assert_true(rig->wish.wake <= clock_now() + CLOCK_SECOND);
}

/* --- Very new files --------------------------------------------------------------------------------------------------- */

static void touch(struct rig *rig, const char *path)
{
	int fd = openat(rig->scratch.folder, path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(futimens(fd, NULL), 0);
	close(fd);
}

static void very_new_file_is_not_read_before_its_clock_has_ticked(void **state)
{
	struct rig *rig = *state;
	struct stat stat;

	rig_file(rig, "file", 100);
	rig_greet(rig);
	touch(rig, "file");
	uint16_t number = ask(rig, "file", any, 0, 1);
	assert_true(rig_turn(rig));
	assert_true(rig->wish.wake > clock_now());
	assert_true(rig->wish.wake <= clock_now() + 20 * CLOCK_MS);
	/* Turns before that time change nothing. */
	rig_ping(rig, "");
	expect_file(rig, number);
	expect_piece(rig, number, 100, 0);
	assert_int_equal(fstatat(rig->scratch.folder, "file", &stat, 0), 0);
	assert_true(clock_real() - clock_of_timespec(stat.st_ctim) >= 20 * CLOCK_MS);
	rig_answer(rig, FRAME_PONG, (uint16_t)(number + 1));
}

static void file_that_keeps_changing_is_changed_in_the_end(void **state)
{
	struct rig *rig = *state;
	unsigned waits = 0;

	rig_file(rig, "file", 100);
	rig_greet(rig);
	touch(rig, "file");
	uint16_t number = ask(rig, "file", any, 0, 1);
	while (rig_turn(rig) || rig->wish.wake != CLOCK_NEVER) {
		touch(rig, "file");
		waits++;
	}
	assert_int_equal(rig_error(rig, number), ERROR_CHANGED);
	assert_true(waits > 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(files_of_all_sizes_arrive_proven),
		CASE(small_file_names_its_root),
		CASE(root_is_named_once_all_pieces_are_known),
		CASE(piece_is_hashed_once),
		CASE(ranges_are_cut_at_the_end_and_refused_behind_it),
		CASE(what_is_no_regular_file_is_refused_with_its_reason),
		CASE(stat_describes_without_opening),
		CASE(another_version_is_changed),
		CASE(file_that_shrinks_is_voided),
		CASE(file_that_grows_is_voided),
		CASE(file_that_is_rewritten_in_place_is_voided),
		CASE(file_that_is_back_dated_is_voided),
		CASE(file_that_is_replaced_is_sent_to_its_end_or_changed),
		CASE(fresh_hashes_again_and_drops_what_was_wrong),
		CASE(fresh_waits_for_the_hash_budget),
		CASE(very_new_file_is_not_read_before_its_clock_has_ticked),
		CASE(file_that_keeps_changing_is_changed_in_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
