/* Tests of DIGESTS and SUM: what is known, what is hashed, at what pace, and what a client hears meanwhile. */
/* Threat C8 of docs/security.md. */
#include "reading.h"

#define PIECES 5u
#define SIZE (4 * PIECE_SIZE + 77)

static struct digest root_of(struct rig *rig, uint64_t size)
{
	struct digest digest;
	struct root root;

	root_start(&root);
	for (uint64_t i = 0; i < piece_count(size); i++) {
		digest = digest_of(rig, size, i);
		root_add(&root, rig->bench.lanes, &digest);
	}
	if (piece_count(size) > 1)
		root_finish(&root, rig->bench.lanes, &digest);
	return digest;
}

static uint16_t ask_digests(struct rig *rig, struct version version, uint64_t first, uint64_t count, bool fresh)
{
	return rig_digests(rig, &(struct pieces_request){
		.path = span_of("file"), .version = version, .first = first, .count = count, .fresh = fresh,
	});
}

/* One PIECES frame, right digests from NEXT on; returns what comes next. */
static uint64_t check_pieces(struct rig *rig, struct span payload, uint64_t size, uint64_t next)
{
	struct pieces pieces;

	assert_int_equal(pieces_decode(payload, &pieces), STATUS_OK);
	assert_int_equal(pieces.first, next);
	for (uint32_t i = 0; i < pieces.count; i++) {
		struct digest digest = digest_of(rig, size, next + i);
		assert_memory_equal(pieces.digests + i * sizeof(digest), digest.bytes, sizeof(digest));
	}
	return next + pieces.count;
}

/* Digests from NEXT to END, and the number of all since FIRST. */
static void expect_rest(struct rig *rig, uint16_t number, uint64_t size, uint64_t first, uint64_t next, uint64_t end)
{
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);
	struct done done;

	while (answer.frame.type == FRAME_PIECES) {
		assert_int_equal(answer.frame.number, number);
		next = check_pieces(rig, answer.payload, size, next);
		answer = rig_answer_in(rig, FRAME_OPEN);
	}
	assert_int_equal(answer.frame.type, FRAME_DONE);
	assert_int_equal(done_decode(answer.payload, &done), STATUS_OK);
	assert_int_equal(next, end);
	assert_int_equal(done.count, end - first);
}

static void expect_digests(struct rig *rig, uint16_t number, uint64_t size, uint64_t first, uint64_t end)
{
	expect_rest(rig, number, size, first, first, end);
}

static struct version version_now(struct rig *rig)
{
	return expect_file(rig, rig_stat(rig, "file")).version;
}

static void digests_of_files_of_all_sizes(void **state)
{
	static const uint64_t sizes[] = {0, 1, 65536, 65537, PIECE_SIZE, PIECE_SIZE + 1, SIZE};
	struct rig *rig = *state;

	rig_greet(rig);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		rig_file(rig, "file", sizes[i]);
		uint16_t number = ask_digests(rig, version_now(rig), 0, UINT64_MAX, false);
		number = rig->number;
		assert_int_equal(expect_file(rig, number).size, sizes[i]);
		expect_digests(rig, number, sizes[i], 0, piece_count(sizes[i]));
	}
}

static void known_digests_are_sent_without_hashing(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	for (int i = 0; i < 3; i++) {
		uint16_t number = ask_digests(rig, version, 1, 3, false);
		expect_file(rig, number);
		expect_digests(rig, number, SIZE, 1, 4);
	}
	assert_int_equal(rig->services.tally.hashed, 3 * PIECE_SIZE);
}

static void ranges_and_versions_are_judged_as_for_read(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	assert_int_equal(rig_error(rig, ask_digests(rig, version, PIECES, 1, false)), ERROR_RANGE);
	assert_int_equal(rig_error(rig, ask_digests(rig, any, 0, 2, false)), ERROR_RANGE);
	rig_file(rig, "file", SIZE);
	assert_int_equal(rig_error(rig, ask_digests(rig, version, 0, 1, false)), ERROR_CHANGED);
	uint16_t number = ask_digests(rig, any, 0, 1, false);
	expect_file(rig, number);
	expect_digests(rig, number, SIZE, 0, 1);
}

