/* Tests of what clients are kept from seeing: folders of ferryd's own that lie below a share. */
#include "resolve.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "access.h"
#include "folder.h"
#include "scratch.h"

struct fixture {
	struct scratch scratch;
	struct share share;
	struct shares shares;
	struct services services;
	struct visitor *visitor;
};

static int open_to_anyone(struct fixture *fixture)
{
	struct share_settings rules = {.access = SHARE_ANYONE};
	struct settings settings = {.shares = &rules, .share_count = 1};
	struct tokens tokens = {.list = NULL};
	struct address address;

	if (address_parse("127.0.0.1", &address) != STATUS_OK)
		return -1;
	fixture->visitor = visitor_new(&address, NULL);
	return access_new(&settings, &fixture->shares, &tokens, &fixture->services.access) == STATUS_OK ? 0 : -1;
}

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	int folder = fixture->scratch.folder;
	if (mkdirat(folder, "deep", 0755) < 0 || mkdirat(folder, "deep/cache", 0755) < 0 || mkdirat(folder, "deep/plain", 0755) < 0)
		return -1;
	if (scratch_write(folder, "deep/cache/entry", "secret") < 0 || scratch_write(folder, "deep/plain/entry", "shown") < 0)
		return -1;
	if (fchmodat(folder, "deep/cache/entry", 0600, 0) < 0 || fchmodat(folder, "deep/plain/entry", 0600, 0) < 0)
		return -1;
	if (symlinkat("deep/cache/entry", folder, "link") < 0 || symlinkat("deep/cache", folder, "way") < 0)
		return -1;
	int cache = openat(folder, "deep/cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fixture->share = (struct share){.folder = folder, .links = BENEATH_LINKS_INSIDE};
	fixture->shares = (struct shares){.list = &fixture->share, .count = 1};
	enum status status = own_folders_add(&fixture->shares.own, cache);
	close(cache);
	fixture->services = (struct services){.shares = &fixture->shares};
	stock_init(&fixture->services.caps.stocks[CAP_FOLDERS], 8, 8);
	return status == STATUS_OK ? open_to_anyone(fixture) : -1;
}

static int release_fixture(void **state)
{
	struct fixture *fixture = *state;
	int result = scratch_remove(&fixture->scratch);

	access_free(fixture->services.access);
	visitor_free(fixture->visitor);
	free(fixture);
	return result;
}

static enum status open_file(struct fixture *fixture, const char *path)
{
	struct opened_file file;
	enum status status = resolve_file(&fixture->services, fixture->visitor, span_of(path), NULL, &file);

	if (status == STATUS_OK)
		close(file.fd);
	return status;
}

static enum status look_at(struct fixture *fixture, const char *path)
{
	struct stat stat;

	return resolve_stat(&fixture->services, fixture->visitor, span_of(path), &stat);
}

static enum status list(struct fixture *fixture, const char *path)
{
	struct folder folder;
	enum status status = folder_open(&folder, &fixture->services, fixture->visitor, span_of(path));

	if (status == STATUS_OK)
		folder_close(&folder, &fixture->services);
	return status;
}

static void a_folder_of_our_own_does_not_exist_below_a_share(void **state)
{
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	assert_int_equal(look_at(fixture, "deep/cache"), STATUS_NOT_FOUND);
	assert_int_equal(list(fixture, "deep/cache"), STATUS_NOT_FOUND);
	assert_int_equal(open_file(fixture, "deep/cache"), STATUS_NOT_FOUND);
	assert_int_equal(open_file(fixture, "deep/plain"), STATUS_NOT_REGULAR);
	assert_int_equal(list(fixture, "way"), STATUS_NOT_FOUND);
	assert_int_equal(list(fixture, "deep/plain"), STATUS_OK);
	assert_int_equal(list(fixture, "deep"), STATUS_OK);
	assert_int_equal(look_at(fixture, "deep/plain"), STATUS_OK);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void nor_does_what_lies_in_it(void **state)
{
	static const char *const paths[] = {"deep/cache/entry", "way/entry", "link"};
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	for (size_t i = 0; i < 3; i++)
		assert_int_equal(open_file(fixture, paths[i]), STATUS_NOT_FOUND);
	assert_int_equal(look_at(fixture, "deep/cache/entry"), STATUS_NOT_FOUND);
	assert_int_equal(list(fixture, "deep/cache/entry"), STATUS_NOT_FOUND);
	assert_int_equal(list(fixture, "deep/plain/entry"), STATUS_NOT_FOLDER);
	assert_int_equal(open_file(fixture, "deep/plain/entry"), STATUS_OK);
	assert_int_equal(look_at(fixture, "deep/plain/entry"), STATUS_OK);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void a_listing_passes_over_it(void **state)
{
	struct fixture *fixture = *state;
	struct folder folder, below;
	struct stat stat;

	assert_int_equal(folder_open(&folder, &fixture->services, fixture->visitor, span_of("deep")), STATUS_OK);
	assert_int_equal(folder_stat(&folder, &fixture->services, "cache", &stat), STATUS_NOT_FOUND);
	assert_int_equal(folder_stat(&folder, &fixture->services, "plain", &stat), STATUS_OK);
	assert_int_equal(folder_open_below(&below, &fixture->services, &folder, "cache"), STATUS_NOT_FOUND);
	folder_close(&folder, &fixture->services);
	assert_int_equal(atomic_load(&fixture->services.caps.stocks[CAP_FOLDERS].whole.units), 0);
}

#define WITH_OWN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_fixture, release_fixture)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_OWN_FOLDER(a_folder_of_our_own_does_not_exist_below_a_share),
		WITH_OWN_FOLDER(nor_does_what_lies_in_it),
		WITH_OWN_FOLDER(a_listing_passes_over_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
