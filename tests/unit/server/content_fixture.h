/* What tests of contents share: a folder of files, and a table with fewer places than there are files. */
#ifndef CONTENT_FIXTURE_H
#define CONTENT_FIXTURE_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "content.h"
#include "file_state.h"
#include "scratch.h"

#define FILES 6
#define PLACES 3
#define FILE_PIECES 3

struct fixture {
	struct scratch scratch;
	struct lanes *lanes;
	struct contents *contents;
};

static inline void make_file(int folder, const char *name, off_t size)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static inline int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	char name[] = "0";

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	for (; name[0] < '0' + FILES; name[0]++)
		make_file(fixture->scratch.folder, name, FILE_PIECES * (off_t)PIECE_SIZE - 1);
	if (lanes_new(LANES_OPENSSL, &fixture->lanes) != STATUS_OK)
		return -1;
	return contents_new(PLACES, NULL, &fixture->contents) == STATUS_OK ? 0 : -1;
}

static inline int release_fixture(void **state)
{
	struct fixture *fixture = *state;
	int result;

	contents_free(fixture->contents);
	lanes_free(fixture->lanes);
	result = scratch_remove(&fixture->scratch);
	free(fixture);
	return result;
}

static inline enum status try_take(struct fixture *fixture, struct lanes *lanes, const char *name, struct content **content)
{
	struct version version;
	struct stat stat;
	int fd = openat(fixture->scratch.folder, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &stat) < 0)
		return STATUS_IO;
	version_of_stat(lanes, &stat, &version);
	return contents_take(fixture->contents, fd, &stat, &version, content);
}

static inline struct content *take(struct fixture *fixture, const char *name)
{
	struct content *content = NULL;

	assert_int_equal(try_take(fixture, fixture->lanes, name, &content), STATUS_OK);
	return content;
}

static inline struct digest digest_of(unsigned char byte)
{
	struct digest digest;

	memset(digest.bytes, byte, sizeof(digest.bytes));
	return digest;
}

#define ON_FILES(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

#endif
