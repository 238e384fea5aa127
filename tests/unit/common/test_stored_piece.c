/* Tests of a piece on disk: what it hashes to, through a small room and a large one, and where the file is too short for it. */
#include "stored_piece.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

/* The last piece has two parts and a bit. */
#define LAST_LENGTH (2 * STORED_PIECE_PART + 12345)
#define FILE_SIZE (2 * PIECE_SIZE + LAST_LENGTH)

struct stage {
	struct lanes *lanes;
	int fd;
	unsigned char room[PIECE_SIZE];
};

static unsigned char content[FILE_SIZE];

static int set_up(void **state)
{
	static struct stage stage;

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (unsigned char)(i * i % 251);
	assert_int_equal(lanes_new(LANES_OPENSSL, &stage.lanes), STATUS_OK);
	stage.fd = memfd_create("stored", 0);
	assert_true(stage.fd >= 0);
	assert_int_equal(write(stage.fd, content, sizeof(content)), sizeof(content));
	*state = &stage;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	lanes_free(stage->lanes);
	close(stage->fd);
	return 0;
}

static enum status digest_of(struct stage *stage, uint64_t index, size_t room, struct digest *digest)
{
	struct stored_piece stored = {.fd = stage->fd, .file_size = FILE_SIZE, .index = index};

	return stored_piece_digest(&stored, stage->lanes, (struct stored_piece_room){stage->room, room}, digest);
}

static void assert_piece(struct stage *stage, uint64_t index, size_t room)
{
	struct digest expected, found;
	struct piece piece;

	piece_start(&piece, FILE_SIZE);
	piece_add(&piece, stage->lanes, content + index * PIECE_SIZE, piece_length(FILE_SIZE, index));
	piece_finish(&piece, stage->lanes, &expected);
	assert_int_equal(digest_of(stage, index, room, &found), STATUS_OK);
	assert_true(digest_equal(&found, &expected));
}

static void every_piece_hashes_to_its_digest_through_a_small_room(void **state)
{
	for (uint64_t index = 0; index < 3; index++)
		assert_piece(*state, index, STORED_PIECE_PART);
}

static void a_large_room_holds_the_whole_piece_afterwards(void **state)
{
	struct stage *stage = *state;

	for (uint64_t index = 0; index < 3; index++) {
		assert_piece(stage, index, PIECE_SIZE);
		assert_memory_equal(stage->room, content + index * PIECE_SIZE, piece_length(FILE_SIZE, index));
	}
}

static void an_empty_file_has_one_piece_of_nothing(void **state)
{
	struct stage *stage = *state;
	struct stored_piece stored = {.fd = stage->fd};
	struct stored_piece_room room = {.bytes = stage->room, .size = PIECE_SIZE};
	struct digest expected, found;

	piece_digest(stage->lanes, "", 0, &expected);
	assert_int_equal(stored_piece_digest(&stored, stage->lanes, room, &found), STATUS_OK);
	assert_true(digest_equal(&found, &expected));
}

static void a_file_that_ends_within_the_piece_has_changed(void **state)
{
	struct stage *stage = *state;
	struct digest digest;

	assert_int_equal(ftruncate(stage->fd, 2 * PIECE_SIZE - 1), 0);
	assert_int_equal(digest_of(stage, 0, STORED_PIECE_PART, &digest), STATUS_OK);
	assert_int_equal(digest_of(stage, 1, STORED_PIECE_PART, &digest), STATUS_CHANGED);
	assert_int_equal(digest_of(stage, 2, PIECE_SIZE, &digest), STATUS_CHANGED);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct stage *stage = *state;
	struct stored_piece stored = {.fd = -1, .file_size = FILE_SIZE};
	struct stored_piece_room room = {.bytes = stage->room, .size = PIECE_SIZE};
	struct digest digest;

	assert_int_equal(stored_piece_digest(&stored, stage->lanes, room, &digest), status_from_errno(EBADF));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_piece_hashes_to_its_digest_through_a_small_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_large_room_holds_the_whole_piece_afterwards, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_file_has_one_piece_of_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_file_that_ends_within_the_piece_has_changed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_an_error, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
