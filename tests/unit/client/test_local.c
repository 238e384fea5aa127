/* Tests of what is here already: which pieces a file with holes may have. */
#include "local.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#define PIECES 6u

/* A sparse file of PIECES pieces, of which those in HELD, one character each, have a byte in their middle. */
static int sparse(const char *held)
{
	int fd = memfd_create("sparse", 0);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, PIECES * PIECE_SIZE), 0);
	for (; *held; held++)
		assert_int_equal(pwrite(fd, "x", 1, (*held - '0') * (off_t)PIECE_SIZE + 500000), 1);
	return fd;
}

static struct download download_of(const char *partial, const char *basis)
{
	struct download download = {.partial = PARTIAL_CLOSED, .basis = -1, .source.size = PIECES * PIECE_SIZE};

	assert_int_equal(piece_map_init(&download.pieces, PIECES), STATUS_OK);
	if (partial)
		download.partial.fd = sparse(partial);
	if (basis)
		download.basis = sparse(basis);
	return download;
}

static void release(struct download *download)
{
	partial_close(&download->partial);
	if (download->basis >= 0)
		close(download->basis);
	piece_map_release(&download->pieces);
}

/* One letter a piece: M missing, L local, B basis. */
static void assert_marked(struct download *download, const char *expected)
{
	static const char letters[PIECE_STATES] = {[PIECE_MISSING] = 'M', [PIECE_LOCAL] = 'L', [PIECE_BASIS] = 'B'};
	char found[PIECES + 1] = "";

	local_mark(download);
	for (size_t i = 0; i < PIECES; i++)
		found[i] = letters[download->pieces.states[i]];
	assert_string_equal(found, expected);
	release(download);
}

static void nothing_here_leaves_all_pieces_missing(void **state)
{
	struct download download = download_of(NULL, NULL);

	(void)state;
	assert_marked(&download, "MMMMMM");
}

static void holes_of_the_partial_are_missing(void **state)
{
	struct download download = download_of("135", NULL);

	(void)state;
	assert_marked(&download, "MLMLML");
}

static void the_partial_goes_before_the_older_file(void **state)
{
	struct download download = download_of("12", "2305");

	(void)state;
	assert_marked(&download, "BLLBMB");
}

static void a_file_proven_in_its_place_has_all_pieces(void **state)
{
	struct download download = download_of(NULL, "3");

	(void)state;
	download.proving = true;
	assert_marked(&download, "BBBBBB");
}

static void data_beyond_the_source_marks_nothing(void **state)
{
	struct download download = download_of("05", NULL);

	(void)state;
	download.partial.fd = (close(download.partial.fd), sparse("0"));
	assert_int_equal(pwrite(download.partial.fd, "x", 1, 9 * (off_t)PIECE_SIZE), 1);
	assert_marked(&download, "LMMMMM");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_here_leaves_all_pieces_missing),
		cmocka_unit_test(holes_of_the_partial_are_missing),
		cmocka_unit_test(the_partial_goes_before_the_older_file),
		cmocka_unit_test(a_file_proven_in_its_place_has_all_pieces),
		cmocka_unit_test(data_beyond_the_source_marks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
