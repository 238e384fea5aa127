/* Tests of replies that would have to wait for the disk: they hold a permit, or wait for one and lose nothing. */
/* Which files are cold is said here: a disk may bring what was asked for before it is asked for again. test_file_range asks one. */
#include "cold_step.h"
#include "last_folder.h"
#include "listing.h"
#include "reading.h"

#include <sys/stat.h>

#include "file_range.h"

/* The file that does not lie in memory; 0: all do. */
static ino_t cold_file;

static bool is_cold(const struct file_range *range)
{
	struct stat stat;

	return cold_file != 0 && fstat(range->fd, &stat) == 0 && stat.st_ino == cold_file;
}

bool __wrap_file_range_is_hot(const struct file_range *range, struct file_range_room room);
bool __wrap_file_range_read_hot(const struct file_range *range, void *bytes);
void __wrap_file_range_ask(const struct file_range *range);
void __wrap_file_range_warm(const struct file_range *range, struct file_range_room room);
bool __real_file_range_read_hot(const struct file_range *range, void *bytes);

bool __wrap_file_range_is_hot(const struct file_range *range, struct file_range_room room)
{
	(void)room;
	return !is_cold(range);
}

bool __wrap_file_range_read_hot(const struct file_range *range, void *bytes)
{
	return !is_cold(range) && __real_file_range_read_hot(range, bytes);
}

void __wrap_file_range_ask(const struct file_range *range)
{
	if (is_cold(range))
		cold_file = 0;
}

void __wrap_file_range_warm(const struct file_range *range, struct file_range_room room)
{
	(void)room;
	__wrap_file_range_ask(range);
}

static int setup(void **state)
{
	cold_file = 0;
	return rig_setup(state);
}

static void take_all_permits(struct rig *rig)
{
	while (rig->services.cold.permits > 0)
		rig->services.cold.permits--;
}

/* Somebody else gives a permit back; whoever waits gets its turn. */
static void give_permit(struct rig *rig)
{
	cold_leave(&rig->services.cold);
	rig->wish.wake = 0;
}

static bool waits(struct rig *rig)
{
	rig_settle(rig);
	return rig->services.cold.first != NULL;
}

static void cool(struct rig *rig, const char *path)
{
	struct stat stat;

	assert_int_equal(fstatat(rig->scratch.folder, path, &stat, 0), 0);
	cold_file = stat.st_ino;
}

static void a_listing_waits_for_a_permit(void **state)
{
	struct rig *rig = *state;

	rig_file(rig, "file", 10);
	rig_greet(rig);
	take_all_permits(rig);
	uint16_t number = rig_list(rig, "", false);
	assert_true(waits(rig));
	give_permit(rig);
	rig_answer(rig, FRAME_ENTRIES, number);
	rig_answer(rig, FRAME_DONE, number);
	assert_int_equal(rig->services.cold.permits, 1);
}

static void what_lies_in_memory_needs_no_permit(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 2 * PIECE_SIZE + 5;

	rig_file(rig, "small", 3000);
	rig_file(rig, "large", size);
	rig_greet(rig);
	take_all_permits(rig);
	open_file(rig, "small", 3000);
	struct version version = open_file(rig, "large", size);
	for (int i = 0; i < 2; i++) {
		uint16_t number = ask(rig, "large", version, 1, 2);
		expect_file(rig, number);
		expect_piece(rig, number, size, 1);
		expect_piece(rig, number, size, 2);
	}
	rig_answer(rig, FRAME_FILE, rig_sum(rig, "large", SUM_FLAT));
	rig_answer(rig, FRAME_SUM_RESULT, rig->number);
	assert_null(rig->services.cold.first);
	assert_int_equal(rig->services.cold.permits, 0);
}

/* Asks for a small file that is cold, while others have all permits. */
static uint16_t ask_for_cold_file(struct rig *rig)
{
	rig_file(rig, "file", 40000);
	cool(rig, "file");
	rig_greet(rig);
	take_all_permits(rig);
	return ask(rig, "file", any, 0, 1);
}

static void a_cold_small_file_waits_for_a_permit(void **state)
{
	struct rig *rig = *state;

	uint16_t number = ask_for_cold_file(rig);
	assert_true(waits(rig));
	give_permit(rig);
	expect_file(rig, number);
	expect_piece(rig, number, 40000, 0);
	assert_int_equal(rig->services.cold.permits, 1);
}

/* It was opened in a version that its bytes are not of any more. */
static void a_small_file_that_changes_before_it_is_read_is_changed(void **state)
{
	struct rig *rig = *state;

	uint16_t number = ask_for_cold_file(rig);
	assert_true(waits(rig));
	rig_file(rig, "file", 40000);
	give_permit(rig);
	assert_int_equal(rig_error(rig, number), ERROR_CHANGED);
}

static void a_cold_piece_that_is_hashed_waits_for_a_permit(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 2 * PIECE_SIZE;

	rig_file(rig, "file", size);
	cool(rig, "file");
	rig_greet(rig);
	take_all_permits(rig);
	uint16_t number = ask(rig, "file", any, 0, 1);
	expect_file(rig, number);
	assert_true(waits(rig));
	assert_int_equal(rig->services.tally.hashed, 0);
	give_permit(rig);
	expect_piece(rig, number, size, 0);
	assert_int_equal(rig->services.cold.permits, 1);
}