static void fresh_digests_are_hashed_again(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	for (int i = 0; i < 2; i++) {
		uint16_t number = ask_digests(rig, version, 0, PIECES, true);
		expect_file(rig, number);
		expect_digests(rig, number, SIZE, 0, PIECES);
	}
	assert_int_equal(rig->services.tally.hashed, 2 * SIZE);
}

static void fresh_digests_come_without_a_remembered_root(void **state)
{
	static const struct {
		bool fresh;
		bool root_known;
	} steps[] = {{false, false}, {false, true}, {true, false}, {false, true}};
	struct rig *rig = *state;

	rig_file(rig, "file", SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint16_t number = ask_digests(rig, version, 0, PIECES, steps[i].fresh);
		assert_int_equal(expect_file(rig, number).root_known, steps[i].root_known);
		expect_digests(rig, number, SIZE, 0, PIECES);
	}
}

static void file_that_changes_ends_its_digests(void **state)
{
	struct rig *rig = *state;
	struct error error;

	rig_file(rig, "file", SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	rig->services.caps.budgets[CAP_HASHING].rate_per_peer = 10 * PIECE_SIZE;
	uint16_t number = ask_digests(rig, version, 0, PIECES, false);
	expect_file(rig, number);
	rig_file(rig, "file", SIZE - 1);
	struct answer answer = rig_answer_in(rig, FRAME_OPEN);
	while (answer.frame.type == FRAME_PIECES)
		answer = rig_answer_in(rig, FRAME_OPEN);
	assert_int_equal(answer.frame.type, FRAME_ERROR);
	assert_int_equal(error_decode(answer.payload, &error), STATUS_OK);
	assert_int_equal(error.code, ERROR_CHANGED);
}

/* --- Pace ------------------------------------------------------------------------------------------------------------- */

/* 200 ms a piece: what is known after a second is sent though more is to come. */
static void what_is_known_is_sent_once_a_second(void **state)
{
	struct rig *rig = *state;
	struct pieces pieces;

	rig_file(rig, "file", 8 * PIECE_SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	rig->services.caps.budgets[CAP_HASHING].rate_per_peer = 5 * PIECE_SIZE;
	uint16_t number = ask_digests(rig, version, 0, 8, false);
	expect_file(rig, number);
	int64_t start = clock_now();
	struct answer answer = rig_answer(rig, FRAME_PIECES, number);
	assert_true(clock_now() - start < 3 * CLOCK_SECOND / 2);
	assert_int_equal(pieces_decode(answer.payload, &pieces), STATUS_OK);
	assert_true(pieces.count >= 2 && pieces.count < 8);
	expect_rest(rig, number, 8 * PIECE_SIZE, 0, pieces.count, 8);
}

/* The budget is spent for long: nothing can be said but that it goes on. */
static void silence_is_broken_by_progress(void **state)
{
	struct rig *rig = *state;
	struct progress_report progress;

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	rig->services.caps.budgets[CAP_HASHING].rate_per_peer = PIECE_SIZE / 4;
	uint16_t number = rig_sum(rig, "file", SUM_FLAT);
	expect_file(rig, number);
	int64_t start = clock_now();
	struct answer answer = rig_answer(rig, FRAME_PROGRESS, number);
	assert_true(clock_now() - start >= 3 * CLOCK_SECOND / 2);
	assert_int_equal(progress_report_decode(answer.payload, &progress), STATUS_OK);
	assert_int_equal(progress.done, PIECE_SIZE);
}

/* A client that waits in vain gives up, and asks for the same again. */
static void who_would_wait_too_long_is_told_to_come_again(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 2 * PIECE_SIZE);
	rig_greet(rig);
	struct version version = version_now(rig);
	rig->services.caps.budgets[CAP_HASHING].rate_per_peer = PIECE_SIZE / 60;
	uint16_t number = rig_sum(rig, "file", SUM_FLAT);
	expect_file(rig, number);
	assert_int_equal(rig_error(rig, number), ERROR_BUSY);
	assert_int_equal(rig_error(rig, rig_sum(rig, "nothing", SUM_FLAT)), ERROR_NOT_FOUND);
	number = ask_digests(rig, version, 0, 2, false);
	expect_file(rig, number);
	assert_int_equal(rig_error(rig, number), ERROR_BUSY);
	atomic_store(&rig->services.caps.budgets[CAP_REQUESTS].whole.free_at, clock_now() + 60 * CLOCK_SECOND);
	assert_int_equal(rig_error(rig, rig_stat(rig, "file")), ERROR_BUSY);
}

/* --- SUM -------------------------------------------------------------------------------------------------------------- */

static void expect_sum(struct rig *rig, uint16_t number, enum sum_kind kind, const struct digest *digest)
{
	struct answer answer = rig_answer(rig, FRAME_SUM_RESULT, number);
	struct sum_result result;

	assert_int_equal(sum_result_decode(answer.payload, &result), STATUS_OK);
	assert_int_equal(result.kind, kind);
	assert_true(digest_equal(&result.digest, digest));
}

static struct digest flat_of(uint64_t size)
{
	struct digest digest;
	struct flat *flat;

	assert_int_equal(flat_new(&flat), STATUS_OK);
	for (uint64_t i = 0; i < size; i++)
		flat_add(flat, &(unsigned char){(unsigned char)(i % 251)}, 1);
	flat_finish(flat, &digest);
	flat_free(flat);
	return digest;
}

static void sums_of_files_of_all_sizes(void **state)
{
	static const uint64_t sizes[] = {0, 1, 16385, 65536, 65537, PIECE_SIZE, PIECE_SIZE + 1, 2 * PIECE_SIZE + 3};
	struct rig *rig = *state;

	rig_greet(rig);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct digest flat = flat_of(sizes[i]);
		struct digest root = root_of(rig, sizes[i]);
		rig_file(rig, "file", sizes[i]);
		uint16_t number = rig_sum(rig, "file", SUM_FLAT);
		assert_int_equal(expect_file(rig, number).size, sizes[i]);
		expect_sum(rig, number, SUM_FLAT, &flat);
		number = rig_sum(rig, "file", SUM_TREE);
		expect_file(rig, number);
		expect_sum(rig, number, SUM_TREE, &root);
	}
}

