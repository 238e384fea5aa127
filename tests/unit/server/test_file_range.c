/* Tests of ranges on a real file: cold after it was dropped from memory, hot after it was brought back. */
#include "file_range.h"

#include "cold_files.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "clock.h"
#include "forbid.h"
#include "scratch.h"

#define LENGTH 1500000u
#define TRIES 20

struct fixture {
	struct scratch scratch;
	int fd;
	bool disk;
	_Atomic int64_t cold_at;
	unsigned char bytes[100000];
	struct file_range_room room;
};

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	fixture->fd = make_cold_file(fixture->scratch.folder, "file", LENGTH);
	fixture->disk = lies_on_disk(fixture->scratch.folder);
	fixture->room = (struct file_range_room){.bytes = fixture->bytes, .size = sizeof(fixture->bytes)};
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->fd);
	int result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

static struct file_range range_of(struct fixture *fixture, uint64_t offset, uint32_t length)
{
	return (struct file_range){.fd = fixture->fd, .offset = offset, .length = length, .cold_at = &fixture->cold_at};
}

/*
 * Asked without waiting, the kernel begins to read, and now and then the disk is quicker than the answer: of some tries at a file that
 * was dropped one has to find it cold.
 */
static bool is_found_cold(struct fixture *fixture, const struct file_range *range, void (*drop)(struct fixture *fixture),
	bool (*is_hot)(struct fixture *fixture, const struct file_range *range))
{
	bool cold = false;

	for (int i = 0; i < TRIES && !cold; i++) {
		drop(fixture);
		cold = !is_hot(fixture, range);
	}
	return cold;
}

static void drop_all(struct fixture *fixture)
{
	make_cold(fixture->fd, LENGTH);
}

static bool is_said_to_be_hot(struct fixture *fixture, const struct file_range *range)
{
	return file_range_is_hot(range, fixture->room);
}

static bool is_read_hot(struct fixture *fixture, const struct file_range *range)
{
	return file_range_read_hot(range, fixture->bytes);
}

static void what_was_dropped_is_cold_until_it_was_warmed(void **state)
{
	struct fixture *fixture = *state;
	struct file_range range = range_of(fixture, 0, 1048576);

	assert_int_equal(is_found_cold(fixture, &range, drop_all, is_said_to_be_hot), fixture->disk);
	file_range_warm(&range, fixture->room);
	assert_true(file_range_is_hot(&range, fixture->room));
}

/* Leaves single pages in memory, among them all that are looked at. */
static void drop_most(struct fixture *fixture)
{
	make_cold(fixture->fd, LENGTH);
	assert_int_equal(posix_fadvise(fixture->fd, 0, 0, POSIX_FADV_RANDOM), 0);
	for (off_t offset = 0; offset < 1048576; offset += 65536)
		assert_int_equal(pread(fixture->fd, fixture->bytes, 1, offset), 1);
	assert_int_equal(pread(fixture->fd, fixture->bytes, 1, 1048575), 1);
}

static void of_a_file_that_was_cold_a_moment_ago_every_byte_counts(void **state)
{
	struct fixture *fixture = *state;
	struct file_range range = range_of(fixture, 0, 1048576);

	drop_most(fixture);
	assert_true(file_range_is_hot(&range, fixture->room));
	atomic_store(&fixture->cold_at, clock_now());
	assert_int_equal(is_found_cold(fixture, &range, drop_most, is_said_to_be_hot), fixture->disk);
	atomic_store(&fixture->cold_at, clock_now() - 3600 * CLOCK_SECOND);
	assert_true(file_range_is_hot(&range, fixture->room));
}

static void what_lies_in_memory_is_read_at_once_and_nothing_else(void **state)
{
	struct fixture *fixture = *state;
	struct file_range range = range_of(fixture, 1450000, 50000);
	unsigned char *expected = random_bytes(LENGTH);

	assert_int_equal(is_found_cold(fixture, &range, drop_all, is_read_hot), fixture->disk);
	file_range_warm(&range, fixture->room);
	memset(fixture->bytes, 0, sizeof(fixture->bytes));
	assert_true(file_range_read_hot(&range, fixture->bytes));
	assert_memory_equal(fixture->bytes, expected + 1450000, 50000);
	free(expected);
}

static void a_range_behind_the_end_is_hot_but_cannot_be_read(void **state)
{
	struct fixture *fixture = *state;
	struct file_range behind = range_of(fixture, 4 * LENGTH, 5000), across = range_of(fixture, LENGTH - 10, 20);

	assert_true(file_range_is_hot(&behind, fixture->room));
	file_range_warm(&behind, fixture->room);
	assert_true(file_range_is_hot(&behind, fixture->room));
	assert_false(file_range_read_hot(&behind, fixture->bytes));
	file_range_warm(&across, fixture->room);
	assert_false(file_range_read_hot(&across, fixture->bytes));
}

/* Where the kernel can't tell whether it would wait. */
static bool is_read_by_who_knows_and_by_nobody_else(const void *argument)
{
	struct fixture *fixture = *(struct fixture *const *)argument;
	struct file_range range = range_of(fixture, 0, 5000);

	if (file_range_is_hot(&range, fixture->room) == fixture->disk || file_range_read_hot(&range, fixture->bytes) == fixture->disk)
		return false;
	range.in_memory = true;
	return file_range_is_hot(&range, fixture->room) && file_range_read_hot(&range, fixture->bytes);
}

static void what_is_known_to_lie_in_memory_is_read_without_asking(void **state)
{
	assert_true(forbid_in_child(SYS_preadv2, EOPNOTSUPP, is_read_by_who_knows_and_by_nobody_else, state));
}

static void nothing_is_hot(void **state)
{
	struct fixture *fixture = *state;
	struct file_range nothing = range_of(fixture, 0, 0), closed = {.fd = -1, .length = 10};

	assert_true(file_range_is_hot(&nothing, fixture->room));
	assert_true(file_range_is_hot(&closed, fixture->room));
}

#define ON_FILE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FILE(what_was_dropped_is_cold_until_it_was_warmed),
		ON_FILE(of_a_file_that_was_cold_a_moment_ago_every_byte_counts),
		ON_FILE(what_lies_in_memory_is_read_at_once_and_nothing_else),
		ON_FILE(a_range_behind_the_end_is_hot_but_cannot_be_read),
		ON_FILE(what_is_known_to_lie_in_memory_is_read_without_asking),
		ON_FILE(nothing_is_hot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