static void a_cold_piece_with_a_known_digest_waits_for_a_permit(void **state)
{
	struct rig *rig = *state;
	uint64_t size = 2 * PIECE_SIZE;

	rig_file(rig, "file", size);
	rig_greet(rig);
	struct version version = open_file(rig, "file", size);
	expect_file(rig, ask(rig, "file", version, 1, 1));
	expect_piece(rig, rig->number, size, 1);
	cool(rig, "file");
	take_all_permits(rig);
	uint16_t number = ask(rig, "file", version, 0, 2);
	expect_file(rig, number);
	assert_true(waits(rig));
	give_permit(rig);
	expect_piece(rig, number, size, 0);
	expect_piece(rig, number, size, 1);
	assert_int_equal(rig->services.tally.hashed, size);
	assert_int_equal(rig->services.cold.permits, 1);
}

static void a_cold_sum_and_cold_digests_wait_for_a_permit(void **state)
{
	struct rig *rig = *state;
	uint64_t size = PIECE_SIZE + 1;

	rig_file(rig, "file", size);
	rig_greet(rig);
	cool(rig, "file");
	take_all_permits(rig);
	uint16_t number = rig_sum(rig, "file", SUM_TREE);
	rig_answer(rig, FRAME_FILE, number);
	assert_true(waits(rig));
	give_permit(rig);
	rig_answer(rig, FRAME_SUM_RESULT, number);
	struct version version = open_file(rig, "file", size);
	cool(rig, "file");
	take_all_permits(rig);
	number = rig_digests(rig, &(struct pieces_request){
		.path = span_of("file"), .version = version, .first = 0, .count = 2, .fresh = true,
	});
	rig_answer(rig, FRAME_FILE, number);
	assert_true(waits(rig));
	give_permit(rig);
	rig_answer(rig, FRAME_PIECES, number);
	rig_answer(rig, FRAME_DONE, number);
}

static void who_goes_while_waiting_leaves_the_queue(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	take_all_permits(rig);
	rig_list(rig, "", false);
	assert_true(waits(rig));
	rig_disconnect(rig);
	assert_null(rig->services.cold.first);
	cold_leave(&rig->services.cold);
	assert_int_equal(rig->services.cold.permits, 1);
}

static void who_goes_with_a_permit_kept_for_it_gives_it_back(void **state)
{
	struct rig *rig = *state;

	rig_greet(rig);
	take_all_permits(rig);
	rig_list(rig, "", false);
	assert_true(waits(rig));
	cold_leave(&rig->services.cold);
	assert_int_equal(rig->services.cold.permits, 0);
	rig_disconnect(rig);
	assert_int_equal(rig->services.cold.permits, 1);
}

/* A permit kept for a client that is not reading would be out of use for as long as that lasts. */
static void who_takes_nothing_gives_its_permit_on(void **state)
{
	struct rig *rig = *state;
	struct cold *cold = &rig->services.cold;
	static struct cold_waiter other;
	char name[16];

	for (unsigned i = 0; i < 400; i++) {
		snprintf(name, sizeof(name), "%u", i);
		rig_file(rig, name, 0);
	}
	rig_greet(rig);
	assert_int_equal(setsockopt(rig->server, SOL_SOCKET, SO_SNDBUF, &(int){4096}, sizeof(int)), 0);
	take_all_permits(rig);
	rig_list(rig, "", false);
	rig_list(rig, "", false);
	/* One for the folder, one for its names, which are not all sent; then the second listing has asked for one. */
	for (unsigned i = 0; i < 3; i++) {
		assert_true(waits(rig));
		assert_false(cold_enter(cold, &other, 0));
		give_permit(rig);
		rig_settle(rig);
		assert_true(cold_enter(cold, &other, 0));
	}
	assert_null(cold->first);
}

static enum reply_reading needs_a_folder(struct reply *reply, struct file_range *range)
{
	(void)reply;
	(void)range;
	return REPLY_READS_FOLDER;
}

/* A step that may wait finds no folder held from before. */
static enum reply_result end_without_folder(struct reply *reply, struct turn *turn)
{
	(void)reply;
	return turn->last_folder->share ? REPLY_FAILED : REPLY_DONE;
}

static void the_last_folder_is_let_go_before_anybody_waits(void **state)
{
	static const struct reply_class class = {.name = "test", .step = end_without_folder, .reads = needs_a_folder};
	struct rig *rig = *state;
	struct reply reply = {.class = &class};
	struct cold_waiter waiter = {.queued = false};
	struct last_folder last;
	struct turn turn = {.services = &rig->services, .bench = &rig->bench, .last_folder = &last};
	int folder = openat(rig->scratch.folder, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	last_folder_init(&last);
	last_folder_keep(&last, folder, &rig->share, 0, span_of(""));
	assert_int_equal(cold_step(&reply, &waiter, &turn), REPLY_DONE);
	assert_int_equal(scratch_next_descriptor(), folder);
	assert_int_equal(rig->services.cold.permits, 1);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, rig_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_listing_waits_for_a_permit),
		CASE(what_lies_in_memory_needs_no_permit),
		CASE(a_cold_small_file_waits_for_a_permit),
		CASE(a_small_file_that_changes_before_it_is_read_is_changed),
		CASE(a_cold_piece_that_is_hashed_waits_for_a_permit),
		CASE(a_cold_piece_with_a_known_digest_waits_for_a_permit),
		CASE(a_cold_sum_and_cold_digests_wait_for_a_permit),
		CASE(who_goes_while_waiting_leaves_the_queue),
		CASE(who_goes_with_a_permit_kept_for_it_gives_it_back),
		CASE(who_takes_nothing_gives_its_permit_on),
		CASE(the_last_folder_is_let_go_before_anybody_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