static void tree_sum_uses_what_is_known(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", SIZE);
	rig_greet(rig);
	for (int i = 0; i < 3; i++) {
		struct digest root = root_of(rig, SIZE);
		uint16_t number = rig_sum(rig, "file", SUM_TREE);
		expect_file(rig, number);
		expect_sum(rig, number, SUM_TREE, &root);
	}
	assert_int_equal(rig->services.tally.hashed, SIZE);
}

static void sum_of_what_is_no_file_is_refused(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	assert_int_equal(rig_error(rig, rig_sum(rig, "", SUM_FLAT)), ERROR_NOT_A_FILE);
	assert_int_equal(rig_error(rig, rig_sum(rig, "nothing", SUM_TREE)), ERROR_NOT_FOUND);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, rig_setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(digests_of_files_of_all_sizes),
		CASE(known_digests_are_sent_without_hashing),
		CASE(ranges_and_versions_are_judged_as_for_read),
		CASE(fresh_digests_are_hashed_again),
		CASE(fresh_digests_come_without_a_remembered_root),
		CASE(file_that_changes_ends_its_digests),
		CASE(what_is_known_is_sent_once_a_second),
		CASE(silence_is_broken_by_progress),
		CASE(who_would_wait_too_long_is_told_to_come_again),
		CASE(sums_of_files_of_all_sizes),
		CASE(tree_sum_uses_what_is_known),
		CASE(sum_of_what_is_no_file_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
