/* Tests of what clients are kept from seeing: folders of ferryd's own that lie below a share, and hidden names behind symlinks. */
/* Threat C17 of docs/security.md. */
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
#include "path.h"
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

/* Some of ferryd's own files are such as an operator may leave there, for all to read. */
static int plant(int folder)
{
	static const char *const folders[] = {"deep", "deep/cache", "deep/cache/below", "deep/plain", ".secret"};
	static const char *const files[] = {
		"deep/cache/entry", "deep/cache/open", "deep/cache/below/entry", "deep/plain/entry", ".secret/file"};
	static const char *const links[][2] = {{"deep/cache/entry", "link"}, {"deep/cache/below/entry", "link2"}, {"deep/cache", "way"},
		{".secret/file", "visible"}, {".secret", "door"}, {"deep/plain", "plain"}};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (mkdirat(folder, folders[i], 0755) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (scratch_write(folder, files[i], "text") < 0 || fchmodat(folder, files[i], 0644, 0) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (symlinkat(links[i][0], folder, links[i][1]) < 0)
			return -1;
	return fchmodat(folder, "deep/cache/entry", 0600, 0) | fchmodat(folder, "deep/plain/entry", 0600, 0);
}

static int make_fixture(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	*state = fixture;
	if (!fixture || scratch_make(&fixture->scratch) < 0)
		return -1;
	int folder = fixture->scratch.folder;
	if (plant(folder) < 0)
		return -1;
	int cache = openat(folder, "deep/cache", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fixture->share = (struct share){.folder = folder, .symlinks = BENEATH_SYMLINKS_INSIDE};
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

static void assert_nothing_at(struct fixture *fixture, const char *path)
{
	assert_int_equal(open_file(fixture, path), STATUS_NOT_FOUND);
	assert_int_equal(look_at(fixture, path), STATUS_NOT_FOUND);
	assert_int_equal(list(fixture, path), STATUS_NOT_FOUND);
}

static void nor_does_what_lies_in_it_whoever_may_read_it_there(void **state)
{
	static const char *const paths[] = {"deep/cache/entry", "deep/cache/open", "deep/cache/below", "deep/cache/below/entry",
		"deep/cache/nothing"};
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	for (int symlinks = BENEATH_NO_SYMLINKS; symlinks <= BENEATH_SYMLINKS_INSIDE; symlinks++) {
		fixture->share.symlinks = (enum beneath_symlinks)symlinks;
		for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
			assert_nothing_at(fixture, paths[i]);
		assert_int_equal(list(fixture, "deep/plain/entry"), STATUS_NOT_FOLDER);
		assert_int_equal(open_file(fixture, "deep/plain/entry"), STATUS_OK);
		assert_int_equal(look_at(fixture, "deep/plain/entry"), STATUS_OK);
		assert_int_equal(look_at(fixture, ""), STATUS_OK);
		assert_int_equal(list(fixture, ""), STATUS_OK);
		assert_int_equal(open_file(fixture, ""), STATUS_NOT_REGULAR);
	}
	assert_int_equal(scratch_next_descriptor(), before);
}

static void no_symlink_leads_there(void **state)
{
	static const char *const paths[] = {"link", "link2", "way", "way/entry", "way/open", "way/below", "way/below/entry"};
	struct fixture *fixture = *state;
	int before = scratch_next_descriptor();

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		assert_nothing_at(fixture, paths[i]);
	assert_int_equal(open_file(fixture, "plain/entry"), STATUS_OK);
	assert_int_equal(list(fixture, "plain"), STATUS_OK);
	assert_int_equal(scratch_next_descriptor(), before);
}

static void a_hidden_name_is_not_found_behind_a_symlink_either(void **state)
{
	struct fixture *fixture = *state;
	struct own_folders none = {.count = 0};
	int before = scratch_next_descriptor();

	assert_int_equal(open_file(fixture, "visible"), STATUS_OK);
	assert_int_equal(list(fixture, "door"), STATUS_OK);
	fixture->share.hides = true;
	for (int i = 0; i < 2; i++) {
		assert_nothing_at(fixture, "visible");
		assert_nothing_at(fixture, "door");
		assert_nothing_at(fixture, "door/file");
		assert_int_equal(open_file(fixture, "plain/entry"), STATUS_OK);
		assert_int_equal(list(fixture, "plain"), STATUS_OK);
		assert_int_equal(list(fixture, ""), STATUS_OK);
		/* And where there is no folder of our own to look for. */
		fixture->shares.own = none;
	}
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
		WITH_OWN_FOLDER(nor_does_what_lies_in_it_whoever_may_read_it_there),
		WITH_OWN_FOLDER(no_symlink_leads_there),
		WITH_OWN_FOLDER(a_hidden_name_is_not_found_behind_a_symlink_either),
		WITH_OWN_FOLDER(a_listing_passes_over_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
